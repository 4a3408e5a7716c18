"""Read Discourse topics: the JSON a forum serves at /t/<id>.json.

One topic a file; a file may also be a list of topics, a folder of such files, or a
tar of them (packed or not), which is read as a stream and never unpacked. The first
post is the question, every other one an answer; likes become votes without a voter,
dated by their post.
"""

import json
import lzma
import tarfile
import zlib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from tarfile import EOFHeaderError  # type: ignore[attr-defined]
from typing import IO, Any

from tqdm import tqdm

from community.importers.bulk import (
    AcceptanceRow,
    AnswerRow,
    AuthorRow,
    QuestionRow,
    Store,
    VoteRow,
    author_named,
)
from community.importers.reading import MOST, BrokenFile, in_pieces, opened

TOPICS = 100
# What one JSON file may hold once unpacked; a small one may pretend to be huge.
MOST_BYTES = 256 * 2**20
MOST_LIKES = 100_000
REGULAR = 1
LIKE = 2
TAR_SUFFIXES = (".tar", ".tar.gz", ".tar.xz", ".tar.bz2", ".tgz")
OTHER_POSTS = {2: "moderators' notes", 3: "small actions", 4: "whispers"}
UNREADABLE = (EOFError, OSError, lzma.LZMAError, zlib.error, tarfile.TarError)

Json = dict[str, Any]
Skip = Callable[..., None]


@dataclass(frozen=True)
class Topic:
    question: QuestionRow
    answers: list[AnswerRow] = field(default_factory=list)
    votes: list[VoteRow] = field(default_factory=list)
    accepted: list[AcceptanceRow] = field(default_factory=list)


class Forum:
    def __init__(self, path: Path, *, quiet: bool = False) -> None:
        self.path, self.quiet = path, quiet
        if path.is_dir() and next(path.rglob("*.json"), None) is None:
            raise BrokenFile(path, "its files", "none is named .json")

    def read(self, store: Store) -> None:
        """Import everything; counts are made at the end even if a file is broken."""
        try:
            for topics in in_pieces(self._topics(store.summary.skip), TOPICS):
                store.questions([topic.question for topic in topics])
                store.answers([row for topic in topics for row in topic.answers])
                store.votes([row for topic in topics for row in topic.votes])
                store.acceptances([row for topic in topics for row in topic.accepted])
        finally:
            store.finish(has_votes=True)

    def _topics(self, skip: Skip) -> Iterator[Topic]:
        for place, raw in topics_of(self.path, quiet=self.quiet):
            try:
                topic = _topic(raw, skip)
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                why = f"{type(error).__name__}: {error}"
                raise BrokenFile(self.path, place, why) from error
            if topic is not None:
                yield topic


class Member(tarfile.TarInfo):
    """tarfile takes a broken header after the first file for the archive's end."""

    @classmethod
    def frombuf(cls, buf: bytes | bytearray, encoding: str, errors: str) -> "Member":
        try:
            return super().frombuf(buf, encoding, errors)
        except EOFHeaderError:
            raise
        except tarfile.HeaderError as error:
            raise tarfile.ReadError(f"the archive is broken: {error}") from error


def topics_of(path: Path, *, quiet: bool = False) -> Iterator[tuple[str, Json]]:
    """Each topic with the place it was read from."""
    if path.is_dir():
        files = sorted(path.rglob("*.json"))
        for file in tqdm(files, desc=path.name, disable=True if quiet else None):
            name = str(file.relative_to(path))
            try:
                with file.open("rb") as content:
                    data = _whole(path, name, content)
            except OSError as error:
                raise BrokenFile(path, name, error) from error
            yield from _topics_in(path, name, data)
    elif path.name.endswith(TAR_SUFFIXES):
        yield from _topics_in_tar(path, quiet=quiet)
    else:
        try:
            with opened(path, quiet=quiet) as content:
                data = _whole(path, "its content", content)
        except UNREADABLE as error:
            raise BrokenFile(path, "its content", error) from error
        yield from _topics_in(path, "its content", data)


def _topics_in_tar(path: Path, *, quiet: bool) -> Iterator[tuple[str, Json]]:
    """Members are read by their content; where their names lead never matters."""
    name = "its beginning"
    bar = tqdm(desc=path.name, unit=" topics", disable=True if quiet else None)
    try:
        with tarfile.open(path, "r|*", tarinfo=Member) as tar:
            for member in tar:
                name = member.name
                file = tar.extractfile(member) if member.isfile() else None
                if file is None or not name.endswith(".json"):
                    continue
                yield from _topics_in(path, name, _whole(path, name, file))
                bar.update()
    except UNREADABLE as error:
        why = error if str(error) else type(error).__name__
        raise BrokenFile(path, f"in or after {name}", why) from error
    finally:
        bar.close()


