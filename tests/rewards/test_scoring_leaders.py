"""Who helps most: the sum is the sum of its parts, and nobody can buy a place."""

from dataclasses import replace
from datetime import timedelta
from io import StringIO

import numpy as np
import pytest
from django.core.management import call_command
from django.urls import reverse

from common import timers
from community import actions as community
from community.models import Answer, Question, Tag
from people.models import Person
from rewards import actions, queries
from rewards.actions.scoring import CODE_VERSION
from rewards.models import LeaderRun, LeaderScore, ScoreModel
from rewards.score_bar import segments
from rewards.scoring.history import (
    DAY_SECONDS,
    NOBODY,
    Answers,
    Known,
    Votes,
    history_of,
)
from rewards.scoring.model import PARTS, Model
from rewards.scoring.score import FULL_MARKS, best_answers, blend_topic, score

NOW = 2000 * DAY_SECONDS
# Every history here is small: five parts are asked for, unless a test is about that.
FULL = Model(full_from_answers=0)
# One part alone, against the best one only.
ALONE = {
    name: replace(
        FULL,
        reference_top=1,
        weights=dict.fromkeys(PARTS, 0.0) | {name: 1.0},
    )
    for name in PARTS
}
HELPER, OTHER, THIRD, FRIEND = 1, 2, 3, 4


class Past:
    """A history being written, an answer a line. Everybody in it is known well."""

    def __init__(self):
        self.rows, self.votes = [], []
        self.strangers = set()

    def answers(
        self,
        who,
        asker,
        *,
        days_ago=1.0,
        wait_hours=1.0,
        ups=0,
        downs=0,
        accepted=True,
        question=None,
        voter=NOBODY,
    ):
        number = len(self.rows) + 1
        at = NOW - days_ago * DAY_SECONDS
        self.rows.append(
            (number, who, asker, question or number)
            + (at, at - wait_hours * 3600, accepted)
        )
        self.votes += [(number, voter, 1)] * ups + [(number, voter, -1)] * downs
        return question or number

    def facts(self):
        columns = list(zip(*self.rows, strict=True)) or [[]] * 7
        kinds = [np.int64] * 4 + [np.float64] * 2 + [np.bool_]
        answers = Answers(
            *(np.array(c, dtype=k) for c, k in zip(columns, kinds, strict=True))
        )
        cast = list(zip(*self.votes, strict=True)) or [[]] * 3
        votes = Votes(
            *(
                np.array(c, dtype=k)
                for c, k in zip(cast, (np.int64, np.int64, np.int8), strict=True)
            )
        )
        people = {row[1] for row in self.rows} | {row[2] for row in self.rows}
        imported = np.array(sorted(people - self.strangers), dtype=np.int64)
        return answers, votes, Known(imported=imported)

    def history(self, model=FULL):
        return history_of(*self.facts(), model)

    def scores(self, model=FULL, at=NOW, **more):
        return score(self.history(model), at=at, model=model, **more)

    def of(self, *people, model=FULL, **more):
        scores = self.scores(model, **more)
        found = dict(zip(scores.people.tolist(), scores.worth.tolist(), strict=True))
        return [found.get(person, 0.0) for person in people]

    def part(self, name, *people, **more):
        return self.of(*people, model=ALONE[name], **more)


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
            days_ago=float(chance.uniform(1, 200)),
            wait_hours=float(chance.integers(1, 60)),
            ups=int(chance.integers(0, 6)),
            downs=int(chance.integers(0, 3)),
            accepted=bool(chance.integers(0, 2)),
            question=int(chance.integers(1, 200)),
            voter=int(chance.integers(10, 40)),
        )
    past.strangers = set(range(20, 30))
    return past


# The model, with numbers only


def test_the_parts_add_up_to_the_score_exactly(busy_past):
    scores = busy_past.scores()

    assert scores.is_full
    assert set(scores.parts) == set(PARTS)
    total = np.sum([scores.parts[name] for name in PARTS], axis=0)
    assert total.tolist() == scores.score.tolist()
    assert all(part.any() for part in scores.parts.values())
    assert (np.diff(scores.worth) <= 0).all()
    assert np.abs(scores.worth - scores.score).max() <= len(PARTS) / 2


