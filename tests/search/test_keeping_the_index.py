"""The index follows the database, has one writer, and may break without harm."""

import random
import shutil
import threading
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from django.core.management import call_command, get_commands
from django.core.management.base import CommandError
from django.db import transaction
from django.utils import timezone
from haystack import connections
from haystack.query import SearchQuerySet

from common.outbox import drain
from search import actions, queries, registries
from search.engines import base, whoosh_files as files
from search.errors import IndexBusy
from search.indexes import HallIndex, hits_of
from search.models import QueryLog


class NoteIndex(HallIndex):
    """Search's own model stands in for those of the rooms above."""

    kind = "question"

    def get_model(self) -> type[QueryLog]:
        return QueryLog

    def index_queryset(self, using: str | None = None) -> Any:  # noqa: ARG002
        return QueryLog.objects.exclude(visitor="hidden")

    def prepare_title(self, note: QueryLog) -> str:
        if note.visitor == "broken":
            raise ZeroDivisionError
        return note.text

    def prepare_language(self, note: QueryLog) -> str:
        return note.language

    def prepare_url(self, note: QueryLog) -> str:
        return f"/notes/{note.pk}/"


@pytest.fixture
def notes(db: None) -> Iterator[None]:
    """Haystack knows one kind of object: notes."""
    unified = connections["default"].get_unified_index()
    unified.build(indexes=[NoteIndex()])
    yield
    unified.reset()


@pytest.fixture
def make_note(notes: None) -> Callable[..., QueryLog]:
    def make(text: str, visitor: str = "") -> QueryLog:
        now = timezone.now()
        note = QueryLog.objects.create(
            key=f"{random.getrandbits(64):016x}",  # noqa: S311
            day=now.date(),
            visitor=visitor,
            text=text,
            language="en",
            results=0,
        )
        actions.touch("search.QueryLog", note.pk)
        return note

    return make


def work() -> int:
    return drain(at=timezone.now() + timedelta(seconds=1), kinds=["search.index"])


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


def test_a_batch_costs_one_commit(make_note, index, monkeypatch):
    make_note("first")
    work()
    commits = []
    commit = files.CheckedWriter.commit
    monkeypatch.setattr(
        files.CheckedWriter,
        "commit",
        lambda writer, **kw: commits.append(1) or commit(writer, **kw),
    )

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


def test_while_somebody_else_writes_changes_wait_their_turn(make_note, index, found):
    make_note("first")
    work()
    make_note("roaming")
    now = timezone.now() + timedelta(seconds=1)

    with files.only_writer(index.path, 0):
        drain(at=now, kinds=["search.index"])
        assert found("roaming") == []

    assert drain(at=now, kinds=["search.index"]) == 0
    drain(at=now + actions.TRY_AGAIN_AFTER, kinds=["search.index"])
    assert found("roaming") == ["roaming"]


def test_a_second_writer_is_refused_and_the_first_unharmed(index, make_document):
    refused = []

    def second() -> None:
        try:
            index.write([make_document(2, "second")])
        except IndexBusy as busy:
            refused.append(busy)

    index.write([make_document(0, "first")])
    with files.only_writer(index.path, 0):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join()
    index.write([make_document(1, "third")])

    assert len(refused) == 1
    assert index.health().documents == 2


def test_many_small_commits_stay_few_files(put, index, found):
    for number in range(40):
        put(number % 20, f"Roaming {number}")

    folder = files.current_folder(index.path)
    assert len(list(folder.glob("*.seg"))) <= 10
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


def test_the_old_index_answers_until_the_new_one_is_whole(make_note, index, found):
    make_note("roaming")
    work()
    before = files.current_folder(index.path)

    with index.rebuilding():
        assert found("roaming") == ["roaming"]
        assert files.current_folder(index.path) == before

    assert found("roaming") == []
    assert not before.exists()


def test_an_interrupted_rebuild_leaves_the_old_index(make_note, index, found):
    make_note("roaming")
    work()

    with pytest.raises(KeyboardInterrupt), index.rebuilding():
        raise KeyboardInterrupt

    assert found("roaming") == ["roaming"]
    assert len(list(index.path.glob("index-*"))) == 1
    call_command("rebuild_index", interactive=False, verbosity=0)
    assert found("roaming") == ["roaming"]


def test_a_rebuild_beside_another_writer_says_so(notes, index, monkeypatch):
    monkeypatch.setattr(base, "COMMAND_WAIT_SECONDS", 0)
    original = index.rebuilding
    monkeypatch.setattr(index, "rebuilding", lambda: original(wait_seconds=0))

    with files.only_writer(index.path, 0), pytest.raises(CommandError, match="old one"):
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


