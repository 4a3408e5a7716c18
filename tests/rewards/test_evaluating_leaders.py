"""How well the score foretells helpers, on histories whose outcome is known."""

import gzip
import json
import shutil
from io import StringIO
from pathlib import Path

import numpy as np
import pytest
from django.core.management import CommandError, call_command

from rewards.scoring.attack import BOSS, PUPPETS, with_puppets
from rewards.scoring.baselines import BASELINES
from rewards.scoring.evaluation import (
    METHODS,
    cutoffs_of,
    evaluate,
    our_ranking,
    read_past,
)
from rewards.scoring.history import DAY_SECONDS
from rewards.scoring.measures import DISCOUNT, Ranking, ndcg, places, precision
from rewards.scoring.model import Model

HISTORIES = Path(__file__).parents[1] / "data" / "leaders"
FIRST_LINE = json.dumps(
    {"id": 3, "owner": 1, "created": "2024-01-01", "question_id": 2, "score": 0}
)


def run(folder, **options):
    words = StringIO()
    call_command("evaluate_leaders", str(folder), stdout=words, **options)
    return words.getvalue()


def in_json(folder, **options):
    found = {}
    for line in run(folder, json=True, **options).splitlines():
        row = json.loads(line)
        found.setdefault(row["set"], {})[row["method"]] = row
    return found


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(HISTORIES / "steady", tmp_path / "steady")
    return tmp_path / "steady"


@pytest.fixture
def steady():
    return read_past(HISTORIES / "steady")


def rewrite(path, change):
    lines = gzip.decompress(path.read_bytes()).splitlines()
    with gzip.open(path, "wt") as file:
        file.writelines(json.dumps(change(json.loads(line))) + "\n" for line in lines)


# The command


def test_who_goes_on_helping_is_foretold_and_who_stops_is_not():
    found = in_json(HISTORIES, cutoffs=1)

    for method in ("ours", "answers_90d", "accepted_90d"):
        steady, changed = found["steady"][method], found["changed"][method]
        assert (steady["ndcg20"], steady["p10"]) == (1, 1)
        assert (changed["ndcg20"], changed["p10"]) == (0, 0)


def test_every_set_has_a_line_for_every_method():
    found = in_json(HISTORIES, cutoffs=5)

    assert list(found) == ["changed", "steady"]
    for methods in found.values():
        assert tuple(methods) == METHODS
        for row in methods.values():
            assert {"set", "method", "ndcg20", "p10", "boss_rank"} <= row.keys()
            assert 0 <= row["ndcg20_low"] <= row["ndcg20"] <= row["ndcg20_high"]
            assert row["cutoffs"] == 5
    assert 0 < found["changed"]["answers_90d"]["ndcg20"] < 1


def test_the_same_command_says_the_same_twice():
    first = run(HISTORIES, json=True, cutoffs=3)

    assert run(HISTORIES, json=True, cutoffs=3) == first


def test_a_set_without_dated_votes_is_said_to_look_ahead():
    found = in_json(HISTORIES, cutoffs=1)
    words = run(HISTORIES, cutoffs=1)

    assert found["changed"]["ours"]["looks_ahead"]
    assert not found["steady"]["ours"]["looks_ahead"]
    assert (
        "changed: 539 answers, 1 cutoffs, 120 days, votes undated: looks ahead" in words
    )
    assert "steady: 660 answers, 1 cutoffs, 120 days\n" in words


def test_nothing_is_claimed_inside_an_interval():
    words = run(HISTORIES, cutoffs=1).splitlines()
    claims = {line.split()[0]: line for line in words if "answers_" in line}

    assert claims["answers_90d"].endswith("not shown to differ")
    # Who stopped is still first among answers ever given; that is far outside.
    found = in_json(HISTORIES, cutoffs=5)["changed"]
    low, high = found["answers_all"]["ahead_ndcg20"]
    everything = run(HISTORIES, cutoffs=5)
    changed = everything[everything.index("changed") : everything.index("steady")]
    (line,) = [one for one in changed.splitlines() if "answers_all" in one]
    assert (low > 0) == ("ahead in nDCG@20" in line)
    assert low <= high


def test_a_set_too_short_for_the_horizon_says_so():
    words = run(HISTORIES, horizon_days=3650)
    found = in_json(HISTORIES, horizon_days=3650)

    assert words.count("Too short") == 2
    assert found["steady"]["ours"]["cutoffs"] == 0
    assert found["steady"]["ours"]["ndcg20"] is None


