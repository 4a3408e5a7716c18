"""Files may break, by a full disk or a careless hand: the database answers then."""

import os
import random
import resource
import shutil
import signal
from collections.abc import Iterator
from contextlib import contextmanager, nullcontext
from pathlib import Path
from typing import Any

import pytest
from django.core.management import CommandError, call_command

from search import queries, registries
from search.documents import Document
from search.engines import folders, whoosh_writing
from search.errors import IndexMissing
from search.indexes import hits_of
from search.models import QueryLog
from tests.search.engines import ON_DISK, OnDisk
from tests.search.notes import work


def truncate(engine: OnDisk, folder: Path) -> None:
    for file in engine.documents(folder):
        content = file.read_bytes()
        engine.change(file, content[: len(content) // 2])


def randomise(engine: OnDisk, folder: Path) -> None:
    for file in engine.documents(folder):
        size = file.stat().st_size
        engine.change(file, random.Random(1).randbytes(size))  # noqa: S311


def flip_a_bit(engine: OnDisk, folder: Path) -> None:
    file = engine.documents(folder)[0]
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    engine.change(file, bytes(content))


def randomise_contents(engine: OnDisk, folder: Path) -> None:
    (file,) = engine.contents(folder)
    engine.change(file, random.Random(1).randbytes(500))  # noqa: S311


def remove_contents(engine: OnDisk, folder: Path) -> None:
    for file in engine.contents(folder):
        file.unlink()


def remove_documents(engine: OnDisk, folder: Path) -> None:
    for file in engine.documents(folder):
        file.unlink()


def remove_a_file(engine: OnDisk, folder: Path) -> None:
    engine.documents(folder)[-1].unlink()


def empty_pointer(engine: OnDisk, folder: Path) -> None:
    (folder.parent / "CURRENT").write_text("")


def point_elsewhere(engine: OnDisk, folder: Path) -> None:
    (folder.parent / "CURRENT").write_text(f"{engine.layout} ../../etc\n")


def point_nowhere(engine: OnDisk, folder: Path) -> None:
    (folder.parent / "CURRENT").write_text(f"{engine.layout} index-000000000000\n")


def bytes_in_pointer(engine: OnDisk, folder: Path) -> None:
    (folder.parent / "CURRENT").write_bytes(b"\xff\xfe\x00\x01")


def age_it(engine: OnDisk, folder: Path) -> None:
    (folder.parent / "CURRENT").write_text(f"0.0 {folder.name}\n")


def remove_folder(engine: OnDisk, folder: Path) -> None:
    shutil.rmtree(folder)


def remove_everything(engine: OnDisk, folder: Path) -> None:
    shutil.rmtree(folder.parent)


def replace_with_a_file(engine: OnDisk, folder: Path) -> None:
    shutil.rmtree(folder.parent)
    folder.parent.write_text("not a folder")


DAMAGES = [
    truncate,
    randomise,
    flip_a_bit,
    randomise_contents,
    remove_contents,
    remove_documents,
    remove_a_file,
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
    damage, while_open, make_note, index, engine_at_hand, database_answers
):
    make_note("roaming abroad")
    work()
    assert not queries.search("roaming").degraded

    damage(engine_at_hand, engine_at_hand.where(index))
    if not while_open:
        engine_at_hand.forget()
    results = queries.search("roaming")

    assert results.degraded
    assert [hit.title for hit in results.hits] == ["roaming abroad"]
    assert "<mark>roaming</mark>" in results.hits[0].title_html
    assert not queries.index_health().ok


@pytest.mark.parametrize("damage", DAMAGES)
def test_one_command_mends_any_damage(damage, make_note, index, engine_at_hand, found):
    make_note("roaming")
    work()
    damage(engine_at_hand, engine_at_hand.where(index))
    assert not queries.index_health().ok

    call_command("rebuild_index", interactive=False, verbosity=0)

    assert queries.index_health().ok
    assert found("roaming") == ["roaming"]


@pytest.mark.parametrize("damage", [randomise, remove_contents, remove_everything])
def test_the_worker_mends_a_small_index_by_itself(
    damage, make_note, index, engine_at_hand, found
):
    make_note("roaming")
    work()
    damage(engine_at_hand, engine_at_hand.where(index))

    make_note("roaming abroad")
    work()

    assert sorted(found("roaming")) == ["roaming", "roaming abroad"]


@pytest.mark.parametrize("rebuilding", [False, True], ids=["a batch", "a rebuild"])
def test_who_is_killed_while_writing_leaves_everything_as_it_was(
    rebuilding, put, index, engine_at_hand, make_document, found
):
    put(1, "Roaming")
    told, tell = os.pipe()

    def documents() -> Iterator[Document]:
        for number in range(2, 200):
            yield make_document(number, "Roaming too")
        os.write(tell, b"!")
        signal.pause()

    child = os.fork()
    if not child:
        with index.rebuilding() if rebuilding else nullcontext():
            index.write(documents())
    os.read(told, 1)
    os.kill(child, signal.SIGKILL)
    os.waitpid(child, 0)

    assert found("roaming") == ["Roaming"]
    put(2, "Roaming afterwards")
    assert sorted(found("roaming")) == ["Roaming", "Roaming afterwards"]
    with index.rebuilding():
        index.write([make_document(3, "Roaming anew")])
    assert found("roaming") == ["Roaming anew"]
    assert engine_at_hand.all_places(index) == 1


@contextmanager
def a_full_disk() -> Iterator[None]:
    """No file of this process may grow beyond a few bytes."""
    before = resource.getrlimit(resource.RLIMIT_FSIZE)
    resource.setrlimit(resource.RLIMIT_FSIZE, (64, before[1]))
    try:
        yield
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, before)


def test_a_full_disk_leaves_everything_as_it_was(
    put, index, make_document, make_note, found, engine_at_hand
):
    make_note("roaming abroad")
    work()

    with a_full_disk(), pytest.raises(OSError):
        index.write([make_document(n, "Roaming too") for n in range(2, 50)])
    with a_full_disk(), pytest.raises(CommandError, match="can't be written"):
        call_command("rebuild_index", verbosity=0, interactive=False)

    assert found("roaming") == ["roaming abroad"]
    put(2, "Roaming afterwards")
    assert sorted(found("roaming")) == ["Roaming afterwards", "roaming abroad"]
    call_command("rebuild_index", verbosity=0, interactive=False)
    assert found("roaming") == ["roaming abroad"]
    assert engine_at_hand.all_places(index) == 1


def test_many_small_commits_stay_few_files(put, index, engine_at_hand):
    for number in range(40):
        put(number % 20, f"Roaming {number}")

    folder = engine_at_hand.where(index)
    assert len(engine_at_hand.documents(folder)) <= engine_at_hand.few_files


def test_an_index_made_by_another_engine_is_none(put, index, engine_at_hand):
    put(1, "Roaming")
    others = [one for one in ON_DISK if one is not engine_at_hand]

    for other in others:
        with pytest.raises(IndexMissing):
            folders.current_folder(index.path, other.layout)


def test_an_index_that_outgrows_memory_is_built_all_the_same(
    index, make_document, found, monkeypatch
):
    monkeypatch.setattr(whoosh_writing, "POSTINGS_IN_MEMORY", 60)
    with index.rebuilding():
        index.write(
            make_document(n, f"roaming {n}", question=f"Pass number {n} 流量{n}包")
            for n in range(40)
        )

    assert len(found("roaming", per_page=100)) == 40
    assert found("number 17")[0] == "roaming 17"
    assert found("流量") != []
