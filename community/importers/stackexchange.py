"""Read a Stack Exchange dump: the folder of XML files each site publishes.

Users, Posts, Votes and Comments are read as a stream, plain or .gz; Posts twice,
because an answer can stand before its question. Whatever file is missing is done
without. The format: https://meta.stackexchange.com/questions/2677
"""

import zlib
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from xml.etree.ElementTree import Element, ParseError

from defusedxml import DefusedXmlException
from defusedxml.ElementTree import iterparse

from community.importers.bulk import (
    ROWS,
    AcceptanceRow,
    AnswerRow,
    AuthorRow,
    CommentRow,
    QuestionRow,
    Store,
    VoteRow,
)
from community.importers.reading import BrokenFile, in_pieces, opened

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
        raise BrokenFile(self.path, f"row {self.number}", f"it has no {name}")

    def moment(self, name: str) -> datetime:
        try:
            return datetime.fromisoformat(self[name]).replace(tzinfo=UTC)
        except ValueError as error:
            raise BrokenFile(self.path, f"row {self.number}", error) from error

    def number_of(self, name: str) -> int:
        try:
            return int(self.get(name) or 0)
        except ValueError as error:
            raise BrokenFile(self.path, f"row {self.number}", error) from error


class Dump:
    def __init__(self, folder: Path, store: Store, *, quiet: bool = False) -> None:
        self.folder, self.store, self.quiet = folder, store, quiet

    def read(self) -> None:
        """Import everything; counts are made at the end even if a file is broken."""
        if self._path("Posts") is None:
            raise BrokenFile(self.folder, "Posts.xml", "there is no such file")
        try:
            self._people()
            self._posts()
            self._acceptances()
            self._votes()
            self._comments()
        finally:
            self.store.finish(has_votes=self._path("Votes") is not None)

    def _people(self) -> None:
        for rows in self._pieces("Users"):
            self.store.people([_person(row) for row in rows])

    def _posts(self) -> None:
        for rows in self._pieces("Posts"):
            for row in rows:
                kind = row["PostTypeId"]
                if kind not in (QUESTION, ANSWER):
                    why = OTHER_POSTS.get(kind, f"post type {kind}")
                    self.store.summary.skip("posts", why)
            found = [_question(row) for row in rows if row["PostTypeId"] == QUESTION]
            self.store.questions(found)
        for rows in self._pieces("Posts"):
            found = [_answer(row) for row in rows if row["PostTypeId"] == ANSWER]
            self.store.answers(found)

    def _acceptances(self) -> None:
        """Votes know when, Posts know what; a dump without votes lacks the former."""
        for rows in self._pieces("Posts"):
            found = [
                AcceptanceRow(row["Id"], row["AcceptedAnswerId"], self._accepted(row))
                for row in rows
                if row["PostTypeId"] == QUESTION and row.get("AcceptedAnswerId")
            ]
            self.store.acceptances(found)

    def _accepted(self, row: Row) -> datetime | None:
        return self._accepted_at.get(row["AcceptedAnswerId"])

    @property
    def _accepted_at(self) -> dict[str, datetime]:
        """When each accepted answer was accepted: one small entry a solved question."""
        if not hasattr(self, "_known_acceptances"):
            self._known_acceptances = {
                row["PostId"]: row.moment("CreationDate")
                for rows in self._pieces("Votes")
                for row in rows
                if row["VoteTypeId"] == ACCEPTED
            }
        return self._known_acceptances

    def _votes(self) -> None:
        for rows in self._pieces("Votes"):
            found = []
            for row in rows:
                kind = row["VoteTypeId"]
                if kind in (UP, DOWN):
                    value = 1 if kind == UP else -1
                    at = row.moment("CreationDate")
                    found.append(VoteRow(row["Id"], row["PostId"], value, at))
                elif kind != ACCEPTED:
                    why = OTHER_VOTES.get(kind, f"vote type {kind}")
                    self.store.summary.skip("votes", why)
            self.store.votes(found)

    def _comments(self) -> None:
        for rows in self._pieces("Comments"):
            self.store.comments([_comment(row) for row in rows])

    def _pieces(self, name: str) -> Iterator[list[Row]]:
        path = self._path(name)
        if path is not None:
            yield from in_pieces(rows_of(path, quiet=self.quiet), ROWS)

    def _path(self, name: str) -> Path | None:
        for suffix in (".xml", ".xml.gz"):
            path = self.folder / f"{name}{suffix}"
            if path.exists():
                return path
        return None


def rows_of(path: Path, *, quiet: bool = False) -> Iterator[Row]:
    """Each <row>, one at a time, in constant memory."""
    number = 0
    with opened(path, quiet=quiet) as file:
        try:
            events = iterparse(file, events=("start", "end"), forbid_dtd=True)
            root: Element | None = None
            for event, element in events:
                if root is None:
                    root = element
                if event == "end" and element.tag == "row":
                    number += 1
                    yield Row(element.attrib, path, number)
                    root.clear()
        except ParseError as error:
            line, column = error.position
            place = f"line {line}, column {column}, after row {number}"
            raise BrokenFile(path, place, error) from error
        except (EOFError, OSError, zlib.error, DefusedXmlException) as error:
            why = error if str(error) else type(error).__name__
            raise BrokenFile(path, f"after row {number}", why) from error


def _person(row: Row) -> AuthorRow:
    return AuthorRow(
        source_id=row["Id"],
        name=row.get("DisplayName", ""),
        bio_html=row.get("AboutMe", ""),
        joined_at=row.moment("CreationDate"),
    )


def _author(row: Row, by_id: str, by_name: str) -> AuthorRow:
    """Deleted accounts keep a name or nothing; a name is as good as a person here."""
    if known := row.get(by_id):
        return AuthorRow(known, f"user {known}")
    if name := row.get(by_name, "").strip():
        return AuthorRow(f"name:{name}"[:100], name)
    return AuthorRow("nobody", "Somebody")


def _question(row: Row) -> QuestionRow:
    return QuestionRow(
        source_id=row["Id"],
        author=_author(row, "OwnerUserId", "OwnerDisplayName"),
        title=row.get("Title", ""),
        body_html=row.get("Body", ""),
        at=row.moment("CreationDate"),
        edited_at=row.moment("LastEditDate") if row.get("LastEditDate") else None,
        tags=_tags(row.get("Tags", "")),
        views=row.number_of("ViewCount"),
        score=row.number_of("Score"),
    )


def _answer(row: Row) -> AnswerRow:
    return AnswerRow(
        source_id=row["Id"],
        question=row.get("ParentId", ""),
        author=_author(row, "OwnerUserId", "OwnerDisplayName"),
        body_html=row.get("Body", ""),
        at=row.moment("CreationDate"),
        edited_at=row.moment("LastEditDate") if row.get("LastEditDate") else None,
        score=row.number_of("Score"),
    )


def _comment(row: Row) -> CommentRow:
    return CommentRow(
        source_id=row["Id"],
        post=row["PostId"],
        author=_author(row, "UserId", "UserDisplayName"),
        body=row.get("Text", ""),
        at=row.moment("CreationDate"),
    )


def _tags(text: str) -> tuple[str, ...]:
    """Dumps write <a><b>, newer ones |a|b|."""
    parts = text.replace("><", "|").strip("<>|").split("|")
    return tuple(part for part in parts if part)
