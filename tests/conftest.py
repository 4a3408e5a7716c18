"""People, time and a furnished site for every test."""

import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

import pytest
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.cache import caches
from django.test import Client
from django.utils import timezone, translation

from common.freshness import SITE, marks
from people.models import Person

PASSWORD = "a-long-enough-passphrase"
left_out = pytest.StashKey[dict[str, int]]()


@dataclass
class Clock:
    now: datetime

    def move(self, **delta: float) -> datetime:
        self.now += timedelta(**delta)
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock(timezone.now())


@pytest.fixture(autouse=True)
def _a_clean_start() -> Iterator[None]:
    for cache in caches.all(initialized_only=True):
        cache.clear()
    # What a test changed was never committed: nothing kept by it is true any more.
    marks().mark([SITE])
    # Nor does an index another test drained into know anybody who is here now.
    shutil.rmtree(settings.HAYSTACK_CONNECTIONS["default"]["PATH"], ignore_errors=True)
    with translation.override("en"):
        yield


@pytest.fixture(scope="session")
def django_db_setup(django_db_setup: None, django_db_blocker: Any) -> None:
    """Furnish the test database once: it takes longer than most tests."""
    from django_tasks_db.models import DBTaskResult

    from common.models import OutboxRow

    with django_db_blocker.unblock():
        furnish()
        # What furnishing left to do later is no test's business.
        DBTaskResult.objects.all().delete()
        OutboxRow.objects.all().delete()


@pytest.fixture
def site(db: None) -> None:
    """A furnished site. Transactional tests empty the tables, so look first."""
    from kb.models import HallPage

    if not HallPage.objects.exists():
        furnish()


def furnish() -> None:
    from answerhall.management.commands.setup_site import setup_site

    setup_site()


@pytest.fixture
def make_person(db: None) -> Callable[..., Person]:
    """Make a person who can sign in; old enough to be free of newcomers' limits."""
    from allauth.account.models import EmailAddress

    from people.actions import create_person

    def make(handle: str = "linjian", **fields: object) -> Person:
        values = {
            "handle": handle,
            "display_name": handle.title(),
            "email": f"{handle}@example.com",
            "password": PASSWORD,
            "at": timezone.now() - timedelta(days=60),
        } | fields
        person = create_person(**values)
        if person.email:
            EmailAddress.objects.update_or_create(
                user=person,
                email=person.email,
                defaults={"verified": True, "primary": True},
            )
        return person

    return make


@pytest.fixture
def asker(make_person: Callable[..., Person]) -> Person:
    return make_person("linjian")


@pytest.fixture
def helper(make_person: Callable[..., Person]) -> Person:
    return make_person("xiaoman")


@pytest.fixture
def stranger(make_person: Callable[..., Person]) -> Person:
    return make_person("laoxu")


@pytest.fixture
def make_staff(make_person: Callable[..., Person], site: None) -> Callable[..., Person]:
    def make(handle: str, *groups: str) -> Person:
        person = make_person(handle)
        person.groups.add(*Group.objects.filter(name__in=groups))
        return Person.objects.get(pk=person.pk)

    return make


@pytest.fixture
def editor(make_staff: Callable[..., Person]) -> Person:
    return make_staff("zhoumin", "Editors")


@pytest.fixture
def moderator(make_staff: Callable[..., Person]) -> Person:
    return make_staff("heping", "Moderators")


@pytest.fixture
def desk_agent(make_staff: Callable[..., Person]) -> Person:
    return make_staff("tangwei", "Desk")


@pytest.fixture
def manager(make_staff: Callable[..., Person]) -> Person:
    return make_staff("guolan", "Managers")


@pytest.fixture
def client_of() -> Callable[[Person], Client]:
    """A browser in which the person is signed in (staff: with the second factor)."""

    def sign_in(person: Person) -> Client:
        client = Client()
        client.force_login(person, "django.contrib.auth.backends.ModelBackend")
        if person.is_staff:
            session = client.session
            session["account_authentication_methods"] = [
                {"method": "password", "at": timezone.now().timestamp()},
                {"method": "mfa", "at": timezone.now().timestamp(), "type": "totp"},
            ]
            session.save()
        return client

    return sign_in


@pytest.fixture(autouse=True)
def _lift_triggers_for_the_flush(request: pytest.FixtureRequest) -> Iterator[None]:
    """Transactional tests empty every table, append-only ones too."""
    marker = request.node.get_closest_marker("django_db")
    if not (marker and marker.kwargs.get("transaction")):
        yield
        return
    request.getfixturevalue("transactional_db")
    from common import append_only

    yield
    # The flush's own post_migrate puts them back.
    append_only.lift_triggers()


LEFT_OUT = "not browser and not services"


def pytest_collection_modifyitems(
    config: pytest.Config, items: list[pytest.Item]
) -> None:
    """Count what the marker expression is about to leave out."""
    if config.option.markexpr == LEFT_OUT:
        config.stash[left_out] = {
            name: sum(item.get_closest_marker(name) is not None for item in items)
            for name in ("browser", "services")
        }


def pytest_sessionfinish(session: pytest.Session) -> None:
    worker = getattr(session.config, "workeroutput", None)
    if worker is not None:
        worker["left_out"] = session.config.stash.get(left_out, None)


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    if counted := node.workeroutput.get("left_out"):
        node.config.stash[left_out] = counted


def pytest_unconfigure(config: pytest.Config) -> None:
    """The last line of `make test` says what it did not run."""
    counted = config.stash.get(left_out, None)
    if counted and not hasattr(config, "workerinput"):
        reporter = config.pluginmanager.get_plugin("terminalreporter")
        reporter.write_line(
            f"Left out: {counted['browser']} browser tests (make browser-test) and "
            f"{counted['services']} services tests (make services-test)."
        )
