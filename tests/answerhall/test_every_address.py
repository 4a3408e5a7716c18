"""What holds at every address there is, Wagtail's and django-allauth's included."""

import re
from collections.abc import Iterator
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone, translation

from community import actions
from community.models import Circle

# Wagtail's own example of an error, and what tells about the machine.
LEFT_OUT = {"/admin/failwhale/", "/readyz"}
# Ways to know a person or the page by; nobody's words or points.
MAY_BE_WRITTEN = re.compile(
    r"django_session|usersessions|answerhall_cache|limitwindow|search_"
    r"|sqlite_|editingsession|pagesubscription|userprofile|rendition|django_tasks"
)
# 301: only the address was put right, before anybody read the form.
REFUSED = {301, 401, 403, 404, 405, 415}


@pytest.fixture
def thread(site, asker, helper):
    at = timezone.now() - timedelta(hours=2)
    question = actions.ask(
        person=asker,
        title="How do I keep my number",
        body="I move to another house and want to keep it.",
        circle=Circle.objects.filter(is_open=True)[0],
        tags=["port-in"],
        at=at,
    )
    answer = actions.answer(
        person=helper, question=question, body="Ask for it in the app first.", at=at
    )
    comment = actions.comment(person=asker, post=answer, body="Thank you", at=at)
    return {"questions": question.pk, "answers": answer.pk, "comments": comment.pk}


@pytest.fixture
def addresses(thread) -> list[str]:
    with translation.override("en"):
        found = {_filled(path, thread) for path in _walk(get_resolver().url_patterns)}
    assert len(found) > 400
    return sorted(found - LEFT_OUT)


def _walk(patterns: list, path: str = "") -> Iterator[str]:
    for entry in patterns:
        if isinstance(entry, URLResolver):
            yield from _walk(entry.url_patterns, path + str(entry.pattern))
        elif isinstance(entry, URLPattern):
            yield path + str(entry.pattern)


def _filled(pattern: str, thread: dict[str, int]) -> str:
    """The address with something in each of its places; our posts where they fit."""
    path = pattern.replace("<post_kind:kind>", "questions")
    kind = next((kind for kind in thread if f"{kind}/" in path), "questions")
    path = re.sub(r"<(post_id|row_id):\w+>", str(thread[kind]), path)
    path = re.sub(r"<(handle|str:handle)>", "linjian", path)
    path = re.sub(r"<[^<>()]+>", "1", re.sub(r"\(\?P<\w+>", "(", path))
    while "(" in path:
        path = re.sub(r"\([^()]*\)", "1", path)
    return "/" + re.sub(r"[\^$\\?*]|\[.*?\]", "", path)


def _rows() -> dict[str, int]:
    """A number for what stands in each table that matters."""
    found = {}
    with connection.cursor() as cursor:
        for table in connection.introspection.table_names():
            if not MAY_BE_WRITTEN.search(table):
                cursor.execute(f'SELECT * FROM "{table}"')  # noqa: S608
                found[table] = hash(tuple(sorted(map(repr, cursor.fetchall()))))
    return found


def _changed(before: dict[str, int]) -> set[str]:
    after = _rows()
    return {table for table in after if after[table] != before.get(table)}


def _read_through(response: object) -> None:
    if getattr(response, "streaming", False):
        list(response)  # type: ignore[call-overload]


@pytest.fixture
def browser_of(request, client_of):
    """A member's browser, or one of somebody who may do nearly everything."""

    def browser(who: str) -> Client:
        client = client_of(request.getfixturevalue(who))
        client.raise_request_exception = False
        return client

    return browser


@pytest.mark.parametrize("who", ["stranger", "manager"])
def test_looking_changes_nothing_and_breaks_nothing(browser_of, addresses, who):
    browser = browser_of(who)
    before = _rows()

    answers = {}
    for address in addresses:
        response = browser.get(address)
        _read_through(response)
        answers[address] = response.status_code

    assert {path: code for path, code in answers.items() if code >= 500} == {}
    assert _changed(before) == set()
    # And nobody was signed out on the way.
    assert browser.get("/en/members/me/")["Location"].startswith("/en/members/")


@pytest.mark.parametrize(
    ("who", "method"),
    [("stranger", "post"), ("manager", "post"), ("manager", "delete")],
)
def test_no_form_from_elsewhere_is_taken_anywhere(browser_of, addresses, who, method):
    browser = browser_of(who)
    browser.handler.enforce_csrf_checks = True
    before = _rows()

    taken = {}
    for address in addresses:
        send = getattr(browser, method)
        response = send(address, headers={"origin": "https://evil.example"})
        _read_through(response)
        if response.status_code not in REFUSED:
            taken[address] = response.status_code

    assert taken == {}
    assert _changed(before) == set()