# Damage


def truncate(folder: Path) -> None:
    for file in folder.glob("*.seg"):
        file.write_bytes(file.read_bytes()[:100])


def randomise(folder: Path) -> None:
    for file in folder.glob("*.seg"):
        file.write_bytes(random.Random(1).randbytes(file.stat().st_size))  # noqa: S311


def flip_a_bit(folder: Path) -> None:
    (file,) = folder.glob("*.seg")
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)


def randomise_toc(folder: Path) -> None:
    (file,) = folder.glob("*.toc")
    file.write_bytes(random.Random(1).randbytes(500))  # noqa: S311


def remove_toc(folder: Path) -> None:
    for file in folder.glob("*.toc"):
        file.unlink()


def remove_segments(folder: Path) -> None:
    for file in folder.glob("*.seg"):
        file.unlink()


def empty_pointer(folder: Path) -> None:
    (folder.parent / "CURRENT").write_text("")


def point_elsewhere(folder: Path) -> None:
    (folder.parent / "CURRENT").write_text(f"{files.FORMAT} ../../etc\n")


def point_nowhere(folder: Path) -> None:
    (folder.parent / "CURRENT").write_text(f"{files.FORMAT} index-000000000000\n")


def bytes_in_pointer(folder: Path) -> None:
    (folder.parent / "CURRENT").write_bytes(b"\xff\xfe\x00\x01")


def age_it(folder: Path) -> None:
    (folder.parent / "CURRENT").write_text(f"0.0 {folder.name}\n")


def remove_folder(folder: Path) -> None:
    shutil.rmtree(folder)


def remove_everything(folder: Path) -> None:
    shutil.rmtree(folder.parent)


def replace_with_a_file(folder: Path) -> None:
    shutil.rmtree(folder.parent)
    folder.parent.write_text("not a folder")


DAMAGES = [
    truncate,
    randomise,
    flip_a_bit,
    randomise_toc,
    remove_toc,
    remove_segments,
    empty_pointer,
    point_elsewhere,
    point_nowhere,
    bytes_in_pointer,
    age_it,
    remove_folder,
    remove_everything,
]


@pytest.fixture
def database_answers(notes: None) -> None:
    @registries.fallback("question")
    def find(text: str, language: str | None, limit: int) -> list[Any]:
        return hits_of(QueryLog.objects.filter(text__icontains=text)[:limit], text)


@pytest.mark.parametrize("while_open", [True, False], ids=["running", "starting"])
@pytest.mark.parametrize("damage", [*DAMAGES, replace_with_a_file])
def test_a_broken_index_is_replaced_by_the_database(
    damage, while_open, make_note, index, database_answers
):
    from search.engines.whoosh import _opened

    make_note("roaming abroad")
    work()
    assert not queries.search("roaming").degraded

    damage(files.current_folder(index.path))
    if not while_open:
        _opened._snapshots.clear()
    results = queries.search("roaming")

    assert results.degraded
    assert [hit.title for hit in results.hits] == ["roaming abroad"]
    assert "<mark>roaming</mark>" in results.hits[0].title_html
    assert not queries.index_health().ok


@pytest.mark.parametrize("damage", DAMAGES)
def test_one_command_mends_any_damage(damage, make_note, index, found):
    make_note("roaming")
    work()
    damage(files.current_folder(index.path))
    assert not queries.index_health().ok

    call_command("rebuild_index", interactive=False, verbosity=0)

    assert queries.index_health().ok
    assert found("roaming") == ["roaming"]


@pytest.mark.parametrize("damage", [randomise, remove_toc, remove_everything])
def test_the_worker_mends_a_small_index_by_itself(damage, make_note, index, found):
    make_note("roaming")
    work()
    damage(files.current_folder(index.path))

    make_note("roaming abroad")
    work()

    assert sorted(found("roaming")) == ["roaming", "roaming abroad"]


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
        reader = queries.engine()
        reader.path = index.path
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


def test_an_index_that_outgrows_memory_is_built_all_the_same(
    index, make_document, found, monkeypatch
):
    from search.engines import whoosh_writing

    monkeypatch.setattr(whoosh_writing, "POSTINGS_IN_MEMORY", 60)
    with index.rebuilding():
        index.write(
            make_document(n, f"roaming {n}", question=f"Pass number {n} 流量{n}包")
            for n in range(40)
        )

    assert len(found("roaming", per_page=100)) == 40
    assert found("number 17")[0] == "roaming 17"
    assert found("流量") != []


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
