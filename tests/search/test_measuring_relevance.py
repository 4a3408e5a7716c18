"""Whoever works on search sees what it is worth, on sets with a known outcome."""

import gzip
import json
import math
import shutil
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import CommandError, call_command

from search import evaluation

SETS = Path(__file__).parents[1] / "data" / "search" / "relevance"
SECOND = 1 / math.log2(3)


def run(folder, **options):
    words = StringIO()
    call_command(
        "evaluate_search", str(folder), stdout=words, stderr=StringIO(), **options
    )
    return words.getvalue()


def in_json(folder, **options):
    lines = run(folder, json=True, **options).splitlines()
    return {row["set"]: row for row in map(json.loads, lines)}


@pytest.fixture
def copy(tmp_path):
    shutil.copytree(SETS / "members_en", tmp_path / "sets" / "members_en")
    return tmp_path / "sets" / "members_en"


def test_every_set_below_the_folder_is_measured():
    found = in_json(SETS)

    assert found["members_zh"] == {
        "set": "members_zh",
        "engine": "whoosh",
        "ndcg10": 1.0,
        "mrr10": 1.0,
        "recall100": 1.0,
    }
    assert list(found) == ["members_en", "members_zh"]


def test_a_second_place_a_first_and_nothing_make_these_means():
    (row,) = in_json(SETS / "members_en").values()

    assert row["ndcg10"] == round((SECOND + 1 + 0) / 3, 4)
    assert row["mrr10"] == 0.5
    assert row["recall100"] == round(2 / 3, 4)


def test_people_read_a_table():
    heading, row = run(SETS / "members_zh").splitlines()

    assert heading.split() == ["nDCG@10", "MRR@10", "recall@100"]
    assert row.split() == ["members_zh", "1.0000", "1.0000", "1.0000"]


def test_the_sites_own_index_is_left_alone(index):
    run(SETS)

    assert index.health().state == "missing"


def test_graded_answers_count_as_much_as_they_are_worth():
    ideal = {"a": 3.0, "b": 1.0}

    assert evaluation.ndcg(["a", "b"], ideal) == 1.0
    assert evaluation.ndcg(["b", "a"], ideal) == pytest.approx(
        (1 + 3 * SECOND) / (3 + SECOND)
    )
    assert evaluation.ndcg([*"0123456789", "a"], ideal) == 0.0


def test_halves_share_no_query_and_leave_none_out():
    whole = {query.id for query in evaluation.read_set(SETS / "members_en").queries}
    first, second = (
        {query.id for query in evaluation.read_set(SETS / "members_en", half).queries}
        for half in evaluation.HALVES
    )

    assert first
    assert second
    assert not first & second
    assert first | second == whole


@pytest.mark.parametrize(
    ("file", "content", "says"),
    [
        ("queries.jsonl", "", "no query with a known answer"),
        ("queries.jsonl", "{\n", "queries.jsonl, line 1"),
        ("queries.jsonl", '{"_id": "q1"}\n', "line 1: no text"),
        ("qrels.tsv", "query-id\tcorpus-id\tscore\nq1 1 1\n", "line 2: not three"),
        ("corpus.jsonl.gz", "not compressed", "corpus.jsonl.gz"),
    ],
)
def test_a_broken_file_is_named(copy, file, content, says):
    (copy / file).write_text(content)

    with pytest.raises(CommandError, match=says):
        run(copy)


def test_a_file_that_ends_too_early_is_named(copy):
    whole = (copy / "corpus.jsonl.gz").read_bytes()
    (copy / "corpus.jsonl.gz").write_bytes(whole[:-12])

    with pytest.raises(CommandError, match=r"corpus\.jsonl\.gz, line"):
        run(copy)


def test_a_folder_without_a_set_is_refused(tmp_path):
    with pytest.raises(CommandError, match=r"holds no corpus"):
        run(tmp_path)


def test_whoever_interrupts_keeps_what_was_measured(copy, monkeypatch):
    shutil.copytree(SETS / "members_zh", copy.parent / "zz")
    real = evaluation.RelevanceSet.texts

    def impatient(self):
        if self.folder.name == "zz":
            raise KeyboardInterrupt
        return real(self)

    monkeypatch.setattr(evaluation.RelevanceSet, "texts", impatient)
    words, errors = StringIO(), StringIO()

    with pytest.raises(SystemExit):
        call_command(
            "evaluate_search", str(copy.parent), stdout=words, stderr=errors, json=True
        )

    assert [json.loads(line)["set"] for line in words.getvalue().splitlines()] == [
        "members_en"
    ]
    assert "1 sets measured" in errors.getvalue()
    assert "1 left out" in errors.getvalue()


def test_more_documents_than_one_batch_are_indexed(tmp_path):
    folder = tmp_path / "many"
    folder.mkdir()
    with gzip.open(folder / "corpus.jsonl.gz", "wt") as lines:
        for number in range(1_200):
            lines.write(json.dumps({"_id": f"{number}", "text": f"word{number}"}))
            lines.write("\n")
    (folder / "queries.jsonl").write_text('{"_id": "x", "text": "word1199"}\n')
    (folder / "qrels.tsv").write_text("query-id\tcorpus-id\tscore\nx\t1199\t1\n")

    assert in_json(folder)["many"]["ndcg10"] == 1.0