def test_the_ten_best_have_ten_thousand_on_average(busy_past):
    scores = busy_past.scores()

    assert scores.worth[:10].mean() == pytest.approx(FULL_MARKS)


def test_every_part_is_the_sum_of_what_single_answers_brought(busy_past):
    scores = busy_past.scores()
    brought = best_answers(
        busy_past.history(),
        scores,
        at=NOW,
        model=FULL,
        places=np.arange(len(scores.people)),
        most=1000,
    )

    found = {(one.person, one.part): one for one in brought}

    for place, person in enumerate(scores.people.tolist()):
        for name in PARTS:
            one = found[person, name]
            whole = float(one.amounts.sum())
            assert whole == pytest.approx(scores.parts[name][place], abs=0.51)
            assert (np.diff(one.amounts) <= 0).all()
            assert set(one.trust.tolist()) <= {0.3, 1.0}


def test_the_same_history_gives_the_same_bits_in_any_order(busy_past):
    first = busy_past.scores()
    np.random.default_rng(3).shuffle(busy_past.rows)
    np.random.default_rng(4).shuffle(busy_past.votes)

    again = busy_past.scores()

    assert first.people.tobytes() == again.people.tobytes()
    assert first.worth.tobytes() == again.worth.tobytes()
    for name in PARTS:
        assert first.parts[name].tobytes() == again.parts[name].tobytes()


def test_who_did_the_same_shares_a_rank(past):
    for number in range(3):
        past.answers(HELPER, 100 + number)
        past.answers(OTHER, 200 + number)
    past.answers(THIRD, 300)

    scores = past.scores()

    assert scores.people.tolist() == [HELPER, OTHER, THIRD]
    assert scores.rank.tolist() == [1, 1, 3]


@pytest.mark.parametrize("part", ["help", "accepted", "response", "reach"])
def test_help_for_one_friend_counts_less_than_for_many(past, part):
    for number in range(20):
        past.answers(HELPER, 100)
        past.answers(OTHER, 200 + number)

    friend, many = past.part(part, HELPER, OTHER)

    assert 0 < friend < many / 5


def test_the_more_for_one_friend_the_less_each_time(past):
    for number in range(60):
        past.answers(THIRD, 600 + number)
    seen = []
    for _ in range(12):
        past.answers(HELPER, 100)
        seen.append(past.part("help", HELPER)[0])

    gains = np.diff(seen)
    assert (gains[1:] < gains[:-1]).all()
    assert seen[-1] < 3 * seen[0]


def test_help_for_people_known_well_counts_more(past):
    for number in range(20):
        past.answers(HELPER, 100 + number)
        past.answers(OTHER, 200 + number)
    past.strangers = {210 + number for number in range(10)}

    wholly, half = past.of(HELPER, OTHER)

    assert half == pytest.approx(wholly * (10 + 10 * 0.3) / 20, rel=0.2)
    assert half < wholly


def test_ten_puppets_bring_less_than_two_neighbours(past):
    """However often they ask, and whatever they vote for each other."""
    for number in range(200):
        puppet = 100 + number % 10
        past.answers(HELPER, puppet, ups=1, voter=puppet)
    past.strangers = set(range(100, 110))
    past.answers(OTHER, 300)
    past.answers(OTHER, 301)

    bought, earned = past.of(HELPER, OTHER)

    assert 0 < bought < earned / 3


def test_more_puppets_hardly_bring_more(past):
    past.answers(OTHER, 500)
    one_alone = ALONE["help"]
    for puppet in range(10):
        past.answers(HELPER, 100 + puppet)
    past.strangers = set(range(100, 300))
    (ten,) = past.of(HELPER, model=one_alone)

    for puppet in range(10, 200):
        past.answers(HELPER, 100 + puppet)
    (many,) = past.of(HELPER, model=one_alone)

    assert ten <= many < 1.2 * ten


@pytest.mark.parametrize("part", ["accepted", "response", "reach", "votes"])
def test_an_answer_counts_half_after_thirty_days(past, part):
    past.answers(HELPER, 100, days_ago=61, ups=1)
    past.answers(OTHER, 101, days_ago=31, ups=1)
    # Else the most for one asker would bend what is measured.
    wide = replace(ALONE[part], pair_cap=1e9)

    older, newer = past.of(HELPER, OTHER, model=wide)

    assert older == pytest.approx(newer / 2, rel=1e-6)