def test_options_that_make_no_sense_are_refused():
    for options in ({"cutoffs": 0}, {"horizon_days": 0}):
        with pytest.raises(CommandError, match="at least one"):
            run(HISTORIES, **options)


# What was known, and what came


def test_at_a_cutoff_only_what_was_known_then_is_known(steady):
    (cutoff,) = cutoffs_of(steady, horizon_days=120, cutoffs=1)

    seen = steady.seen(cutoff)

    newest = np.argmax(seen.answers.answered_at)
    assert 0 < len(seen.answers) < len(steady.answers)
    assert (seen.answers.answered_at < cutoff).all()
    assert not seen.answers.accepted[newest]
    assert seen.answers.accepted[0]
    assert seen.answers.answer[newest] not in seen.votes.answer
    assert len(seen.asked_by) <= len(steady.questions)


def test_the_truth_is_accepted_answers_of_the_window_and_not_to_oneself(steady):
    start = steady.answers.answered_at.min()
    window = (start + 100 * DAY_SECONDS, start + 140 * DAY_SECONDS)
    people, gave = steady.accepted_between(*window)
    truth = dict(zip(people.tolist(), gave.tolist(), strict=True))
    assert sorted(truth) == list(range(1, 12))
    assert [truth[person] for person in (1, 5, 11)] == [1, 5, 11]

    steady.answers.asker[:] = 5

    people, _gave = steady.accepted_between(*window)
    assert 5 not in people


def test_with_too_few_to_foretell_there_is_no_cutoff(steady):
    found = evaluate(steady, horizon_days=1, cutoffs=4, model=Model())

    assert found.cutoffs < 4


def test_cutoffs_are_midnights_from_the_middle_to_a_horizon_before_the_end(steady):
    moments = cutoffs_of(steady, horizon_days=60, cutoffs=4)

    assert (moments % DAY_SECONDS == 0).all()
    end = steady.answers.answered_at.max()
    assert end - 61 * DAY_SECONDS <= moments[-1] <= end - 60 * DAY_SECONDS
    assert len(moments) == 4


def test_unknown_askers_are_somebody_else_each(copy):
    rewrite(copy / "questions.jsonl.gz", lambda row: row | {"owner": None})

    past = read_past(copy)

    assert len(np.unique(past.asked_by)) == len(past.questions)
    found = evaluate(past, horizon_days=120, cutoffs=1, model=Model())
    assert found.methods["ours"].ndcg20 == 1


def test_a_set_without_votes_can_be_judged(copy):
    (copy / "votes.jsonl.gz").unlink()

    found = in_json(copy.parent, cutoffs=2)["steady"]

    assert found["ours"]["looks_ahead"]
    assert found["ours"]["ndcg20"] is not None
    assert found["votes"]["ndcg20"] is not None


# Measures


def ranking(**values):
    people = np.array([int(name[1:]) for name in values], dtype=np.int64)
    return Ranking(people, np.array(list(values.values()), dtype=float))


def test_ties_count_what_they_would_on_average():
    people = np.array([1, 2, 3], dtype=np.int64)

    discount, first = places(ranking(p1=5, p2=2, p3=2), people)

    assert discount[0] == 1
    assert discount[1] == discount[2] == pytest.approx(DISCOUNT[1:3].mean())
    assert first.tolist() == [1, 1, 1]


def test_eleven_tied_are_ten_elevenths_in_the_first_ten():
    tied = ranking(**{f"p{number}": 1 for number in range(11)})

    _discount, first = places(tied, np.arange(11))

    assert first == pytest.approx(np.full(11, 10 / 11))


def test_who_is_not_ranked_gains_nothing():
    discount, first = places(ranking(p1=1), np.array([1, 9]))

    assert (discount[1], first[1]) == (0, 0)
    empty = Ranking(np.zeros(0, dtype=np.int64), np.zeros(0))
    assert places(empty, np.array([1]))[0].tolist() == [0]


def test_a_perfect_order_is_one_and_a_reversed_one_less():
    truth = np.array([[3.0, 2.0, 1.0]])

    assert ndcg(truth, DISCOUNT[:3]) == pytest.approx([1])
    backwards = (3 * DISCOUNT[2] + 2 * DISCOUNT[1] + DISCOUNT[0]) / (
        3 * DISCOUNT[0] + 2 * DISCOUNT[1] + DISCOUNT[2]
    )
    assert ndcg(truth, DISCOUNT[2::-1]) == pytest.approx([backwards])


