"""What a process has read of the indexes on its disk, shared by its threads."""

import logging
import threading
import time
from collections.abc import Callable, Mapping
from contextlib import suppress
from datetime import datetime
from pathlib import Path
from typing import Any, ClassVar, Generic, Protocol, TypeVar

from search.engines.base import Found, HallBackend, Health, Wanted
from search.engines.folders import current_folder
from search.errors import IndexBroken, IndexMissing

logger = logging.getLogger(__name__)

# A broken index is looked at again this often, not with every search.
RETRY_SECONDS = 5.0
OPEN_TRIES = 8


class Readable(Protocol):
    """An index as it was at one commit. Many threads may ask it."""

    folder: Path
    documents: int
    changed_at: datetime

    @property
    def title_words(self) -> Mapping[str, int]: ...

    def find(self, wanted: Wanted) -> Found: ...

    def is_current(self) -> bool:
        """Whether the files are still those this was read from."""


Snapshot = TypeVar("Snapshot", bound=Readable)


class Opened(Generic[Snapshot]):
    """The snapshots of this process, by path; new ones are read when files change."""

    def __init__(
        self, layout: str, read: Callable[[Path, Snapshot | None], Snapshot]
    ) -> None:
        self._layout = layout
        self._read = read
        self._lock = threading.Lock()
        self._snapshots: dict[Path, Snapshot] = {}
        self._failures: dict[Path, tuple[float, IndexBroken]] = {}

    def snapshot(self, path: Path) -> Snapshot:
        """The index as it is now. Raises IndexMissing or IndexBroken."""
        folder = current_folder(path, self._layout)
        with self._lock:
            known = self._snapshots.get(path)
            failed_at, failure = self._failures.get(folder, (0.0, None))
            if failure is not None and time.monotonic() - failed_at < RETRY_SECONDS:
                raise failure
            try:
                if known is None or known.folder != folder or not known.is_current():
                    known = self._open(path, known)
                self._snapshots[path] = known
                self._failures.clear()
                return known
            except IndexMissing:
                self._snapshots.pop(path, None)
                raise
            except Exception as error:
                # What is damaged raises anything at all.
                logger.exception("The search index in %s can't be read", folder)
                self._snapshots.pop(path, None)
                broken = IndexBroken(str(error) or type(error).__name__)
                self._failures[folder] = (time.monotonic(), broken)
                raise broken from error

    def distrust(self, path: Path) -> None:
        """Read everything anew, and check it, before the next search."""
        with self._lock:
            self._snapshots.pop(path, None)

    def forget(self) -> None:
        """As a process that has just started."""
        with self._lock:
            self._snapshots.clear()
            self._failures.clear()

    def _open(self, path: Path, known: Snapshot | None) -> Snapshot:
        """A writer may remove the files just named: then there are newer ones."""
        for _try in range(OPEN_TRIES - 1):
            with suppress(FileNotFoundError):
                return self._read(current_folder(path, self._layout), known)
            time.sleep(0.01)
        return self._read(current_folder(path, self._layout), known)


class FolderBackend(HallBackend):
    """An engine whose index is a folder. One backend per thread; what they read is
    shared by the whole process."""

    opened: ClassVar[Opened]

    def __init__(self, connection_alias: str, **connection_options: Any) -> None:
        super().__init__(connection_alias, **connection_options)
        self.path = Path(connection_options["PATH"])

    def find(self, wanted: Wanted) -> Found:
        snapshot = self.opened.snapshot(self.path)
        try:
            return snapshot.find(wanted)
        except Exception:
            self.opened.distrust(self.path)
            raise

    def health(self) -> Health:
        try:
            snapshot = self.opened.snapshot(self.path)
        except IndexMissing as error:
            return Health("missing", detail=str(error))
        except IndexBroken as error:
            return Health("broken", detail=str(error))
        return Health(
            "ok", documents=snapshot.documents, changed_at=snapshot.changed_at
        )

    def title_words(self) -> Mapping[str, int]:
        return self.opened.snapshot(self.path).title_words
