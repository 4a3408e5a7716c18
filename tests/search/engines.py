"""The engines every behaviour is tried on, and what tests must know of their files."""

from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Any

import pytest

from search.connection import connection
from search.engines import folders, opensearch, tantivy, whoosh, whoosh_files


class Engine:
    """What tests must know of the engine they run on."""

    name = ""
    # Tests by name that say nothing about it, and why.
    not_judged: Mapping[str, str] = {}

    def connection(self, tmp_path: Path, request: pytest.FixtureRequest) -> dict:
        """What HAYSTACK_CONNECTIONS says, for an index that isn't there yet."""
        raise NotImplementedError

    def somebody_writes(self, index: Any) -> AbstractContextManager[None]:
        """Another process is the one that writes."""
        raise NotImplementedError

    def where(self, index: Any) -> object:
        """What everybody searches; another after a rebuild."""
        raise NotImplementedError

    def all_places(self, index: Any) -> int:
        """How many indexes there are, in use or not."""
        raise NotImplementedError

    def counting_commits(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        """Grows with each commit."""
        raise NotImplementedError


class OnDisk(Engine):
    """An engine with a folder of its own."""

    engine = ""
    layout = ""
    opened: Any = None
    # As many as a few dozen small commits may leave.
    few_files = 0

    def connection(self, tmp_path: Path, request: pytest.FixtureRequest) -> dict:
        return {"ENGINE": self.engine, "PATH": str(tmp_path / "index")}

    def somebody_writes(self, index: Any) -> AbstractContextManager[None]:
        return folders.only_writer(index.path, 0)

    def where(self, index: Any) -> Path:
        return folders.current_folder(index.path, self.layout)

    def all_places(self, index: Any) -> int:
        return len(list(index.path.glob("index-*")))

    def forget(self) -> None:
        """As a process that has just started."""
        self.opened.forget()

    def change(self, file: Path, content: bytes) -> None:
        """Write something else into it."""
        file.write_bytes(content)

    def documents(self, folder: Path) -> list[Path]:
        """The files that hold documents."""
        raise NotImplementedError

    def contents(self, folder: Path) -> list[Path]:
        """The file that lists the others."""
        raise NotImplementedError


class OnWhoosh(OnDisk):
    name = "whoosh"
    engine = "search.engines.whoosh.WhooshEngine"
    layout = whoosh_files.FORMAT
    opened = whoosh._opened
    few_files = 10

    def documents(self, folder: Path) -> list[Path]:
        return list(folder.glob("*.seg"))

    def contents(self, folder: Path) -> list[Path]:
        return list(folder.glob("*.toc"))

    def counting_commits(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        commits: list[int] = []
        commit = whoosh_files.CheckedWriter.commit

        def counted(writer: Any, **kwargs: Any) -> None:
            commits.append(1)
            commit(writer, **kwargs)

        monkeypatch.setattr(whoosh_files.CheckedWriter, "commit", counted)
        return commits


class OnTantivy(OnDisk):
    name = "tantivy"
    engine = "search.engines.tantivy.TantivyEngine"
    layout = tantivy.LAYOUT
    opened = tantivy._opened
    few_files = 3 * 16

    def change(self, file: Path, content: bytes) -> None:
        """In one step: whoever cuts a mapped file short kills those who read it."""
        aside = file.with_name("aside")
        aside.write_bytes(content)
        aside.replace(file)

    def documents(self, folder: Path) -> list[Path]:
        return [*folder.glob("*.idx"), *folder.glob("*.store"), *folder.glob("*.fast")]

    def contents(self, folder: Path) -> list[Path]:
        return [folder / "meta.json"]

    def counting_commits(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        commits: list[int] = []
        writing: Callable[..., Any] = tantivy._writing

        @contextmanager
        def counted(*args: Any) -> Iterator[Any]:
            with writing(*args) as writer:
                yield writer
            commits.append(1)

        monkeypatch.setattr(tantivy, "_writing", counted)
        return commits


class OnOpenSearch(Engine):
    """On osmem: it speaks OpenSearch's protocol and keeps everything in memory."""

    name = "opensearch"
    not_judged = dict.fromkeys(
        (
            "test_hits_with_every_word_come_before_those_with_most",
            "test_the_younger_comes_first_among_nearly_equals_only",
        ),
        "osmem scores by a formula of its own, without the mapping's k1 and b",
    )

    def connection(self, _tmp_path: Path, request: pytest.FixtureRequest) -> dict:
        url = request.getfixturevalue("osmem_clone").url
        return connection(f"opensearch+{url}/answerhall?replicas=0")

    def somebody_writes(self, index: Any) -> AbstractContextManager[None]:
        return opensearch.Lease(index.client, f"{index.name}-writer").held(0)

    def where(self, index: Any) -> str:
        return index.index_in_use()

    def all_places(self, index: Any) -> int:
        return len(index.indices())

    def counting_commits(self, monkeypatch: pytest.MonkeyPatch) -> list[int]:
        commits: list[int] = []
        put = opensearch.OpenSearchBackend._put

        def counted(*args: Any, **kwargs: Any) -> None:
            put(*args, **kwargs)
            commits.append(1)

        monkeypatch.setattr(opensearch.OpenSearchBackend, "_put", counted)
        return commits


ON_DISK = [OnWhoosh(), OnTantivy()]
ON_SERVERS = [OnOpenSearch()]
ALL: list[Engine] = [*ON_DISK, *ON_SERVERS]
DEFAULT = ALL[0]

# What must be so on which engines, by the file of tests that says it.
TRIED_ON: dict[str, Sequence[Engine]] = {
    "test_finding_things": ALL,
    "test_guessing": ALL,
    "test_keeping_the_index": ALL,
    "test_narrowing_down": ALL,
    "test_ranking": ALL,
    "test_saying_it_otherwise": ALL,
    "test_an_index_on_disk": ON_DISK,
    "test_an_index_on_opensearch": ON_SERVERS,
}
