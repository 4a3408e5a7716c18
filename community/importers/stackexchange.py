"""Read a Stack Exchange dump: the folder of XML files each site publishes.

Users, Posts, Votes and Comments are read as a stream, plain or .gz; Posts twice,
because an answer can stand before its question. Whatever file is missing is done
without. The format: https://meta.stackexchange.com/questions/2677
"""

import re
import sqlite3
import zlib
from collections.abc import Iterator
from contextlib import closing
from datetime import UTC, datetime
from pathlib import Path
from typing import IO
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException  # type: ignore[import-untyped]
from defusedxml.ElementTree import iterparse  # type: ignore[import-untyped]

from community.importers.bulk import (
    ROWS,
    AcceptanceRow,
    AnswerRow,
    AuthorRow,
    CommentRow,
    QuestionRow,
    Store,
    VoteRow,
    author_named,
)
from community.importers.reading import MOST, BrokenFile, in_pieces, opened

ROW_DEPTH = 2
_ID = re.compile(r"-?[0-9]{1,18}")

QUESTION, ANSWER = "1", "2"
OTHER_POSTS = {
    "3": "orphaned tag wikis",
    "4": "tag wiki excerpts",
    "5": "tag wikis",
    "6": "moderator nominations",
    "7": "wiki placeholders",
    "8": "privilege wikis",
}
ACCEPTED, UP, DOWN = "1", "2", "3"
OTHER_VOTES = {
    "4": "offensive flags",
    "5": "favourites",
    "6": "close votes",
    "7": "reopen votes",
    "8": "bounty starts",
    "9": "bounty ends",
    "10": "deletions",
    "11": "undeletions",
    "12": "spam flags",
    "15": "moderator reviews",
    "16": "approved edits",
}


class Row(dict[str, str]):
    """The attributes of a row; a missing or unreadable one names file and row."""

    def __init__(self, attributes: dict[str, str], path: Path, number: int) -> None:
        super().__init__(attributes)
        self.path, self.number = path, number

    def __missing__(self, name: str) -> str:
        raise self.broken(f"it has no {name}")

    def broken(self, why: object) -> BrokenFile:
        return BrokenFile(self.path, f"row {self.number}", why)

    def id_of(self, name: str) -> str:
        if not _ID.fullmatch(self[name]):
            raise self.broken(f"{name}={self[name][:40]!r} is no number")
        return self[name]

    def moment(self, name: str) -> datetime:
        try:
            moment = datetime.fromisoformat(self[name])
        except ValueError as error:
            raise self.broken(error) from error
        return moment if moment.tzinfo else moment.replace(tzinfo=UTC)

    def moment_if_any(self, name: str) -> datetime | None:
        return self.moment(name) if self.get(name) else None

    def number_of(self, name: str) -> int:
        """0 if the row has none."""
        try:
            number = int(self.get(name) or 0)
        except ValueError as error:
            raise self.broken(error) from error
        if abs(number) > MOST:
            raise self.broken(f"{name} is out of range")
        return number


class Dump:
    def __init__(self, folder: Path, *, quiet: bool = False) -> None:
        self.folder, self.quiet = folder, quiet
        if self._path("Posts") is None:
            raise BrokenFile(folder, "Posts.xml", "there is no such file")

    def read(self, store: Store) -> None:
        """Import everything; counts are made at the end even if a file is broken."""
        try:
            for people in in_pieces(map(_person, self._rows("Users")), ROWS):
                store.people(people)
            for questions in in_pieces(self._questions(store), ROWS):
                store.questions(questions)
            for answers in in_pieces(self._answers(), ROWS):
                store.answers(answers)
            for accepted in in_pieces(self._acceptances(), ROWS):
                store.acceptances(accepted)
            for votes in in_pieces(self._votes(store), ROWS):
                store.votes(votes)
            for comments in in_pieces(map(_comment, self._rows("Comments")), ROWS):
                store.comments(comments)
        finally:
            store.finish(has_votes=self._path("Votes") is not None)

    def _questions(self, store: Store) -> Iterator[QuestionRow]:
        for row in self._rows("Posts"):
            kind = row["PostTypeId"]
            if kind == QUESTION:
                yield _question(row)
            elif kind != ANSWER:
                store.summary.skip("posts", OTHER_POSTS.get(kind, "of another type"))

    def _answers(self) -> Iterator[AnswerRow]:
        for row in self._rows("Posts"):
            if row["PostTypeId"] == ANSWER:
                yield _answer(row)

    def _acceptances(self) -> Iterator[AcceptanceRow]:
        """Votes know when, Posts know what; a dump without votes lacks the former."""
        # A nameless database is a file that goes with the connection: millions of
        # solved questions take no memory.
        with closing(sqlite3.connect("")) as kept:
            kept.execute("CREATE TABLE accepted (answer TEXT PRIMARY KEY, at TEXT)")
            kept.executemany(
                "INSERT OR REPLACE INTO accepted VALUES (?, ?)",
                (
                    (row.id_of("PostId"), row.moment("CreationDate").isoformat())
                    for row in self._rows("Votes")
                    if row["VoteTypeId"] == ACCEPTED
                ),
            )
            for row in self._rows("Posts"):
                if row["PostTypeId"] == QUESTION and row.get("AcceptedAnswerId"):
                    answer = row.id_of("AcceptedAnswerId")
                    yield AcceptanceRow(row.id_of("Id"), answer, _when(kept, answer))

    def _votes(self, store: Store) -> Iterator[VoteRow]:
        for row in self._rows("Votes"):
            kind = row["VoteTypeId"]
            if kind in (UP, DOWN):
                value = 1 if kind == UP else -1
                at = row.moment("CreationDate")
                yield VoteRow(row.id_of("Id"), row.id_of("PostId"), value, at)
            elif kind != ACCEPTED:
                store.summary.skip("votes", OTHER_VOTES.get(kind, "of another type"))

    def _rows(self, name: str) -> Iterator[Row]:
        path = self._path(name)
        return iter(()) if path is None else rows_of(path, quiet=self.quiet)

    def _path(self, name: str) -> Path | None:
        for suffix in (".xml", ".xml.gz"):
            path = self.folder / f"{name}{suffix}"
            if path.is_file():
                return path
        return None


