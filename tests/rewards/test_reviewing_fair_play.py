"""The pages: the queue and the case for staff, one's own review, who answers whom."""

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import translation

from people.actions import erase_person
from people.models import Person
from people.registries import exports
from rewards.actions import deciding, looking
from rewards.fairplay_words import words_of
from rewards.models import Appeal, Case, CaseStep, EarnRule, FairPlayRules, SignInTrace
from rewards.network import Arc, picture_of
from rewards.queries.fairplay import case_page
from rewards.scoring.signals import SORTS
from rewards.setup import VEST_DAYS, setup_rules
from rewards.sign_ins import COOKIE, code_of
from tests.conftest import PASSWORD


@pytest.fixture
def rules(db):
    setup_rules()
    EarnRule.objects.update(vest_days=VEST_DAYS)


@pytest.fixture
def puppets(make_person):
    return [
        make_person(f"puppet{number}", display_name=f"木偶{number}")
        for number in range(3)
    ]


@pytest.fixture
def case(helper, puppets, make_question, make_answer, accept, vote, clock):
    clock.move(days=-3)
    for _round in range(2):
        for puppet in puppets:
            answer = make_answer(question=make_question(by=puppet), by=helper)
            vote(puppet, answer)
            clock.move(seconds=20)
            accept(answer)
        clock.move(hours=6)
    looking.review_fair_play(at=clock.now)
    return Case.objects.get()


def test_moderators_find_the_case_in_the_queue_and_decide(
    case, helper, moderator, client_of
):
    client = client_of(moderator)
    queue = client.get(reverse("rewards_cases")).content.decode()
    page = client.get(reverse("rewards_case", args=[case.pk])).content.decode()
    answer = client.post(
        reverse("rewards_case_decide", args=[case.pk]),
        {"decision": "take_back", "person": [helper.pk], "reason": "One person."},
    )

    assert str(case) in queue
    assert helper.name in queue
    assert "木偶1" in page
    assert "dealt with nobody but Xiaoman, 2 times" in page
    assert "2✓ 2▲" in page
    assert helper.answer_set.first().get_absolute_url() in page
    assert answer.status_code == 302
    assert Case.objects.get().state == "clawed_back"


def test_a_decision_without_reason_keeps_what_was_typed(case, moderator, client_of):
    answer = client_of(moderator).post(
        reverse("rewards_case_decide", args=[case.pk]),
        {"decision": "release", "reason": " "},
    )

    assert answer.status_code == 400
    assert "Please say why" in answer.content.decode()
    assert Case.objects.get().state == "open"


@pytest.mark.parametrize("who", ["helper", "editor", "desk_agent"])
def test_nobody_else_sees_queue_case_or_network(case, who, client_of, request):
    client = client_of(request.getfixturevalue(who))
    addresses = [
        reverse("rewards_cases"),
        reverse("rewards_case", args=[case.pk]),
        reverse("rewards_help_network"),
        reverse("rewards_help_network_file"),
    ]

    assert {client.get(one).status_code for one in addresses} <= {302, 403, 404}
    assert (
        client.post(
            reverse("rewards_case_decide", args=[case.pk]),
            {"decision": "release", "reason": "x"},
        ).status_code
        != 200
    )
    assert Case.objects.get().state == "open"


def test_a_moderator_in_the_case_reads_it_and_cannot_decide(
    case, moderator, client_of, clock
):
    case.people.create(person=moderator, at=clock.now)
    client = client_of(moderator)
    page = client.get(reverse("rewards_case", args=[case.pk])).content.decode()
    client.post(
        reverse("rewards_case_decide", args=[case.pk]),
        {"decision": "release", "reason": "x"},
    )

    assert "a colleague decides" in page
    assert Case.objects.get().state == "open"


def test_a_case_costs_the_same_however_many_posts(
    case, moderator, client_of, django_assert_max_num_queries
):
    client = client_of(moderator)
    client.get(reverse("rewards_case", args=[case.pk]))

    with django_assert_max_num_queries(32):
        client.get(reverse("rewards_case", args=[case.pk]))


# One's own


def test_who_is_in_it_reads_of_their_points_and_of_nobody_else(case, helper, client_of):
    page = client_of(helper).get(reverse("rewards:review", args=[case.pk]))

    text = page.content.decode()
    assert page.status_code == 200
    assert "木偶" not in text
    assert "puppet" not in text
    assert "Your answer was accepted" in text
    assert page["Cache-Control"].startswith("max-age=0")


def test_for_everybody_else_it_does_not_exist(case, stranger, client_of, client):
    address = reverse("rewards:review", args=[case.pk])

    assert client_of(stranger).get(address).status_code == 404
    assert (
        client_of(stranger)
        .post(reverse("rewards:appeal", args=[case.pk]), {"text": "x"})
        .status_code
        == 404
    )
    assert client.get(address).status_code == 302