def _whole(path: Path, name: str, file: IO[bytes]) -> bytes:
    data = file.read(MOST_BYTES + 1)
    if len(data) > MOST_BYTES:
        raise BrokenFile(path, name, f"it holds more than {MOST_BYTES} bytes")
    return data


def _topics_in(path: Path, name: str, data: bytes) -> Iterator[tuple[str, Json]]:
    try:
        found = json.loads(data)
    except (ValueError, RecursionError) as error:
        raise BrokenFile(path, name, error) from error
    for number, topic in enumerate(found if isinstance(found, list) else [found], 1):
        place = f"{name}, topic {number}" if isinstance(found, list) else name
        if not isinstance(topic, dict) or "post_stream" not in topic:
            raise BrokenFile(path, place, "it has no post_stream")
        yield place, topic


def _topic(raw: Json, skip: Skip) -> Topic | None:
    """The topic's public posts, or None if it is no question of ours."""
    if raw.get("archetype", "regular") != "regular":
        skip("topics", "private messages or banners")
        return None
    if raw.get("deleted_at") or raw.get("visible") is False:
        skip("topics", "deleted or unlisted")
        return None
    posts = _public_posts(raw["post_stream"], skip)
    if not posts or posts[0]["post_number"] != 1:
        skip("topics", "their first post is missing")
        skip("posts", "their topic's first post is missing", len(posts))
        return None
    first, *others = posts
    topic = Topic(_question(raw, first))
    topic.votes.extend(_likes(first))
    for post in others:
        answer = _answer(post, topic.question)
        topic.answers.append(answer)
        topic.votes.extend(_likes(post))
        if post.get("accepted_answer"):
            accepted = AcceptanceRow(topic.question.source_id, answer.source_id)
            topic.accepted.append(accepted)
    return topic


def _public_posts(stream: Json, skip: Skip) -> list[Json]:
    posts = sorted(stream["posts"], key=lambda post: post["post_number"])
    # A forum sends the first twenty posts of a long topic, and the ids of the others.
    here = {post["id"] for post in posts}
    absent = sum(post_id not in here for post_id in stream.get("stream") or ())
    skip("posts", "named by their topic but not in the file", absent)
    kept = []
    for post in posts:
        kind = post.get("post_type", REGULAR)
        if kind != REGULAR:
            skip("posts", OTHER_POSTS.get(kind, "of another type"))
        elif post.get("hidden") or post.get("deleted_at") or post.get("user_deleted"):
            skip("posts", "hidden or deleted")
        else:
            kept.append(post)
    return kept


def _question(topic: Json, first: Json) -> QuestionRow:
    tags = (
        _text(tag, "name") if isinstance(tag, dict) else tag
        for tag in topic.get("tags") or ()
    )
    return QuestionRow(
        source_id=_id(first, "id"),
        author=_author(first),
        title=_text(topic, "title"),
        body_html=_text(first, "cooked"),
        at=_moment(first["created_at"]),
        edited_at=_edited_at(first),
        tags=tuple(str(tag) for tag in tags),
        views=_number(topic.get("views"), MOST),
    )


def _answer(post: Json, question: QuestionRow) -> AnswerRow:
    return AnswerRow(
        source_id=_id(post, "id"),
        question=question.source_id,
        author=_author(post),
        body_html=_text(post, "cooked"),
        at=_moment(post["created_at"]),
        edited_at=_edited_at(post),
    )


def _author(post: Json) -> AuthorRow:
    name = post.get("display_username") or post.get("name") or post.get("username")
    if post.get("user_id") is None:
        return author_named(str(name or ""))
    return AuthorRow(_id(post, "user_id"), str(name or ""))


def _edited_at(post: Json) -> datetime | None:
    """Version 1 is the first; a forum renders posts anew without changing them."""
    if _number(post.get("version"), MOST) > 1 and post.get("updated_at"):
        return _moment(post["updated_at"])
    return None


def _likes(post: Json) -> list[VoteRow]:
    at, post_id = _moment(post["created_at"]), _id(post, "id")
    for action in post.get("actions_summary") or ():
        if action.get("id") == LIKE:
            number = _number(action.get("count"), MOST_LIKES)
            return [VoteRow(f"{post_id}:{n}", post_id, 1, at) for n in range(number)]
    return []


def _text(row: Json, name: str) -> str:
    if not isinstance(row[name], str):
        raise TypeError(f"{name} is no text")
    return row[name]


def _id(row: Json, name: str) -> str:
    value = row[name]
    if type(value) is not int or abs(value) >= 10**18:
        raise TypeError(f"{name} is no number")
    return str(value)


def _number(value: object, most: int) -> int:
    """0 if there is none."""
    if value is None:
        return 0
    if type(value) is not int or not 0 <= value <= most:
        raise ValueError(f"{value!r:.40} is no number up to {most}")
    return value


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
