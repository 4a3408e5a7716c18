"""Who helps most: the sum is the sum of its parts, and the page says how it is made."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command
from django.urls import reverse

from common import timers
from community import actions as community
from community.models import Answer, Question
from people.models import Person
from rewards import actions, queries
from rewards.models import LeaderRun, LeaderScore, ScoreModel
from rewards.scoring.history import DAY_SECONDS, AnswerRow, history_of
from rewards.scoring.model import PARTS, Model, blend_topic, score
from rewards.views.leaders import segments

NOW = 2000 * DAY_SECONDS
# Every history here is small: five parts are asked for, unless a test is about that.
FULL = Model(full_from_answers=0)
HELPER, OTHER, THIRD = 1, 2, 3


class Past:
    """A history being written, an answer a line."""

    def __init__(self):
        self.rows = []
        self.questions = 0

    def answers(
        self,
        who,
        asker,
        *,
        days_ago=1.0,
        wait_hours=1.0,
        net=0,
        accepted=True,
        trust=1.0,
        question=None,
    ):
        self.questions += 1
        answered_at = NOW - days_ago * DAY_SECONDS
        self.rows.append(
            AnswerRow(
                answerer=who,
                asker=asker,
                question=question or self.questions,
                answered_at=answered_at,
                asked_at=answered_at - wait_hours * 3600,
                net=net,
                accepted=accepted,
                trust=trust,
            )
        )
        return question or self.questions

    def scores(self, model=FULL, at=NOW, **more):
        return score(history_of(self.rows), at=at, model=model, **more)

    def of(self, *people, model=FULL, **more):
        scores = self.scores(model, **more)
        found = dict(zip(scores.people.tolist(), scores.score.tolist(), strict=True))
        return [found.get(person, 0.0) for person in people]

    def part(self, name, *people, model=FULL, **more):
        scores = self.scores(model, **more)
        found = dict(zip(scores.people.tolist(), scores.parts[name], strict=True))
        return [float(found.get(person, 0.0)) for person in people]


@pytest.fixture
def past():
    return Past()


@pytest.fixture
def busy_past(past):
    """Fifteen helpers and thirty askers, by chance but always the same chance."""
    chance = np.random.default_rng(7)
    for _ in range(400):
        past.answers(
            int(chance.integers(1, 16)),
            int(chance.integers(10, 40)),
            days_ago=float(chance.uniform(1, 300)),
            wait_hours=float(chance.integers(1, 60)),
            net=int(chance.integers(-2, 6)),
            accepted=bool(chance.integers(0, 2)),
            question=int(chance.integers(1, 200)),
        )
    return past


# The model, with numbers only


def test_the_parts_add_up_to_the_score(busy_past):
    scores = busy_past.scores()

    assert scores.is_full
    assert set(scores.parts) == set(PARTS)
    total = np.sum([scores.parts[name] for name in PARTS], axis=0)
    assert np.allclose(total, scores.score)
    assert (scores.score > 0).all()
    assert (np.diff(scores.score) <= 0).all()


def test_no_part_gives_more_than_twice_its_weight(busy_past):
    scores = busy_past.scores()

    bend = scores.lift**FULL.lift_power * scores.conduct
    for name, weight in FULL.weights.items():
        assert (scores.parts[name] <= 100 * weight * 2 * bend + 1e-9).all()


def test_the_same_history_gives_the_same_numbers_to_the_last_bit(busy_past):
    first, again = busy_past.scores(), busy_past.scores()

    assert first.people.tolist() == again.people.tolist()
    assert first.score.tolist() == again.score.tolist()


def test_the_order_of_the_rows_does_not_matter(busy_past):
    first = busy_past.scores()
    busy_past.rows.reverse()
    again = busy_past.scores()

    assert first.people.tolist() == again.people.tolist()
    assert np.allclose(first.score, again.score)


def test_help_for_one_friend_counts_less_than_for_many(past):
    for number in range(20):
        past.answers(HELPER, 100)
        past.answers(OTHER, 200 + number)

    for part in ("help", "reach", "response"):
        friend, many = past.part(part, HELPER, OTHER)
        assert friend < many / 5
    friend, many = past.of(HELPER, OTHER)
    assert friend < many / 3


def test_the_more_for_one_friend_the_less_each_time(past):
    one_more = replace(FULL, reference_top=1)
    past.answers(OTHER, 500)
    for number in range(60):
        past.answers(THIRD, 600 + number)
    seen = []
    for _ in range(12):
        past.answers(HELPER, 100)
        seen.append(past.part("help", HELPER, model=one_more)[0])

    gains = np.diff(seen)
    assert (gains[1:] < gains[:-1]).all()
    assert seen[-1] < 2 * seen[0]


def test_twenty_puppets_buy_less_than_twenty_neighbours_help(past):
    """Newcomers who ask and accept at once vouch for little."""
    for number in range(20):
        past.answers(HELPER, 100 + number, trust=0.1)
        past.answers(OTHER, 200 + number, trust=1.0)

    bought, earned = past.of(HELPER, OTHER)

    assert bought < earned / 2


def test_an_answer_counts_half_after_sixty_days(past):
    past.answers(HELPER, 100, days_ago=61, net=3)
    past.answers(OTHER, 101, days_ago=1, net=3)

    older, newer = past.part("votes", HELPER, OTHER)
    assert older == pytest.approx(newer / 2)
    assert past.of(HELPER) < past.of(OTHER)


def test_with_another_half_life_it_counts_more(past):
    past.answers(HELPER, 100, days_ago=121, net=3)
    past.answers(OTHER, 101, days_ago=1, net=3)

    slower = replace(FULL, half_life_days=120.0)
    older, newer = past.part("votes", HELPER, OTHER, model=slower)

    assert older == pytest.approx(newer / 2)


def test_nobody_scores_by_answering_themselves(past):
    for _ in range(30):
        past.answers(HELPER, HELPER, net=9)
    past.answers(OTHER, 100)

    scores = past.scores()

    assert scores.people.tolist() == [OTHER]


def test_a_self_answer_still_takes_the_first_place_in_its_thread(past):
    thread = past.answers(HELPER, HELPER, days_ago=3)
    past.answers(OTHER, HELPER, days_ago=2, question=thread)

    assert past.part("response", OTHER) == [0.0]


def test_rescuing_after_a_day_beats_coming_second(past):
    rescued = past.answers(HELPER, 100, days_ago=2, wait_hours=30)
    past.answers(OTHER, 100, days_ago=1, wait_hours=54, question=rescued)

    rescue, second = past.part("response", HELPER, OTHER)

    assert rescue > 0
    assert second == 0


def test_the_faster_first_answer_counts_more(past):
    past.answers(HELPER, 100, wait_hours=0.5)
    past.answers(OTHER, 101, wait_hours=12.5)

    fast, slow = past.part("response", HELPER, OTHER)

    assert fast > slow > 0


def test_an_answer_older_than_its_question_is_no_miracle(past):
    """Merging threads moves answers to a question that was asked later."""
    past.answers(HELPER, 100, wait_hours=-500)
    past.answers(OTHER, 101, wait_hours=0)

    moved, fresh = past.part("response", HELPER, OTHER)

    assert moved == pytest.approx(fresh)


def test_being_accepted_among_rivals_lifts_and_upheld_flags_lower(past):
    for number in range(30):
        thread = past.answers(HELPER, 100 + number, accepted=True, net=1)
        past.answers(OTHER, 100 + number, accepted=False, net=1, question=thread)

    scores = past.scores()
    lift = dict(zip(scores.people.tolist(), scores.lift.tolist(), strict=True))
    assert lift[HELPER] > 1 > lift[OTHER]
    assert (np.abs(scores.lift - 1) <= 0.5).all()

    (before,) = past.of(HELPER)
    (after,) = past.of(HELPER, bad={HELPER: 7})
    assert after == pytest.approx(before * (1 - 0.5 * 7 / 35))


def test_those_whom_helpers_trust_stand_higher(past):
    """Asked by people who help others themselves, not only by passers-by."""
    for number in range(10):
        past.answers(OTHER, 300 + number)
        past.answers(10 + number, 400 + number)
        past.answers(HELPER, 10 + number)

    against_the_best = replace(FULL, reference_top=1)
    trusted, busy = past.part("authority", HELPER, OTHER, model=against_the_best)

    assert trusted > busy


def test_whose_answers_helped_nobody_has_no_standing(past):
    for number in range(10):
        past.answers(OTHER, 300 + number)
    past.answers(HELPER, 100, net=-3, accepted=False)

    assert past.part("authority", HELPER) == [0.0]
    assert past.part("authority", OTHER)[0] > 0


def test_what_came_later_than_the_moment_is_not_known_yet(past):
    past.answers(HELPER, 100, days_ago=10)
    past.answers(OTHER, 101, days_ago=2)

    then = past.scores(at=NOW - 5 * DAY_SECONDS)

    assert then.people.tolist() == [HELPER]
    assert past.scores().people.tolist() == [OTHER, HELPER]


def test_below_two_thousand_answers_only_recent_answers_are_counted(past):
    for number in range(3):
        past.answers(HELPER, 100 + number, accepted=False)
    past.answers(OTHER, 200, net=50)
    past.answers(THIRD, 300, days_ago=91, net=50)

    scores = past.scores(Model())

    assert not scores.is_full
    assert scores.people.tolist() == [HELPER, OTHER, THIRD]
    assert scores.score.tolist() == [100.0, 37.5, 0.0]
    assert scores.score.tolist() == scores.parts["help"].tolist()


@pytest.mark.parametrize(("count", "is_full"), [(1999, False), (2000, True)])
def test_from_two_thousand_answers_on_there_are_five_parts(past, count, is_full):
    for number in range(count):
        past.answers(number % 7, 1000 + number)

    assert past.scores(Model()).is_full is is_full


def test_an_empty_history_ranks_nobody():
    scores = score(history_of([]), at=NOW, model=FULL)

    assert scores.people.tolist() == []
    assert history_of([]).places_of_questions() == {}


def test_a_topic_leans_on_the_whole_where_it_says_little(past):
    past.answers(HELPER, 100)
    for number in range(9):
        past.answers(OTHER, 200 + number)
    topic = past.scores()

    blended = blend_topic(topic, {HELPER: 40.0, OTHER: 40.0})
    of = {
        person: (blended.score[place], blended.parts["overall"][place])
        for place, person in enumerate(blended.people.tolist())
    }
    alone = dict(zip(topic.people.tolist(), topic.score.tolist(), strict=True))

    assert of[HELPER][1] == pytest.approx(0.75 * 20)
    assert of[OTHER][1] == pytest.approx(0.25 * 20)
    assert of[HELPER][0] == pytest.approx(0.25 * alone[HELPER] + 15)


def test_a_model_comes_back_from_the_database_as_it_was():
    model = replace(Model(), half_life_days=45.0)
    shuffled = dict(sorted(model.as_dict().items()))
    shuffled["weights"] = dict(sorted(shuffled["weights"].items()))

    again = Model.from_dict(shuffled)

    assert again == model
    assert list(again.weights) == list(PARTS)


# On the site


@pytest.fixture
def helped(make_question, make_answer, accept, neighbours, clock):
    """Let somebody help so many neighbours, each once."""

    def helped(who, times, *, tags=(), accepted=True):
        for neighbour in neighbours(times):
            question = make_question(by=neighbour, tags=list(tags))
            answer = make_answer(question=question, by=who)
            if accepted:
                accept(answer)
        return answer

    return helped


@pytest.fixture
def five_parts(db):
    return ScoreModel.objects.create(full_from_answers=1)


def ranks(run, tag=None):
    rows = run.scores.filter(tag=tag).order_by("rank").select_related("person")
    return [(row.rank, row.person.handle) for row in rows]


@pytest.mark.django_db
def test_a_run_stores_scores_with_parts_that_add_up(
    helped, helper, stranger, five_parts, clock
):
    helped(helper, 3)
    helped(stranger, 1)

    run = actions.score_leaders(at=clock.now)

    assert run.is_full
    assert run.answer_count == 4
    assert ranks(run) == [(1, "xiaoman"), (2, "laoxu")]
    for row in run.scores.all():
        assert sum(row.parts.values()) == pytest.approx(row.score)
        assert set(row.parts) == set(PARTS)
    assert [row.answer_count for row in run.scores.order_by("rank")] == [3, 1]


@pytest.mark.django_db
def test_two_runs_over_the_same_history_say_the_same(
    helped, helper, stranger, five_parts, clock
):
    helped(helper, 2)
    helped(stranger, 2)

    first = actions.score_leaders(at=clock.now)
    again = actions.score_leaders(at=clock.now)

    fields = ("person", "rank", "score", "parts", "lift", "conduct")
    assert list(first.scores.order_by("pk").values(*fields)) == list(
        again.scores.order_by("pk").values(*fields)
    )


@pytest.mark.django_db
def test_what_does_not_count(
    make_question, make_answer, helped, helper, stranger, desk_agent, moderator, clock
):
    helped(helper, 1)
    own = make_question(by=stranger)
    make_answer(question=own, by=stranger)
    community.post_official_answer(
        person=desk_agent, question=own, body="Cleared this morning.", at=clock.now
    )
    gone = make_answer(by=stranger)
    community.delete(person=moderator, post=gone, at=clock.now)
    later = make_answer(by=stranger, at=clock.now + timedelta(days=1))

    run = actions.score_leaders(at=clock.now)

    assert ranks(run) == [(1, "xiaoman")]
    assert Answer.objects.filter(pk=later.pk).exists()


@pytest.mark.django_db
def test_removed_posts_lower_the_score(
    helped, make_answer, helper, stranger, moderator, five_parts, clock
):
    for person in (helper, stranger):
        helped(person, 3)
        bad = make_answer(by=person)
    flag = community.flag(person=helper, post=bad, reason="spam", note="", at=clock.now)
    community.uphold_flag(flag=flag, by=moderator, at=clock.now)

    run = actions.score_leaders(at=clock.now)

    conduct = dict(run.scores.values_list("person__handle", "conduct"))
    assert conduct["xiaoman"] == 1
    assert conduct["laoxu"] < 1


@pytest.mark.django_db
def test_topics_have_boards_of_their_own(helped, helper, stranger, clock):
    helped(helper, 10, tags=["eSIM"], accepted=False)
    helped(stranger, 11, tags=["Roaming"], accepted=False)
    helped(stranger, 2, tags=["Billing"], accepted=False)

    run = actions.score_leaders(at=clock.now)

    topics = {row.tag.name: row.person.handle for row in run.scores.exclude(tag=None)}
    assert topics == {"eSIM": "xiaoman", "Roaming": "laoxu"}
    assert ranks(run)[0] == (1, "laoxu")
    for row in run.scores.exclude(tag=None):
        assert sum(row.parts.values()) == pytest.approx(row.score)


@pytest.mark.django_db
def test_a_new_model_counts_from_the_next_run_and_the_old_one_is_kept(
    helped, helper, clock
):
    helped(helper, 1)
    before = actions.score_leaders(at=clock.now)
    ScoreModel.objects.create(
        half_life_days=30, help_percent=30, votes_percent=20, full_from_answers=1
    )
    assert queries.leaderboard().model.half_life_days == 60

    after = actions.score_leaders(at=clock.move(hours=1))

    assert (before.is_full, after.is_full) == (False, True)
    before.refresh_from_db()
    assert before.config["half_life_days"] == 60
    assert after.config["weights"]["votes"] == 0.2
    assert queries.leaderboard().model.weights["help"] == 0.3


@pytest.mark.django_db
def test_weights_that_do_not_add_up_are_no_model():
    from django.core.exceptions import ValidationError
    from django.db import IntegrityError, transaction

    wrong = ScoreModel(help_percent=41)
    with pytest.raises(ValidationError, match="add up to 100"):
        wrong.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        wrong.save()


def said(response):
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.django_db
def test_before_the_first_night_the_page_says_so(client):
    page = said(client.get(reverse("rewards:leaders")))

    assert "Nobody has been counted yet" in page
    assert "How the score is made" in page


@pytest.mark.django_db
def test_the_page_shows_who_helps_most_and_how_they_moved(
    client, helped, helper, stranger, clock
):
    helped(helper, 3)
    helped(stranger, 2)
    actions.score_leaders(at=clock.now)
    helped(stranger, 3)
    actions.score_leaders(at=clock.move(hours=1))

    page = said(client.get(reverse("rewards:leaders")))

    assert page.index("Laoxu") < page.index("Xiaoman")
    up, down = page.index("▲ 1"), page.index("▼ 1")
    assert page.index("Laoxu") > up
    assert up < down
    assert stranger.get_absolute_url() in page


@pytest.mark.django_db
def test_the_page_explains_the_score_it_shows(client, helped, helper, clock):
    helped(helper, 2)
    actions.score_leaders(at=clock.now)
    page = said(client.get(reverse("rewards:leaders")))
    assert "fewer than 2000 answers" in page.replace(",", "")

    ScoreModel.objects.create(
        help_percent=35, votes_percent=15, half_life_days=45, full_from_answers=1
    )
    actions.score_leaders(at=clock.move(hours=1))
    page = said(client.get(reverse("rewards:leaders")))
    assert "half after 45 days" in page
    for percent in ("35%", "20%", "15%", "10%"):
        assert percent in page
    for name in ("Helping", "Speed", "Reach", "Trust", "Votes"):
        assert name in page

    chinese = said(client.get("/zh-hans/leaders/"))
    assert "Helping" not in chinese


@pytest.mark.django_db
def test_every_part_of_a_score_has_a_colour_of_its_own_and_a_name_in_the_key(
    client, helped, helper, clock
):
    helped(helper, 10, tags=["eSIM"], accepted=False)
    actions.score_leaders(at=clock.now)
    row = LeaderScore.objects.filter(tag__slug="esim").first()
    parts = dict.fromkeys((*PARTS, "overall"), 1.0)
    LeaderScore.objects.filter(pk=row.pk).update(parts=parts)
    row.refresh_from_db()

    bar = segments(row, widest=6)
    page = client.get(reverse("rewards:leaders"), {"topic": "esim"})

    assert len({part.css for part in bar}) == len(bar) == 6
    assert [css for _name, css in page.context["key"]] == [part.css for part in bar]
    without_speed = segments(LeaderScore(parts=parts | {"response": 0}), widest=6)
    assert {part.name: part.css for part in without_speed}.items() <= {
        part.name: part.css for part in bar
    }.items()


@pytest.mark.django_db
def test_a_topic_has_a_page_and_an_unknown_one_has_none(client, helped, helper, clock):
    helped(helper, 10, tags=["eSIM"], accepted=False)
    actions.score_leaders(at=clock.now)
    address = reverse("rewards:leaders")

    page = said(client.get(address, {"topic": "esim"}))
    assert "help most with eSIM" in page
    assert "Xiaoman" in page
    assert '<option value="esim"' in said(client.get(address))

    assert client.get(address, {"topic": "no-such-thing"}).status_code == 404
    assert client.get(address, {"topic": "a\x00b"}).status_code in (400, 404)
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_who_was_erased_is_on_no_board(client, helped, helper, stranger, clock):
    helped(helper, 3)
    helped(stranger, 2)
    actions.score_leaders(at=clock.now)
    Person.objects.filter(pk=helper.pk).update(erased_at=clock.now)

    page = said(client.get(reverse("rewards:leaders")))

    assert "Laoxu" in page
    assert "Xiaoman" not in page


@pytest.mark.django_db
def test_more_leaders_cost_no_more_queries(
    client, helped, helper, stranger, neighbours, clock, django_assert_num_queries
):
    helped(helper, 2)
    helped(stranger, 1)
    actions.score_leaders(at=clock.now)
    address = reverse("rewards:leaders")
    client.get(address)
    with django_assert_num_queries(40, exact=False) as few:
        client.get(address)

    for person in neighbours(6):
        helped(person, 1)
    actions.score_leaders(at=clock.move(hours=1))

    with django_assert_num_queries(len(few)):
        client.get(address)


@pytest.mark.django_db
def test_more_people_are_scored_in_as_many_queries(
    helped, helper, neighbours, clock, django_assert_num_queries
):
    helped(helper, 2)
    with django_assert_num_queries(30, exact=False) as few:
        actions.score_leaders(at=clock.now)
    for person in neighbours(6):
        helped(person, 1)

    with django_assert_num_queries(len(few)):
        actions.score_leaders(at=clock.now)


@pytest.mark.django_db
def test_the_profile_shows_the_score_and_its_place(client, helped, helper, clock):
    helped(helper, 2)
    assert "Leader score" not in said(client.get(helper.get_absolute_url()))

    actions.score_leaders(at=clock.now)

    assert "Place 1" in said(client.get(helper.get_absolute_url()))


@pytest.mark.django_db
def test_the_command_scores_as_of_a_moment_and_says_who_is_first(
    helped, helper, stranger, clock
):
    helped(helper, 2)
    then = clock.now
    clock.move(days=2)
    helped(stranger, 5)
    words = StringIO()

    call_command("score_leaders", at=then, stdout=words)
    assert "Scored 1 people from 2 answers (answers of 90 days)" in words.getvalue()
    assert "first is Xiaoman with 50.0" in words.getvalue()

    call_command("score_leaders", at=clock.now, stdout=words)
    assert "Scored 2 people from 7 answers" in words.getvalue()
    assert "first is Laoxu" in words.getvalue()


@pytest.mark.django_db
def test_an_empty_site_is_scored_without_harm(clock):
    words = StringIO()

    call_command("score_leaders", at=clock.now, stdout=words)

    assert "Scored 0 people from 0 answers" in words.getvalue()


@pytest.mark.django_db
def test_every_night_a_timer_scores_and_old_runs_go(helped, helper, clock):
    helped(helper, 1)
    old = LeaderRun.objects.create(
        at=clock.now - timedelta(days=401),
        finished_at=clock.now,
        config=Model().as_dict(),
        code_version=1,
    )

    said_first = timers.run_due(clock.now, only=["rewards.score_leaders"])
    same_night = timers.run_due(clock.move(hours=1), only=["rewards.score_leaders"])
    next_night = timers.run_due(clock.move(days=1), only=["rewards.score_leaders"])

    assert said_first == {"rewards.score_leaders": "1 answers scored"}
    assert same_night == {}
    assert next_night == said_first
    assert not LeaderRun.objects.filter(pk=old.pk).exists()


@pytest.mark.django_db
def test_an_unfinished_run_is_never_shown(helped, helper, clock):
    helped(helper, 1)
    finished = actions.score_leaders(at=clock.now)
    LeaderRun.objects.create(
        at=clock.move(hours=1), config=Model().as_dict(), code_version=1
    )

    assert queries.newest_run() == finished
    assert queries.score_of(helper) == LeaderScore.objects.get()


@pytest.mark.django_db
def test_imported_helpers_are_ranked_by_their_history(
    make_question, make_answer, helper, asker, clock
):
    """History earns no points, but it says who helps."""
    answer = make_answer(question=make_question())
    Question.objects.update(source="se", source_id="1")
    Answer.objects.filter(pk=answer.pk).update(source="se", source_id="2")

    run = actions.score_leaders(at=clock.now)

    assert ranks(run) == [(1, "xiaoman")]
