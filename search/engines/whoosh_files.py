"""Where a Whoosh index lies on disk: whole, checked, and one writer at a time.

    <path>/CURRENT          "<format> <folder>": the index everybody searches
    <path>/writer.lock      held by whoever writes
    <path>/<folder>/        _MAIN_7.toc, MAIN_….seg and a .sum beside each

A rebuild fills a new folder and then replaces CURRENT in one step. Segments hold
pickles, so nothing is read that doesn't have the checksum it was written with, and
nobody but us may write here.
"""

import re
import secrets
import shutil
import zlib
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC
from whoosh.util.filelock import FileLock, try_for

from search.analyser import ANALYSER_VERSION
from search.engines.whoosh_writing import TermWriter
from search.errors import IndexBroken, IndexBusy, IndexMissing

# Raised when what a document holds on disk changes.
LAYOUT_VERSION = 4
FORMAT = f"{LAYOUT_VERSION}.{ANALYSER_VERSION}"
INDEX_NAME = "MAIN"

_pointer = re.compile(r"([0-9.]+) ([a-z0-9-]+)\n")
_toc_name = re.compile(rf"_{INDEX_NAME}_([0-9]+)\.toc")


class Shelf(FileStorage):
    """Whoosh's storage, without memory maps and with a checksum beside each file.

    A file that shrinks while it is mapped kills the process; read, it is an error.
    """

    def __init__(self, path: Path) -> None:
        super().__init__(str(path), supports_mmap=False)

    def rename_file(self, oldname: str, newname: str, safe: bool = False) -> None:
        """Whoosh renames the table of contents into place: its sum goes first."""
        if newname.endswith(".toc"):
            self.write_sum(oldname, newname)
        super().rename_file(oldname, newname, safe=safe)

    def write_sum(self, written: str, name: str) -> None:
        (Path(self.folder) / f"{name}.sum").write_text(
            f"{_checksum(Path(self.folder) / written):08x}\n"
        )

    def verify(self, name: str) -> None:
        """Raises IndexBroken if the file isn't what was written."""
        file = Path(self.folder) / name
        expected = (Path(self.folder) / f"{name}.sum").read_text().strip()
        if f"{_checksum(file):08x}" != expected:
            raise IndexBroken(f"{name} has changed")


class CheckedWriter(TermWriter):
    """Sums every new segment before the table of contents names it."""

    def _commit_toc(self, segments: list[Any]) -> None:
        for segment in segments:
            name = segment.make_filename(segment.COMPOUND_EXT)
            if not self.storage.file_exists(f"{name}.sum"):
                self.storage.write_sum(name, name)
        super()._commit_toc(segments)
        current = TOC._filename(INDEX_NAME, self.generation)
        for name in self.storage.list():
            if name.endswith(".toc.sum") and name != f"{current}.sum":
                self.storage.delete_file(name)


def _checksum(file: Path) -> int:
    total = 0
    with file.open("rb") as stream:
        while block := stream.read(1 << 20):
            total = zlib.crc32(block, total)
    return total


def current_folder(path: Path) -> Path:
    """The folder everybody searches. Raises IndexMissing."""
    try:
        words = (path / "CURRENT").read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise IndexMissing("there is none") from error
    match = _pointer.fullmatch(words)
    if match is None:
        raise IndexBroken("CURRENT is unreadable")
    if match[1] != FORMAT:
        raise IndexMissing(f"it was made by another version ({match[1]})")
    return path / match[2]


def latest_generation(folder: Path) -> int:
    """The number of the newest table of contents. Raises FileNotFoundError.

    While one replaces another a listing may hold neither: then look again.
    """
    names = (file.name for file in folder.iterdir())
    found = [int(match[1]) for name in names if (match := _toc_name.fullmatch(name))]
    if not found:
        raise FileNotFoundError(0, "No table of contents", str(folder))
    return max(found)


def read_toc(shelf: Shelf, generation: int) -> TOC:
    name = TOC._filename(INDEX_NAME, generation)
    shelf.verify(name)
    return TOC.read(shelf, INDEX_NAME, gen=generation)


def new_folder(path: Path) -> Path:
    folder = path / f"index-{secrets.token_hex(6)}"
    folder.mkdir(mode=0o700)
    return folder


def switch_to(path: Path, folder: Path) -> None:
    """Let everybody search this folder from now on, and remove the others."""
    pointer = path / "CURRENT.new"
    pointer.write_text(f"{FORMAT} {folder.name}\n")
    pointer.replace(path / "CURRENT")
    remove_folders(path, keep=folder)


def remove_folders(path: Path, keep: Path | None) -> None:
    """Remove what a finished or killed rebuild left behind."""
    for old in path.glob("index-*"):
        if keep is None or old.name != keep.name:
            shutil.rmtree(old, ignore_errors=True)


@contextmanager
def only_writer(path: Path, wait_seconds: float) -> Iterator[None]:
    """Be the one who writes, over all processes. Raises IndexBusy.

    The lock ends with the process, however it ends.
    """
    path.mkdir(mode=0o700, parents=True, exist_ok=True)
    lock = FileLock(str(path / "writer.lock"))
    if not try_for(lock.acquire, timeout=wait_seconds, delay=0.1):
        raise IndexBusy
    try:
        yield
    finally:
        lock.release()
