"""How well the score foretells helpers, on histories whose outcome is known."""

import gzip
import json
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from rewards.scoring.evaluation import evaluate, read_past
from rewards.scoring.history import DAY_SECONDS
from rewards.scoring.model import Model

HISTORIES = Path(__file__).parents[1] / "data" / "leaders"
METHODS = ("answerhall", "answers_90d", "five_parts")
PERFECT = {"ndcg20": 1.0, "p10": 1.0}
FIRST_LINE = json.dumps(
    {"id": 3, "owner": 1, "created": "2024-01-01", "question_id": 2, "score": 0}
)
HOPELESS = {"ndcg20": 0.0, "p10": 0.0}


def run(folder, **options):
    words = StringIO()
    call_command("evaluate_leaders", str(folder), stdout=words, **options)
    return words.getvalue()


def in_json(folder, **options):
    lines = run(folder, json=True, **options).splitlines()
    return {row["set"]: row for row in map(json.loads, lines)}


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(HISTORIES / "steady", tmp_path / "steady")
    return tmp_path / "steady"


def test_who_goes_on_helping_is_foretold_and_who_stops_is_not():
    found = in_json(HISTORIES, cutoffs=1)

    assert found["steady"]["methods"] == dict.fromkeys(METHODS, PERFECT)
    assert found["changed"]["methods"] == dict.fromkeys(METHODS, HOPELESS)


def test_every_cutoff_counts_the_same():
    found = in_json(HISTORIES, cutoffs=5)

    assert found["steady"]["cutoffs"] == 5
    assert found["steady"]["answers"] == 660
    assert found["steady"]["methods"]["answerhall"] == PERFECT
    middle = found["changed"]["methods"]["answers_90d"]["ndcg20"]
    assert 0 < middle < 1


def test_a_set_without_dated_votes_is_said_to_look_ahead():
    found = in_json(HISTORIES, cutoffs=1)
    words = run(HISTORIES, cutoffs=1).splitlines()

    assert (found["steady"]["looks_ahead"], found["changed"]["looks_ahead"]) == (
        False,
        True,
    )
    assert words[0] == (
        "changed: 539 answers, 1 cutoffs, 120 days, votes undated: looks ahead"
    )
    assert words[4] == "steady: 660 answers, 1 cutoffs, 120 days"
    assert words[5] == "  answerhall   nDCG@20 1.000  P@10 1.00"


def test_at_a_cutoff_only_what_was_known_then_is_known():
    past = read_past(HISTORIES / "steady")
    cutoff = sorted(answer["at"] for answer in past.answers)[300]

    rows = sorted(past.rows(cutoff), key=lambda row: row.answered_at)

    assert len(rows) == 301
    assert (rows[-1].accepted, rows[-1].net) == (False, 0)
    assert (rows[0].accepted, rows[0].net) == (True, 1)


def test_the_truth_is_accepted_answers_of_the_window_and_not_to_oneself():
    past = read_past(HISTORIES / "steady")
    start, _end = past.span()
    window = (start + 100 * DAY_SECONDS, start + 140 * DAY_SECONDS)
    truth = past.accepted_between(*window)
    assert sorted(truth) == list(range(1, 12))
    assert [truth[person] for person in (1, 5, 11)] == [1, 5, 11]

    for question in past.questions.values():
        question["owner"] = 5

    assert 5 not in past.accepted_between(*window)


def test_a_shorter_horizon_sees_fewer_helpers():
    """With five days to look at there are too few to say anything."""
    past = read_past(HISTORIES / "steady")

    found = evaluate(past, horizon_days=3, cutoffs=4, model=Model())

    assert (found["cutoffs"], found["methods"]) == (0, {})


def test_unknown_askers_are_somebody_else_each(copy):
    path = copy / "questions.jsonl.gz"
    lines = gzip.decompress(path.read_bytes()).splitlines()
    rows = [json.loads(line) | {"owner": None} for line in lines]
    with gzip.open(path, "wt") as file:
        file.writelines(json.dumps(row) + "\n" for row in rows)

    past = read_past(copy)

    owners = {question["owner"] for question in past.questions.values()}
    assert len(owners) == len(rows)
    found = evaluate(past, horizon_days=120, cutoffs=1, model=Model())
    assert found["methods"]["five_parts"] == PERFECT


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
    assert in_json(copy.parent)["steady"]["answers"] == 0

    (tmp_path / "nothing").mkdir()
    with pytest.raises(CommandError, match=r"holds no answers\.jsonl\.gz"):
        run(tmp_path / "nothing")
