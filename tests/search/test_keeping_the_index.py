"""The index follows the database, has one writer, and may break without harm."""

import threading
from collections.abc import Iterator
from datetime import timedelta
from io import StringIO
from pathlib import Path

import pytest
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone
from haystack.query import SearchQuerySet

from common.outbox import drain
from search import actions, queries
from search.engines import base
from search.errors import IndexBusy
from search.models import QueryLog
from tests.search.notes import work

SETS = Path(__file__).parents[1] / "data" / "search" / "relevance" / "members_zh"


def test_what_changed_is_found_after_the_worker_ran(make_note, found):
    make_note("a first note")
    work()

    note = make_note("roaming abroad")
    assert found("roaming") == []
    work()

    assert found("roaming") == ["roaming abroad"]
    assert SearchQuerySet().filter(content="roaming")[0].pk == str(note.pk)


def test_what_was_hidden_or_deleted_leaves(make_note, found):
    hidden, deleted = make_note("roaming one"), make_note("roaming two")
    make_note("roaming three")
    work()

    QueryLog.objects.filter(pk=hidden.pk).update(visitor="hidden")
    QueryLog.objects.filter(pk=deleted.pk).delete()
    actions.touch_many("search.querylog", [hidden.pk, deleted.pk])
    work()

    assert found("roaming") == ["roaming three"]


def test_a_change_that_is_rolled_back_is_never_indexed(make_note):
    class Stop(Exception):
        pass

    with pytest.raises(Stop), transaction.atomic():
        make_note("roaming")
        raise Stop

    assert work() == 0


def test_a_batch_costs_one_commit(make_note, index, engine_at_hand, monkeypatch):
    make_note("first")
    work()
    commits = engine_at_hand.counting_commits(monkeypatch)

    for number in range(30):
        make_note(f"number {number}")
    work()

    assert len(commits) == 1
    assert index.health().documents == 31


def test_one_broken_object_does_not_keep_others_out(make_note, found):
    make_note("first")
    work()
    make_note("roaming", visitor="broken")
    make_note("roaming whole")

    work()

    assert found("roaming") == ["roaming whole"]


def test_while_somebody_else_writes_changes_wait_their_turn(
    make_note, index, engine_at_hand, found
):
    make_note("first")
    work()
    make_note("roaming")
    now = timezone.now() + timedelta(seconds=1)

    with engine_at_hand.somebody_writes(index):
        drain(at=now, kinds=["search.index"])
        assert found("roaming") == []

    assert drain(at=now, kinds=["search.index"]) == 0
    drain(at=now + actions.TRY_AGAIN_AFTER, kinds=["search.index"])
    assert found("roaming") == ["roaming"]


def test_a_second_writer_is_refused_and_the_first_unharmed(
    index, engine_at_hand, make_document
):
    refused = []

    def second() -> None:
        try:
            index.write([make_document(2, "second")])
        except IndexBusy as busy:
            refused.append(busy)

    index.write([make_document(0, "first")])
    with engine_at_hand.somebody_writes(index):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    index.write([make_document(1, "third")])

    assert len(refused) == 1
    assert index.health().documents == 2


def test_many_small_commits_leave_the_last_of_each(put, index, found):
    for number in range(40):
        put(number % 20, f"Roaming {number}")

    assert index.health().documents == 20
    assert len(found("roaming", per_page=50)) == 20
    assert found("39") == ["Roaming 39"]


def test_an_error_while_writing_changes_nothing(put, index, make_document, found):
    put(1, "Roaming")

    def documents() -> Iterator[object]:
        yield make_document(1, "Changed")
        raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        index.write(documents())

    assert found("roaming") == ["Roaming"]
    index.write([make_document(2, "Roaming too")])
    assert len(found("roaming")) == 2


def test_among_many_exactly_those_replaced_or_gone_leave(index, make_document, found):
    with index.rebuilding():
        index.write(
            make_document(number, f"Roaming w{number}") for number in range(600)
        )

    index.write(
        [make_document(number, f"Changed w{number}") for number in (3, 300, 513)],
        gone=["community.question.4", "community.question.301"],
    )

    assert index.health().documents == 598
    assert queries.search("roaming").total == 595
    assert queries.search("changed").total == 3
    assert found("w300") == ["Changed w300"]
    assert found("w301") == []
    assert found("w45") == ["Roaming w45"]


# Haystack's commands


def test_update_index_is_haystacks():
    assert get_commands()["update_index"] == "haystack"
    assert get_commands()["wagtail_update_index"] == "wagtail.search"