def test_an_appeal_goes_from_page_to_page(
    case, helper, moderator, manager, client_of, clock
):
    deciding.hold(case=case, by=moderator, reason="We ask.", at=clock.now)
    client = client_of(helper)
    address = reverse("rewards:review", args=[case.pk])
    before = client.get(address).content.decode()
    client.post(reverse("rewards:appeal", args=[case.pk]), {"text": "My class!"})
    after = client.get(address).content.decode()
    appeal = Appeal.objects.get()
    queue = client_of(manager).get(reverse("rewards_cases")).content.decode()
    client_of(manager).post(
        reverse("rewards_answer_appeal", args=[appeal.pk]),
        {"answer": "grant", "reason": "A class indeed."},
    )

    assert "We ask." in before
    assert "My class!" in after
    assert "Appeals to answer" in queue
    assert "A class indeed." in client.get(address).content.decode()
    assert Case.objects.get().state == "released"


def test_an_empty_appeal_is_not_sent(case, helper, moderator, client_of, clock):
    deciding.hold(case=case, by=moderator, reason="We ask.", at=clock.now)
    answer = client_of(helper).post(
        reverse("rewards:appeal", args=[case.pk]), {"text": "  "}
    )

    assert answer.status_code == 400
    assert not Appeal.objects.exists()


@pytest.mark.parametrize("kind", [*SORTS, "ring", "newcomers"])
def test_every_sign_is_told_in_words_of_both_languages(
    kind, case, helper, puppets, moderator, client_of
):
    partner = helper if kind in ("ring", "newcomers") else puppets[0]
    sign = {"kind": kind, "person": helper.pk, "partner": partner.pk}
    case.evidence["signs"] = [sign | {"n": 17, "percent": 63}]
    case.save()
    client, address = client_of(moderator), reverse("rewards_case", args=[case.pk])

    english = client.get(address).context["sentences"]
    with translation.override("zh-hans"):
        chinese = [words_of(sight) for sight in case_page(case).sights]

    assert len(english) == len(chinese) == 1
    assert english != chinese
    for sentence in (*english, *chinese):
        assert helper.name in sentence
        assert kind in ("device", "network") or "17" in sentence or "63" in sentence


# Devices and networks


@pytest.fixture
def sign_in():
    def sign_in(person, address="192.0.2.7", **cookies):
        client = Client(REMOTE_ADDR=address)
        for name, value in cookies.items():
            client.cookies[name] = value
        client.post("/accounts/login/", {"login": person.email, "password": PASSWORD})
        return client

    return sign_in


def test_signing_in_keeps_codes_and_neither_address_nor_cookie(rules, helper, sign_in):
    client = sign_in(helper)

    cookie = client.cookies[COOKIE]
    codes = dict(SignInTrace.objects.values_list("kind", "code"))
    assert set(codes) == {"device", "network"}
    assert cookie["httponly"]
    assert cookie["path"] == "/accounts/"
    assert "192.0.2.7" not in codes.values()
    assert cookie.value not in codes.values()


def test_codes_of_two_months_cannot_be_compared(clock):
    now = clock.now

    assert code_of("network", "192.0.2.7", now) == code_of("network", "192.0.2.7", now)
    assert code_of("network", "192.0.2.7", now) != code_of(
        "network", "192.0.2.7", clock.move(days=32)
    )


def test_switched_off_nothing_is_kept_and_what_was_kept_goes(
    rules, helper, sign_in, clock
):
    sign_in(helper)
    FairPlayRules.objects.create(watch_sign_ins=False)
    client = sign_in(helper, device="a" * 22)
    looking.forget_sign_ins(at=clock.now)

    assert client.cookies[COOKIE].value == ""
    assert not SignInTrace.objects.exists()


def test_codes_are_forgotten_after_their_days(rules, helper, sign_in, clock):
    sign_in(helper)
    SignInTrace.objects.update(at=clock.now)

    assert looking.forget_sign_ins(at=clock.move(days=29)) == 0
    assert looking.forget_sign_ins(at=clock.move(days=2)) == 2


def test_a_family_on_one_device_is_no_case_by_that_alone(
    rules, helper, asker, sign_in, make_question, make_answer, accept, clock
):
    sign_in(helper, device="a" * 22)
    sign_in(asker, device="a" * 22)
    for _time in range(2):
        answer = make_answer(question=make_question(by=asker), by=helper)
        clock.move(hours=1)
        accept(answer)

    assert looking.look_at([helper.pk], at=clock.now) == []


def test_the_same_device_and_haste_make_a_case(
    rules, helper, asker, sign_in, make_question, make_answer, accept, clock
):
    sign_in(helper, device="a" * 22)
    sign_in(asker, address="198.51.100.4", device="a" * 22)
    for _time in range(2):
        answer = make_answer(question=make_question(by=asker), by=helper)
        clock.move(seconds=20)
        accept(answer)

    [case] = looking.look_at([helper.pk], at=clock.now)
    assert {sign["kind"] for sign in case.evidence["signs"]} >= {"device", "quick"}


def test_a_crowd_behind_one_address_says_nothing(
    rules, helper, neighbours, sign_in, make_question, make_answer, accept, clock
):
    crowd = neighbours(8)
    for one in (helper, *crowd):
        sign_in(one, address="192.0.2.9")
    for _time in range(3):
        answer = make_answer(question=make_question(by=crowd[0]), by=helper)
        clock.move(seconds=20)
        accept(answer)
    looking.look_at([helper.pk], at=clock.now)

    signs = [
        sign["kind"] for case in Case.objects.all() for sign in case.evidence["signs"]
    ]
    assert "network" not in signs


