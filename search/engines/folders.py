"""Where an index lies on disk: one in use, one writer, and never half a new one.

    <path>/CURRENT          "<layout> <folder>": the index everybody searches
    <path>/writer.lock      held by whoever writes
    <path>/<folder>/        the engine's own files

A rebuild fills a new folder and then replaces CURRENT in one step.
"""

import re
import secrets
import shutil
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from whoosh.util.filelock import FileLock, try_for

from search.errors import IndexBroken, IndexBusy, IndexMissing

Stamp = tuple[int, int, int]

_pointer = re.compile(r"([a-z0-9.]+) (index-[a-z0-9]+)\n")


def current_folder(path: Path, layout: str) -> Path:
    """The folder everybody searches. Raises IndexMissing, also if another engine or
    version made it."""
    try:
        words = (path / "CURRENT").read_text()
    except (OSError, UnicodeDecodeError) as error:
        raise IndexMissing("there is none") from error
    match = _pointer.fullmatch(words)
    if match is None:
        raise IndexBroken("CURRENT is unreadable")
    if match[1] != layout:
        raise IndexMissing(f"it was made by another version ({match[1]})")
    return path / match[2]


def new_folder(path: Path) -> Path:
    folder = path / f"index-{secrets.token_hex(6)}"
    folder.mkdir(mode=0o700)
    return folder


def switch_to(path: Path, folder: Path, layout: str) -> None:
    """Let everybody search this folder from now on, and remove the others."""
    pointer = path / "CURRENT.new"
    pointer.write_text(f"{layout} {folder.name}\n")
    pointer.replace(path / "CURRENT")
    remove_others(path, keep=folder)


def sweep(path: Path, layout: str) -> None:
    """Remove what a killed rebuild left behind. Only for whoever holds the lock."""
    try:
        keep = current_folder(path, layout)
    except (IndexMissing, IndexBroken):
        keep = None
    remove_others(path, keep)


def remove_others(path: Path, keep: Path | None) -> None:
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


def stamp(file: Path) -> Stamp:
    """Changes when a file does."""
    facts = file.stat()
    return facts.st_ino, facts.st_size, facts.st_mtime_ns