def test_rebuilding_finds_everything_public(make_note, found, capsys):
    make_note("roaming")
    make_note("roaming secretly", visitor="hidden")

    call_command("rebuild_index", interactive=False, verbosity=0)

    assert found("roaming") == ["roaming"]
    assert "Indexed 1 documents" in capsys.readouterr().out


def test_the_old_index_answers_until_the_new_one_is_whole(
    make_note, index, engine_at_hand, found
):
    make_note("roaming")
    work()
    before = engine_at_hand.where(index)

    with index.rebuilding():
        assert found("roaming") == ["roaming"]
        assert engine_at_hand.where(index) == before

    assert found("roaming") == []
    assert engine_at_hand.where(index) != before
    assert engine_at_hand.all_places(index) == 1


def test_an_interrupted_rebuild_leaves_the_old_index(
    make_note, index, engine_at_hand, found
):
    make_note("roaming")
    work()

    with pytest.raises(KeyboardInterrupt), index.rebuilding():
        raise KeyboardInterrupt

    assert found("roaming") == ["roaming"]
    assert engine_at_hand.all_places(index) == 1
    call_command("rebuild_index", interactive=False, verbosity=0)
    assert found("roaming") == ["roaming"]


def test_a_rebuild_beside_another_writer_says_so(
    notes, index, engine_at_hand, monkeypatch
):
    monkeypatch.setattr(base, "COMMAND_WAIT_SECONDS", 0)
    original = index.rebuilding
    monkeypatch.setattr(index, "rebuilding", lambda: original(wait_seconds=0))

    with (
        engine_at_hand.somebody_writes(index),
        pytest.raises(CommandError, match="old one"),
    ):
        call_command("rebuild_index", interactive=False, verbosity=0)


def test_update_and_clear_work_as_haystack_documents(make_note, index, found):
    kept, gone = make_note("roaming kept"), make_note("roaming gone")
    call_command("update_index", verbosity=0)
    assert len(found("roaming")) == 2

    QueryLog.objects.filter(pk=gone.pk).delete()
    call_command("update_index", remove=True, verbosity=0)
    assert found("roaming") == ["roaming kept"]

    index.clear(models=[QueryLog])
    assert index.health().documents == 0

    call_command("update_index", verbosity=0)
    call_command("clear_index", interactive=False, verbosity=0)
    assert index.health().documents == 0
    assert found("roaming") == []
    assert QueryLog.objects.filter(pk=kept.pk).exists()


def test_haystacks_own_queries_filter_and_count(make_note):
    for text in ("roaming", "roaming abroad", "broadband"):
        make_note(text)
    work()

    everything = SearchQuerySet().models(QueryLog)

    assert everything.count() == 3
    assert everything.filter(content="roaming", language="en").count() == 2
    assert everything.filter(language__in=["zh-hans"]).count() == 0
    assert {row.title for row in everything[0:2]} <= {
        "roaming",
        "roaming abroad",
        "broadband",
    }


def test_a_large_index_waits_for_somebody(make_note, monkeypatch, caplog):
    monkeypatch.setattr(actions, "REBUILD_UNASKED_UP_TO", 0)
    make_note("roaming")

    work()

    assert queries.index_health().state == "missing"
    assert "rebuild_index" in caplog.text


def test_reading_while_somebody_writes_never_fails(put, make_document, index):
    put(0, "Roaming")
    done, wrong = threading.Event(), []

    def read() -> None:
        while not done.is_set():
            results = queries.search("roaming")
            if results.degraded or not results.total:
                wrong.append(results)

    thread = threading.Thread(target=read)
    thread.start()
    for number in range(20):
        index.write([make_document(number, "Roaming")])
    done.set()
    thread.join()

    assert wrong == []


def test_merged_parts_of_the_index_find_what_each_of_them_found(
    index, make_document, found
):
    for n in range(24):  # a commit each, more than are kept apart
        index.write([make_document(n, f"roaming {n}", question=f"word{n} 漫游{n}")])
    index.write((), gone=["community.question.3"])
    for n in range(30, 50):
        index.write([make_document(n, f"roaming {n}")])

    assert len(found("roaming", per_page=100)) == 43
    assert found("word17") == ["roaming 17"]
    assert found("word3") == []


def test_how_well_it_ranks_can_be_measured(engine_at_hand, index):
    words = StringIO()

    call_command("evaluate_search", str(SETS), engine=engine_at_hand.name, stdout=words)

    assert words.getvalue().split()[-3:] == ["1.0000"] * 3
    assert index.health().state == "missing"
    assert engine_at_hand.all_places(index) == 0
