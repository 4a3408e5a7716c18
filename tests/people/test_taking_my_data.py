"""A person gets everything kept about them, as one file, and nobody else gets it."""

import json
from datetime import timedelta

import pytest
from django.apps import apps
from django.core import mail
from django.utils import timezone

from common.outbox import drain
from people import actions
from people.models import DataRequest, Person

PAGE = "/en/members/me/data/"
COPY = "/en/members/me/data/copy/"

pytestmark = pytest.mark.django_db


@pytest.fixture
def person(make_person, clock):
    person = make_person("linjian", bio="I climb poles.", accepts_terms=True)
    return actions.change_names(
        person=person, display_name="Lin Jian", handle="jianlin", at=clock.now
    )


@pytest.fixture
def came_in(person, sign_in):
    """Their browser, right after they typed their password twice."""
    client, _response = sign_in("linjian@example.com")
    client.post("/accounts/reauthenticate/", {"password": "a-long-enough-passphrase"})
    return client


def contents(response) -> dict:
    return json.loads(b"".join(response.streaming_content))


def test_the_copy_holds_what_every_room_keeps(came_in, person):
    response = came_in.post(COPY)

    assert response["Content-Disposition"].startswith("attachment")
    assert "no-store" in response["Cache-Control"]
    copy = contents(response)
    assert {"copy", "people", "community", "rewards", "gifts", "tickets"} <= set(copy)
    profile = copy["people"]["profile"]
    assert profile["about_me"] == "I climb poles."
    assert [old["handle"] for old in profile["former_handles"]] == ["linjian"]
    assert len(copy["people"]["agreements"]) == 3
    assert copy["people"]["signing_in"]["sessions"]


def test_no_secret_is_in_the_copy(came_in, person, clock):
    _key, secret = actions.make_api_key(
        person=person, name="report", scope="read", days=30, at=clock.now
    )
    person.refresh_from_db()

    copy = json.dumps(contents(came_in.post(COPY)))

    assert "report" in copy
    for hidden in (secret, person.password, person.api_keys.get().hash):
        assert hidden not in copy


def test_every_copy_is_on_record_and_its_person_told(came_in, person):
    came_in.post(COPY)

    kept = DataRequest.objects.get(person=person)
    assert (kept.kind, kept.done_at is None) == ("copy", False)
    drain(at=timezone.now())
    assert "A copy of all your data" in mail.outbox[-1].body
    assert "A copy of their data" in came_in.get(PAGE).content.decode()


def test_an_open_browser_is_not_enough_for_a_copy(person, client_of):
    found = client_of(person)

    for response in (found.get(PAGE), found.post(COPY)):
        assert response["Location"].startswith("/accounts/reauthenticate/")
    assert not DataRequest.objects.exists()


def test_who_has_no_password_signs_in_once_more(make_person, client_of):
    person = make_person("laoxu", password=None)
    client = client_of(person)
    assert client.get(PAGE).status_code == 200

    session = client.session
    session["signed_in_at"] -= timedelta(minutes=16).total_seconds()
    session.save()

    assert client.get(PAGE)["Location"].startswith("/accounts/login/?next=")
    assert client.get("/en/members/me/")["Location"].startswith("/accounts/login/")


def test_a_visitor_is_asked_to_sign_in(client):
    for response in (client.get(PAGE), client.post(COPY)):
        assert response["Location"].startswith("/accounts/login/")


def test_a_link_takes_no_copy(came_in):
    assert came_in.get(COPY).status_code == 405
    assert not DataRequest.objects.exists()


def test_five_copies_a_day_are_enough(came_in):
    for _n in range(5):
        assert came_in.post(COPY).status_code == 200

    response = came_in.post(COPY)

    assert response.status_code == 429
    assert "several copies" in response.content.decode()
    assert DataRequest.objects.count() == 5


def test_the_page_speaks_chinese(came_in):
    page = came_in.get("/zh-hans/members/me/data/").content.decode()

    assert "下载我的数据" in page
    assert "Download" not in page


HANDED_OVER = {
    "account.EmailAddress",
    "community.Answer",
    "community.ArticleSource",
    "community.Attachment",
    "community.Comment",
    "community.Flag",
    "community.Follow",
    "community.MeToo",
    "community.PostRevision",
    "community.Question",
    "community.ReputationChange",
    "community.Vote",
    "desk.Ticket",
    "desk.TicketMessage",
    "mfa.Authenticator",
    "people.ApiKey",
    "people.Consent",
    "people.DataRequest",
    "people.Identity",
    "people.Notification",
    "people.NotificationChoice",
    "people.OldHandle",
    "people.Person",
    "rewards.AgentStep",
    "rewards.AgentTerm",
    "rewards.AgentTopic",
    "rewards.Appeal",
    "rewards.BadgeEvent",
    "rewards.CannedReply",
    "rewards.Case",
    "rewards.CasePerson",
    "rewards.CaseStep",
    "rewards.Evaluation",
    "rewards.HiddenHelper",
    "rewards.LeaderScore",
    "rewards.LineMessage",
    "rewards.ManualAward",
    "rewards.MemberLevel",
    "rewards.MonthlyBonus",
    "rewards.Place",
    "rewards.Redemption",
    "rewards.SignInTrace",
    "rewards.TestTry",
    "rewards.Transfer",
    "socialaccount.SocialAccount",
    "usersessions.UserSession",
}
# Sums of what is handed over row by row, and marks that say when something was sent.
ONLY_COUNTED = {
    "community.MemberTally",
    "community.QuestionEvent",
    "rewards.Account",
    "rewards.BadgeHolding",
    "rewards.BoardPlace",
    "rewards.Debt",
    "rewards.ExpiryNotice",
    "rewards.GiftLink",
    "rewards.Touch",
}
# The house's own work, done by staff.
NOT_ABOUT_THEM = {
    "desk.TicketEvent",
    "rewards.Notice",
    "rewards.ScoreModel",
}
# Pages, pictures and the admin's memory belong to the house.
OF_THE_HOUSE = ("kb", "wagtail")


def test_no_table_about_people_is_forgotten_by_the_copy():
    tables = {
        model._meta.label
        for model in apps.get_models()
        for field in model._meta.concrete_fields
        if field.related_model is Person
        and not model._meta.app_label.startswith(OF_THE_HOUSE)
    }

    assert tables == HANDED_OVER | NOT_ABOUT_THEM | ONLY_COUNTED