# Erasure and export


def test_the_export_tells_what_is_kept_and_no_codes(case, helper, moderator, clock):
    deciding.hold(case=case, by=moderator, reason="We ask.", at=clock.now)
    deciding.appeal(case=case, person=helper, text="My class!", at=clock.now)

    told = exports()["fair_play"](helper)

    assert told["reviews"][0]["state"] == "held"
    assert told["decisions"][0]["reason"] == "We ask."
    assert told["appeals"][0]["text"] == "My class!"


def test_the_erased_leave_no_words_in_cases(case, helper, moderator, clock):
    deciding.hold(case=case, by=moderator, reason="We ask.", at=clock.now)
    deciding.appeal(case=case, person=helper, text="My class!", at=clock.now)

    erase_person(person=helper, at=clock.now)

    assert Appeal.objects.get().text == ""
    assert not CaseStep.objects.exclude(reason="").exists()


def test_what_was_said_to_others_outlives_who_is_erased(
    case, helper, puppets, moderator, clock
):
    deciding.take_points_back(
        case=case,
        people_ids=[helper.pk],
        by=moderator,
        reason="These accounts are one person.",
        at=clock.now,
    )

    erase_person(person=puppets[0], at=clock.now)
    kept = CaseStep.objects.exclude(reason="").count()
    erase_person(person=helper, at=clock.now)

    assert kept == 1
    assert not CaseStep.objects.exclude(reason="").exists()


def test_what_was_said_to_one_the_others_do_not_read(
    case, helper, puppets, moderator, client_of, clock
):
    deciding.take_points_back(
        case=case, people_ids=[helper.pk], by=moderator, reason="Hush.", at=clock.now
    )
    address = reverse("rewards:review", args=[case.pk])

    assert "Hush." in client_of(helper).get(address).text
    assert "Hush." not in client_of(puppets[0]).get(address).text


def test_whoever_may_answer_hears_of_an_appeal(case, helper, moderator, manager, clock):
    deciding.hold(case=case, by=moderator, reason="We ask.", at=clock.now)
    deciding.appeal(case=case, person=helper, text="My class!", at=clock.now)

    kind = "rewards.appeal_waits"
    assert manager.notifications.filter(kind=kind).count() == 1
    assert not moderator.notifications.filter(kind=kind).exists()


def test_a_page_says_when_nobody_is_left_to_answer_an_appeal(
    case, helper, manager, make_person, client_of, clock
):
    deciding.hold(case=case, by=manager, reason="We ask.", at=clock.now)
    deciding.appeal(case=case, person=helper, text="My class!", at=clock.now)
    client, address = client_of(manager), reverse("rewards_case", args=[case.pk])
    nobody = client.get(address).text
    superuser = make_person("wangfang")
    Person.objects.filter(pk=superuser.pk).update(is_superuser=True)

    assert "Nobody can answer this appeal" in nobody
    assert "Nobody can answer this appeal" not in client.get(address).text
    client_of(Person.objects.get(pk=superuser.pk)).post(
        reverse("rewards_answer_appeal", args=[Appeal.objects.get().pk]),
        {"answer": "grant", "reason": "A class indeed."},
    )
    assert Appeal.objects.get().state == "granted"


# Who answers whom


def test_managers_see_who_answers_whom_and_around_one(case, helper, manager, client_of):
    client = client_of(manager)
    # The case of the fixture lies some days back.
    page = client.get(reverse("rewards_help_network")).content.decode()
    around = client.get(
        reverse("rewards_help_network"), {"person": "puppet1", "days": 30}
    ).content.decode()
    file = client.get(reverse("rewards_help_network_file")).content.decode("utf-8-sig")

    assert page.count("<circle") == 4
    assert around.count("<circle") == 2
    assert "木偶2" in page
    assert "木偶2" not in around
    assert file.splitlines()[1].startswith("Xiaoman,xiaoman,木偶")
    assert len(file.splitlines()) == 4


def test_the_network_costs_the_same_however_many_answer(
    case, manager, client_of, make_answer, clock, django_assert_num_queries
):
    client = client_of(manager)
    address = reverse("rewards_help_network")
    client.get(address)
    with CaptureQueriesContext(connection) as before:
        client.get(address)
    for _time in range(3):
        make_answer()
    with django_assert_num_queries(len(before)):
        client.get(address)


def test_the_picture_is_the_same_to_the_last_digit():
    names = {key: f"n{key}" for key in range(40)}
    arcs = [
        Arc(key, (key * 7) % 40, key) for key in range(1, 40) if key != (key * 7) % 40
    ]

    assert picture_of(names, arcs) == picture_of(names, arcs)
    inside = picture_of(names, arcs)
    assert all(0 <= dot.x <= inside.width for dot in inside.dots)
    assert all(0 <= dot.y <= inside.height for dot in inside.dots)
