"""How a Whoosh index lies in its folder: whole, and checked before it is read.

    _MAIN_7.toc, MAIN_….seg and a .sum beside each

Segments hold pickles, so nothing is read that doesn't have the checksum it was written
with, and nobody but us may write here.
"""

import re
import zlib
from pathlib import Path
from typing import Any

from whoosh.filedb.filestore import FileStorage
from whoosh.index import TOC

from search.analyser import ANALYSER_VERSION
from search.engines.whoosh_writing import TermWriter
from search.errors import IndexBroken

# Raised when what a document holds on disk changes.
LAYOUT_VERSION = 7
FORMAT = f"{LAYOUT_VERSION}.{ANALYSER_VERSION}"
INDEX_NAME = "MAIN"

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
