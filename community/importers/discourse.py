"""Read Discourse topics: the JSON a forum serves at /t/<id>.json.

One topic a file; a file may also be a list of topics, a folder of such files, or a
tar of them (packed or not), which is read as a stream. The first post is the question,
every other one an answer; likes become votes without a voter, dated by their post.
"""

import json
import tarfile
from collections.abc import Iterator
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from tqdm import tqdm

from community.importers.bulk import (
    AcceptanceRow,
    AnswerRow,
    AuthorRow,
    QuestionRow,
    Store,
    VoteRow,
)
from community.importers.reading import BrokenFile, in_pieces, opened

TOPICS = 100
REGULAR = 1
LIKE = 2
TAR_SUFFIXES = (".tar", ".tar.gz", ".tar.xz", ".tar.bz2", ".tgz")
OTHER_POSTS = {2: "moderators' notes", 3: "small actions", 4: "whispers"}


class Forum:
    def __init__(self, path: Path, store: Store, *, quiet: bool = False) -> None:
        self.path, self.store, self.quiet = path, store, quiet

    def read(self) -> None:
        try:
            topics = topics_of(self.path, quiet=self.quiet)
            for piece in in_pieces(topics, TOPICS):
                self._import(piece)
        finally:
            self.store.finish(has_votes=True)

    def _import(self, topics: list[tuple[str, dict[str, Any]]]) -> None:
        questions: list[QuestionRow] = []
        answers: list[AnswerRow] = []
        votes: list[VoteRow] = []
        accepted: list[AcceptanceRow] = []
        for place, topic in topics:
            try:
                posts = self._posts(topic)
                if posts is None:
                    continue
                first, *others = posts
                question = _question(topic, first)
                questions.append(question)
                votes += _likes(first, question.source_id)
                for post in others:
                    answer = _answer(post, question)
                    answers.append(answer)
                    votes += _likes(post, answer.source_id)
                    if post.get("accepted_answer"):
                        accepted.append(
                            AcceptanceRow(question.source_id, answer.source_id)
                        )
            except (KeyError, TypeError, ValueError, AttributeError) as error:
                why = f"{type(error).__name__}: {error}"
                raise BrokenFile(self.path, place, why) from error
        self.store.questions(questions)
        self.store.answers(answers)
        self.store.votes(votes)
        self.store.acceptances(accepted)

    def _posts(self, topic: dict[str, Any]) -> list[dict[str, Any]] | None:
        """The topic's public posts in order, or None if it is no question of ours."""
        skip = self.store.summary.skip
        if topic.get("archetype", "regular") != "regular":
            skip("topics", "private messages or banners")
            return None
        if topic.get("deleted_at") or topic.get("visible") is False:
            skip("topics", "deleted or unlisted")
            return None
        posts = sorted(topic["post_stream"]["posts"], key=lambda p: p["post_number"])
        kept = []
        for post in posts:
            kind = post.get("post_type", REGULAR)
            if kind != REGULAR:
                skip("posts", OTHER_POSTS.get(kind, f"post type {kind}"))
            elif (
                post.get("hidden") or post.get("deleted_at") or post.get("user_deleted")
            ):
                skip("posts", "hidden or deleted")
            else:
                kept.append(post)
        if not kept or kept[0]["post_number"] != 1:
            skip("topics", "their first post is missing")
            skip("posts", "their topic's first post is missing", len(kept))
            return None
        return kept


def topics_of(
    path: Path, *, quiet: bool = False
) -> Iterator[tuple[str, dict[str, Any]]]:
    """Each topic with the place it was read from."""
    if path.is_dir():
        files = sorted(path.rglob("*.json"))
        for file in tqdm(files, desc=path.name, disable=True if quiet else None):
            yield from _topics_in(path, file.name, file.read_bytes())
    elif path.name.endswith(TAR_SUFFIXES):
        yield from _topics_in_tar(path, quiet=quiet)
    else:
        with opened(path, quiet=quiet) as file:
            yield from _topics_in(path, path.name, file.read())


def _topics_in_tar(path: Path, *, quiet: bool) -> Iterator[tuple[str, dict[str, Any]]]:
    """Members are read, never unpacked to disk, so their names can do no harm."""
    bar = tqdm(desc=path.name, unit=" topics", disable=True if quiet else None)
    name = "its beginning"
    try:
        with tarfile.open(path, "r|*") as tar:
            for member in tar:
                name = member.name
                file = tar.extractfile(member)
                if file is None or not name.endswith(".json"):
                    continue
                yield from _topics_in(path, name, file.read())
                bar.update()
    except (tarfile.TarError, EOFError, OSError) as error:
        raise BrokenFile(path, f"after {name}", error) from error
    finally:
        bar.close()


def _topics_in(
    path: Path, name: str, data: bytes
) -> Iterator[tuple[str, dict[str, Any]]]:
    try:
        found = json.loads(data)
    except ValueError as error:
        raise BrokenFile(path, name, error) from error
    for number, topic in enumerate(found if isinstance(found, list) else [found], 1):
        if not isinstance(topic, dict) or "post_stream" not in topic:
            raise BrokenFile(path, f"{name}, topic {number}", "it has no post_stream")
        yield name, topic


def _question(topic: dict[str, Any], first: dict[str, Any]) -> QuestionRow:
    names = (
        tag if isinstance(tag, str) else tag.get("name", "")
        for tag in topic.get("tags") or ()
    )
    return QuestionRow(
        source_id=str(first["id"]),
        author=_author(first),
        title=topic["title"],
        body_html=first["cooked"],
        at=_moment(first["created_at"]),
        tags=tuple(names),
        views=int(topic.get("views") or 0),
    )


def _answer(post: dict[str, Any], question: QuestionRow) -> AnswerRow:
    return AnswerRow(
        source_id=str(post["id"]),
        question=question.source_id,
        author=_author(post),
        body_html=post["cooked"],
        at=_moment(post["created_at"]),
    )


def _author(post: dict[str, Any]) -> AuthorRow:
    name = post.get("display_username") or post.get("name") or post["username"]
    return AuthorRow(str(post["user_id"]), name)


def _likes(post: dict[str, Any], post_id: str) -> list[VoteRow]:
    at = _moment(post["created_at"])
    for action in post.get("actions_summary") or ():
        if action.get("id") == LIKE:
            number = int(action.get("count") or 0)
            return [VoteRow(f"{post_id}:{n}", post_id, 1, at) for n in range(number)]
    return []


def _moment(text: str) -> datetime:
    moment = datetime.fromisoformat(text)
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