def test_helping_looks_at_ninety_days(past):
    past.answers(HELPER, 100, days_ago=89)
    past.answers(OTHER, 101, days_ago=1)
    past.answers(THIRD, 102, days_ago=91)

    late, fresh, too_late = past.part("help", HELPER, OTHER, THIRD)

    assert late == fresh > 0
    assert too_late == 0


def test_nobody_scores_by_answering_themselves(past):
    for _ in range(30):
        past.answers(HELPER, HELPER, ups=9)
    past.answers(OTHER, 100)

    assert past.scores().people.tolist() == [OTHER]


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

    assert moved == fresh


def test_what_members_voted_down_helped_nobody(past):
    past.answers(HELPER, 100, downs=1, accepted=False)
    past.answers(OTHER, 101, downs=1, accepted=True)
    past.answers(THIRD, 102, accepted=False)

    bad, accepted, plain = past.part("help", HELPER, OTHER, THIRD)

    assert bad == 0
    assert accepted == plain > 0


def test_one_voter_cannot_vote_somebody_up(past):
    for number in range(20):
        past.answers(HELPER, 100 + number, ups=1, voter=FRIEND)
        past.answers(OTHER, 200 + number, ups=1, voter=300 + number)
    past.answers(FRIEND, 400)
    for number in range(20):
        past.answers(300 + number, 401)

    one, many = past.part("votes", HELPER, OTHER)

    assert 0 < one < many / 5


def test_upheld_flags_lower_every_part(past):
    for number in range(30):
        past.answers(HELPER, 100 + number)
    past.answers(OTHER, 200)
    (before,) = past.of(HELPER)
    (other,) = past.of(OTHER)

    after, beside = past.of(HELPER, OTHER, bad={HELPER: 7})

    assert after / beside == pytest.approx(before / other * (1 - 0.5 * 7 / 35))


def test_what_came_later_than_the_moment_is_not_known_yet(past):
    past.answers(HELPER, 100, days_ago=10)
    past.answers(OTHER, 101, days_ago=2)

    then = past.scores(at=NOW - 5 * DAY_SECONDS)

    assert then.people.tolist() == [HELPER]
    assert set(past.scores().people.tolist()) == {HELPER, OTHER}


def test_on_thin_history_only_recent_answers_are_counted(past):
    for number in range(3):
        past.answers(HELPER, 100 + number, accepted=False)
    past.answers(OTHER, 200, ups=50)
    past.answers(THIRD, 300, days_ago=91)

    scores = past.scores(replace(Model(), reference_top=1))

    assert not scores.is_full
    assert scores.people.tolist() == [HELPER, OTHER, THIRD]
    assert scores.score.tolist() == [10_000, 3333, 0]
    assert scores.parts["help"].tolist() == scores.score.tolist()


def test_the_plain_count_is_not_for_sale_either(past):
    for number in range(100):
        past.answers(HELPER, 100 + number % 10)
    past.strangers = set(range(100, 110))
    past.answers(OTHER, 300)
    for _ in range(50):
        past.answers(THIRD, 301)

    bought, earned, friend = past.of(HELPER, OTHER, THIRD, model=Model())

    assert bought < earned / 5
    assert friend == pytest.approx(5 * earned)


NOBODY_PROVEN = Known(verified=np.zeros(0, dtype=np.int64))


def ranks_knowing(past, known, model=FULL):
    answers, votes, _known = past.facts()
    scores = score(history_of(answers, votes, known, model), at=NOW, model=model)
    return dict(zip(scores.people.tolist(), scores.rank.tolist(), strict=True))


def with_ten_puppets(past, boss):
    """Each asks twenty times, votes for all answers and accepts them."""
    for number in range(200):
        puppet = 1000 + number % 10
        past.answers(boss, puppet, ups=1, voter=puppet, days_ago=number % 80 + 1)