def rows_of(path: Path, *, quiet: bool = False) -> Iterator[Row]:
    """Each <row>, one at a time, in constant memory."""
    number = 0
    try:
        with opened(path, quiet=quiet) as file:
            for attributes in _elements(file):
                number += 1
                yield Row(attributes, path, number)
    except ParseError as error:
        line, column = error.position
        place = f"line {line}, column {column}, after row {number}"
        raise BrokenFile(path, place, error) from error
    except (
        EOFError,
        OSError,
        zlib.error,
        DefusedXmlException,
        UnexpectedElement,
        LookupError,
        ValueError,
    ) as error:
        why = error if str(error) else type(error).__name__
        raise BrokenFile(path, f"after row {number}", why) from error


class UnexpectedElement(Exception):
    """Rows stand right below the root, and nothing else does."""


def _elements(file: IO[bytes]) -> Iterator[dict[str, str]]:
    root: Element | None = None
    depth = 0
    for event, element in iterparse(file, events=("start", "end"), forbid_dtd=True):
        if event == "start":
            depth += 1
            root = element if root is None else root
            if element is not root and (depth > ROW_DEPTH or element.tag != "row"):
                raise UnexpectedElement(f"<{element.tag[:40]}> where a <row> belongs")
        else:
            depth -= 1
            if root is not None and element is not root:
                yield element.attrib
                root.clear()


def _person(row: Row) -> AuthorRow:
    return AuthorRow(
        source_id=row.id_of("Id"),
        name=row.get("DisplayName", ""),
        bio_html=row.get("AboutMe", ""),
        joined_at=row.moment("CreationDate"),
    )


def _author(row: Row, by_id: str, by_name: str) -> AuthorRow:
    """Deleted accounts keep a name or nothing; Users may be missing or older."""
    name = row.get(by_name, "").strip()
    if row.get(by_id):
        known = row.id_of(by_id)
        return AuthorRow(known, name or f"user {known}", is_known=False)
    return author_named(name)


def _question(row: Row) -> QuestionRow:
    return QuestionRow(
        source_id=row.id_of("Id"),
        author=_author(row, "OwnerUserId", "OwnerDisplayName"),
        title=row.get("Title", ""),
        body_html=row.get("Body", ""),
        at=row.moment("CreationDate"),
        edited_at=row.moment_if_any("LastEditDate"),
        tags=_tags(row.get("Tags", "")),
        views=row.number_of("ViewCount"),
        score=row.number_of("Score"),
    )


def _answer(row: Row) -> AnswerRow:
    return AnswerRow(
        source_id=row.id_of("Id"),
        question=row.id_of("ParentId"),
        author=_author(row, "OwnerUserId", "OwnerDisplayName"),
        body_html=row.get("Body", ""),
        at=row.moment("CreationDate"),
        edited_at=row.moment_if_any("LastEditDate"),
        score=row.number_of("Score"),
    )


def _comment(row: Row) -> CommentRow:
    return CommentRow(
        source_id=row.id_of("Id"),
        post=row.id_of("PostId"),
        author=_author(row, "UserId", "UserDisplayName"),
        body=row.get("Text", ""),
        at=row.moment("CreationDate"),
    )


def _tags(text: str) -> tuple[str, ...]:
    """Dumps write <a><b>, newer ones |a|b|."""
    parts = text.replace("><", "|").strip("<>|").split("|")
    return tuple(part for part in parts if part)


def _when(kept: sqlite3.Connection, answer: str) -> datetime | None:
    found = kept.execute("SELECT at FROM accepted WHERE answer = ?", [answer])
    row = found.fetchone()
    return datetime.fromisoformat(row[0]) if row else None