def test_people_tied_for_the_end_of_the_top_belong_to_it_in_shares():
    """Nineteen clear ones, and two for the twentieth place."""
    truth = np.array([[2.0] * 19 + [1.0] * 2])
    first_ten = np.array([1.0] * 8 + [0.0] * 11 + [1.0] * 2)

    assert precision(truth, first_ten) == pytest.approx([(8 + 2 * 0.5) / 10])


# The plain methods


def test_plain_methods_count_what_they_say(steady):
    seen = steady.seen(steady.answers.answered_at.max() + 1)
    answers = seen.answers
    person = int(answers.answerer[0])
    mine = (answers.answerer == person) & (answers.asker != person)

    def of(method):
        found = BASELINES[method](seen)
        return float(found.values[found.people == person][0])

    assert of("answers_all") == mine.sum()
    assert of("accepted_all") == (mine & answers.accepted).sum()
    recent = seen.at - answers.answered_at <= 90 * DAY_SECONDS
    assert of("answers_90d") == (mine & recent).sum()
    asked = (seen.asked_by == person).sum()
    expected = (mine.sum() - asked) / np.sqrt(mine.sum() + asked)
    assert of("zscore") == pytest.approx(expected)
    assert of("reputation") >= 15 * of("accepted_all")


def test_graph_methods_rank_whom_helpers_turn_to(steady):
    seen = steady.seen(steady.answers.answered_at.max() + 1)
    for method in ("hits", "pagerank", "leaderrank"):
        found = BASELINES[method](seen)

        assert np.isfinite(found.values).all()
        assert (found.values > 0).all()
        busiest = found.people[np.argmax(found.values)]
        assert (seen.answers.answerer == busiest).any()


# Sock puppets


def test_puppets_are_in_the_history_like_anybody_else(steady):
    seen = steady.seen(steady.answers.answered_at.max() + 1)

    bought = with_puppets(seen)

    boss = bought.answers.answerer == BOSS
    assert boss.sum() == 200
    assert len(np.unique(bought.answers.asker[boss])) == PUPPETS
    assert bought.answers.accepted[boss].all()
    assert (bought.answers.answered_at[boss] < seen.at).all()
    assert len(bought.votes.answer) - len(seen.votes.answer) == 200 * PUPPETS
    assert len(bought.asked_by) - len(seen.asked_by) == 200


@pytest.mark.parametrize("full_from_answers", [0, 10**9])
def test_a_boss_buys_a_first_place_by_count_and_the_last_by_our_score(
    copy, full_from_answers
):
    """With parts and, on thin history, without. Here people ask more than once."""
    rewrite(
        copy / "questions.jsonl.gz",
        lambda row: row | {"owner": 1000 + row["id"] // 2 % 97},
    )
    steady = read_past(copy)
    seen = steady.seen(steady.answers.answered_at.max() + 1)
    bought = with_puppets(seen)
    model = Model(full_from_answers=full_from_answers)

    by_count = BASELINES["answers_90d"](bought).rank_of(BOSS)
    ours, is_full = our_ranking(bought, model)

    assert is_full == (full_from_answers == 0)
    assert by_count == 1
    honest = our_ranking(seen, model)[0]
    assert ours.rank_of(BOSS) > 0.8 * len(honest.people)


def test_a_truncated_or_broken_file_is_named_with_its_place(copy):
    path = copy / "answers.jsonl.gz"
    whole = path.read_bytes()

    path.write_bytes(whole[: len(whole) // 2])
    with pytest.raises(CommandError, match=r"answers\.jsonl\.gz, line \d+: "):
        run(copy.parent)

    for broken, reason in (('{"id": 5, "own', ""), ('{"id": 5}', "it says no created")):
        with gzip.open(path, "wt") as file:
            file.write(f"{FIRST_LINE}\n{broken}\n")
        with pytest.raises(CommandError, match=rf"gz, line 2: .*{reason}"):
            run(copy.parent)


def test_an_empty_history_and_an_empty_folder(copy, tmp_path):
    with gzip.open(copy / "answers.jsonl.gz", "wt"):
        pass
    (row,) = {row["answers"] for row in in_json(copy.parent)["steady"].values()}
    assert row == 0

    (tmp_path / "nothing").mkdir()
    with pytest.raises(CommandError, match=r"holds no answers\.jsonl\.gz"):
        run(tmp_path / "nothing")