@pytest.mark.parametrize("is_full", [True, False])
@pytest.mark.parametrize("proven", [[], [15]])
def test_puppets_buy_nothing_either_while_hardly_an_address_is_proven(
    busy_past, is_full, proven
):
    """As on a new site, where every account is young."""
    with_ten_puppets(busy_past, boss=500)
    model = FULL if is_full else Model(full_from_answers=10_000)

    rank = ranks_knowing(
        busy_past, Known(verified=np.array(proven, dtype=np.int64)), model
    )

    assert all(rank[helper] < rank[500] for helper in range(1, 16))


@pytest.mark.parametrize("is_full", [True, False])
def test_where_nobody_met_two_people_an_asker_counts_for_one_answer(past, is_full):
    with_ten_puppets(past, boss=500)
    for number in range(30):
        past.answers(HELPER, 2000 + number, ups=1)
    model = FULL if is_full else Model(full_from_answers=10_000)

    rank = ranks_knowing(past, NOBODY_PROVEN, model)

    assert rank[HELPER] < rank[500]


def test_once_addresses_are_proven_only_those_vouch(busy_past):
    """Two unproven accounts that know two bosses count for either next to nothing."""
    for number in range(40):
        busy_past.answers(500 + number % 2, 1000 + number // 2 % 2)
    proven = np.arange(1, 40)

    rank = ranks_knowing(busy_past, Known(verified=proven))

    assert all(rank[helper] < rank[500] for helper in range(1, 16))


@pytest.mark.parametrize(("count", "is_full"), [(199, False), (200, True)])
def test_from_two_hundred_answers_on_there_are_five_parts(past, count, is_full):
    for number in range(count):
        past.answers(number % 7, 1000 + number)

    assert past.scores(Model()).is_full is is_full


def test_an_empty_history_ranks_nobody(past):
    for is_full in (True, False):
        scores = past.scores(is_full=is_full)

        assert scores.people.tolist() == []
        assert scores.score.tolist() == []
    nothing = np.zeros(0, dtype=np.int64)
    assert list(past.history().by_topic(nothing, nothing)) == []


def test_the_answers_of_a_topic_are_those_to_its_questions(past):
    for number in range(6):
        past.answers(HELPER, 100 + number, question=10 + number % 3)

    topics = dict(
        past.history().by_topic(np.array([7, 8, 7, 9]), np.array([12, 10, 10, 99]))
    )

    found = {topic: past.history().question[rows] for topic, rows in topics.items()}
    assert {topic: rows.tolist() for topic, rows in found.items()} == {
        7: [10, 12, 10, 12],
        8: [10, 10],
    }


def test_a_topic_leans_on_the_whole_where_it_says_little(past):
    past.answers(HELPER, 100)
    for number in range(9):
        past.answers(OTHER, 200 + number)
    topic = past.scores()
    alone = dict(zip(topic.people.tolist(), topic.worth.tolist(), strict=True))

    blended = blend_topic(topic, {HELPER: 4000.0, OTHER: 2000.0}, FULL)

    total = np.sum(list(blended.parts.values()), axis=0)
    assert total.tolist() == blended.score.tolist()
    of = dict(zip(blended.people.tolist(), blended.worth.tolist(), strict=True))
    assert of[OTHER] == pytest.approx(0.75 * alone[OTHER] + 0.25 * 0.5 * 2000, abs=2)
    assert of[HELPER] == pytest.approx(0.25 * alone[HELPER] + 0.75 * 0.5 * 4000, abs=2)


def trusted(past, known):
    answers, votes, _known = past.facts()
    history = history_of(answers, votes, known, FULL)
    return dict(zip(history.people.tolist(), history.trust.tolist(), strict=True))


def test_known_well_is_who_has_a_proven_address_and_dealt_with_two_people(past):
    """By being answered or by answering; imported people always are."""
    past.answers(HELPER, 100)
    past.answers(OTHER, 100)
    past.answers(HELPER, 101)
    past.answers(HELPER, 101)
    past.answers(102, 103)
    past.answers(104, 102)
    past.answers(105, 105)
    proven = np.array([HELPER, OTHER, 100, 101, 102])

    trust = trusted(past, Known(verified=proven, imported=np.array([103])))

    assert [trust[person] for person in (100, 102, 103, HELPER)] == [1.0] * 4
    assert [trust[person] for person in (101, 104, 105, OTHER)] == [0.3] * 4
    assert trusted(past, Known())[104] == 0.3
    assert trusted(past, Known(verified=np.array([101])))[100] == 0.3


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
        assert sum(row.parts.values()) == row.score
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

    fields = ("person", "rank", "score", "parts", "posts", "conduct")
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
        assert sum(row.parts.values()) == row.score


@pytest.mark.django_db
def test_a_new_model_counts_from_the_next_run_and_the_old_one_is_kept(
    helped, helper, clock
):
    helped(helper, 1)
    before = actions.score_leaders(at=clock.now)
    ScoreModel.objects.create(
        half_life_days=45, help_percent=30, votes_percent=20, full_from_answers=1
    )
    assert queries.leaderboard().model.half_life_days == 30

    after = actions.score_leaders(at=clock.move(hours=1))

    assert (before.is_full, after.is_full) == (False, True)
    before.refresh_from_db()
    assert before.config["half_life_days"] == 30
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
    assert "fewer than 200 answers" in page

    ScoreModel.objects.create(
        help_percent=35, votes_percent=15, half_life_days=45, full_from_answers=1
    )
    actions.score_leaders(at=clock.move(hours=1))
    page = said(client.get(reverse("rewards:leaders")))
    assert "half after 45 days" in page
    for percent in ("35%", "20%", "15%", "10%"):
        assert percent in page
    for name in ("Helping", "Accepted", "Speed", "Reach", "Votes"):
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
    assert "topic=esim" in said(client.get(address))

    assert client.get(address, {"topic": "no-such-thing"}).status_code == 404
    assert client.get(address, {"topic": "a\x00b"}).status_code in (400, 404)
    assert client.post(address).status_code == 405


@pytest.mark.django_db
def test_a_topic_has_one_score_whatever_its_tags_are_called(
    client, helped, helper, clock
):
    helped(helper, 6, tags=["eSIM"], accepted=False)
    helped(helper, 6, tags=["eSIM", "dianzika"], accepted=False)
    english, other = Tag.objects.get(slug="esim"), Tag.objects.get(slug="dianzika")
    Tag.objects.filter(pk=other.pk).update(translation_of=english)

    actions.score_leaders(at=clock.now)

    row = LeaderScore.objects.exclude(tag=None).get()
    assert (row.tag, row.answer_count) == (english, 12)
    for word in ("esim", "dianzika"):
        page = said(client.get(reverse("rewards:leaders"), {"topic": word}))
        assert helper.name in page
        told = client.get("/api/v1/leaders/", {"topic": word}).json()
        assert told["items"][0]["answers"] == 12


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
    assert "Scored 1 people from 2 answers (a plain count)" in words.getvalue()
    assert "first is Xiaoman with 10,000" in words.getvalue()

    call_command("score_leaders", at=clock.now, stdout=words)
    assert "Scored 2 people from 7 answers" in words.getvalue()
    assert "first is Laoxu" in words.getvalue()


@pytest.mark.django_db
def test_an_empty_site_is_scored_without_harm(clock):
    words = StringIO()

    call_command("score_leaders", at=clock.now, stdout=words)

    assert "Scored 0 people from 0 answers" in words.getvalue()


@pytest.mark.django_db
def test_a_community_that_fell_silent_years_ago_is_scored_as_of_its_last_answer(
    helped, helper, clock
):
    last = clock.move(days=-3000)
    helped(helper, 2)
    words = StringIO()

    timers.run_due(last + timedelta(days=3000), only=["rewards.score_leaders"])
    assert not LeaderRun.objects.exists()
    call_command("score_leaders", stdout=words)

    assert f"scored as of {last:%Y-%m-%d}" in words.getvalue()
    assert "Scored 1 people" in words.getvalue()
    assert ranks(LeaderRun.objects.get()) == [(1, "xiaoman")]


@pytest.mark.django_db
def test_every_night_a_timer_scores_and_old_runs_go(helped, helper, clock):
    helped(helper, 1)
    old = LeaderRun.objects.create(
        at=clock.now - timedelta(days=401),
        finished_at=clock.now,
        config=Model().as_dict(),
        code_version=CODE_VERSION,
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
        at=clock.move(hours=1), config=Model().as_dict(), code_version=CODE_VERSION
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
