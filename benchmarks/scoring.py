"""The nightly score and boards at their size: a million people, ten million answers.

    .venv/bin/python benchmarks/scoring.py
    ANSWERHALL_DATABASE_URL=postgres://… .venv/bin/python benchmarks/scoring.py --copy

The first counts from arrays: history, overall scores, every topic's, and the posts
behind the best, twice in two processes, and says whether both gave the same bits. The
second fills a database of its own beside the one named (dropped at the end), reads the
same columns by COPY, lets the whole nightly run store its scores, and makes all boards
(as at night) and those of the week and the month (as every hour). All people are made
at random with a fixed seed; how much one answers falls off as in real communities.
Memory is the most the process ever held, the made-up facts included.
"""

import argparse
import hashlib
import json
import os
import resource
import subprocess
import sys
import time
from pathlib import Path
from typing import Any

import numpy as np

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerhall.settings.test")

from rewards.scoring.history import (  # noqa: E402
    DAY_SECONDS,
    Answers,
    Known,
    Votes,
    history_of,
)
from rewards.scoring.model import Model  # noqa: E402
from rewards.scoring.score import best_answers, blend_topic, score  # noqa: E402

PLACES = 5000
POSTS = 5
DAYS = 240
TAGS_OF_A_QUESTION = 2


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--people", type=int, default=1_000_000)
    parser.add_argument("--answers", type=int, default=10_000_000)
    parser.add_argument("--votes", type=int, default=10_000_000)
    parser.add_argument("--topics", type=int, default=1000)
    parser.add_argument("--copy", action="store_true", help="from PostgreSQL")
    parser.add_argument("--once", action="store_true", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.copy:
        say(from_database(options))
    elif options.once:
        say(from_arrays(options))
    else:
        command = [sys.executable, __file__, *sys.argv[1:], "--once"]
        twice = [
            json.loads(subprocess.check_output(command))  # noqa: S603  ourselves
            for _ in range(2)
        ]
        same = twice[0]["bits"] == twice[1]["bits"]
        say({"load": os.getloadavg()[0], "same_bits_twice": same, "runs": twice})


def made_up(options: argparse.Namespace) -> tuple[Answers, Votes, dict[str, Any]]:
    """Facts whose shape is a community's: few answer most, many ask once."""
    chance = np.random.default_rng(20)
    size, people = options.answers, options.people
    questions = size // 2
    # A prime step scatters the busy over all ids.
    answerer = 1 + chance.zipf(1.25, size) * 7919 % people
    owner = 1 + chance.integers(0, people, questions)
    question = chance.integers(0, questions, size)
    answered_at = chance.uniform(0, DAYS * DAY_SECONDS, size)
    answers = Answers(
        answer=np.arange(1, size + 1),
        answerer=answerer,
        asker=owner[question],
        question=1 + question,
        answered_at=answered_at,
        asked_at=answered_at - chance.exponential(20 * 3600, size),
        accepted=chance.random(size) < 0.3,
    )
    votes = Votes(
        answer=1 + chance.integers(0, size, options.votes),
        voter=1 + chance.integers(0, people, options.votes),
        value=np.where(chance.random(options.votes) < 0.9, 1, -1).astype(np.int8),
    )
    tagged = TAGS_OF_A_QUESTION * questions
    topics = {
        "topic": 1 + chance.integers(0, options.topics, tagged),
        "question": 1 + np.arange(tagged) % questions,
    }
    return answers, votes, topics


def from_arrays(options: argparse.Namespace) -> dict[str, Any]:
    answers, votes, topics = made_up(options)
    model, at = Model(), DAYS * DAY_SECONDS
    known = Known(verified=np.arange(1, options.people + 1))
    steps = {"facts_made_gib": memory_gib()}
    bits = hashlib.sha256()
    began = clock = time.perf_counter()

    def step(name: str) -> None:
        nonlocal clock
        now = time.perf_counter()
        steps[f"{name}_seconds"] = round(now - clock, 1)
        clock = now

    history = history_of(answers, votes, known, model)
    step("history")
    scores = score(history, at=at, model=model)
    bits.update(scores.people.tobytes() + scores.worth.tobytes())
    step("scores")
    behind = best_answers(
        history, scores, at=at, model=model, places=np.arange(PLACES), most=POSTS
    )
    for one in behind:
        bits.update(one.answers.tobytes() + one.amounts.tobytes())
    step("posts_behind")
    overall = dict(zip(scores.people.tolist(), scores.worth.tolist(), strict=True))
    for _topic, rows in history.by_topic(topics["topic"], topics["question"]):
        here = score(history.where(rows), at=at, model=model, is_full=True)
        bits.update(blend_topic(here, overall, model).worth.tobytes())
    step("topics")
    return {
        "people": len(scores.people),
        "answers": len(history),
        **steps,
        "all_seconds": round(time.perf_counter() - began, 1),
        "cpu_seconds_of_process": round(time.process_time(), 1),
        "most_gib": memory_gib(),
        "bits": bits.hexdigest()[:16],
    }


def from_database(options: argparse.Namespace) -> dict[str, Any]:
    import django

    django.setup()
    from django.apps import apps
    from django.conf import settings
    from django.db import connection
    from django.utils import timezone

    if connection.vendor != "postgresql":
        raise SystemExit("ANSWERHALL_DATABASE_URL must name a PostgreSQL database")
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    connection.creation.create_test_db(verbosity=0, autoclobber=True, serialize=False)
    try:
        from rewards.actions.boards import make_boards
        from rewards.actions.scoring import recent_help, score_leaders

        with connection.cursor() as cursor:
            for statement in filled(options):
                cursor.execute(statement)
        now = timezone.now()
        before = memory_gib()
        clock = time.perf_counter()
        recent = recent_help(model=Model(), at=now)
        read = time.perf_counter() - clock
        found = {
            "load": os.getloadavg()[0],
            "answers": len(recent.history),
            "read_and_history_seconds": round(read, 1),
            "read_gib": memory_gib(),
            "before_gib": before,
        }
        del recent
        clock = time.perf_counter()
        run = score_leaders(at=now)
        found |= {
            "whole_run_seconds": round(time.perf_counter() - clock, 1),
            "scores_stored": run.scores.count(),
            "most_gib": memory_gib(),
        }
        for name in ("nightly", "hourly"):
            clock = time.perf_counter()
            found[f"{name}_boards"] = make_boards(at=now)
            found |= {
                f"{name}_boards_seconds": round(time.perf_counter() - clock, 1),
                f"after_{name}_boards_gib": memory_gib(),
            }
        return found
    finally:
        connection.creation.destroy_test_db("postgres", verbosity=0)


def filled(options: argparse.Namespace) -> list[str]:
    """SQL that makes the community inside the database, without its foreign keys."""
    from django.db import connection

    from community.models import Answer, Circle, Question, Tag, Vote
    from people.models import Person

    def insert(model: Any, rows: str, **values: str) -> str:
        """Every column without a value here gets an empty one of its type."""
        empty = {
            "BooleanField": "false",
            "DateTimeField": "now()",
            "JSONField": "'{}'",
        }
        words = {"CharField", "TextField", "SlugField", "EmailField", "FileField"}
        chosen = {}
        for field in model._meta.local_concrete_fields:
            kind = field.get_internal_type()
            if field.column in values:
                chosen[field.column] = values[field.column]
            elif not field.null and not field.primary_key:
                chosen[field.column] = "''" if kind in words else empty.get(kind, "0")
        table = connection.ops.quote_name(model._meta.db_table)
        columns = ", ".join(f'"{name}"' for name in chosen)
        return (
            f"INSERT INTO {table} ({columns}) "  # noqa: S608  our own names
            f"SELECT {', '.join(chosen.values())} FROM {rows}"
        )

    questions = options.answers // 2
    people, days = options.people, DAYS - 1
    by = "1 + (power(random(), 6) * {people})::bigint * 7919 % {people}"
    through = Question.tags.through._meta.db_table
    return [
        "SET session_replication_role = replica",
        "SELECT setseed(0.2)",
        insert(
            Person,
            f"generate_series(1, {people}) n",
            id="n",
            handle="'p' || n",
            handle_skeleton="'p' || n",
            is_active="true",
            standing="'member'",
            date_joined="now() - interval '400 days'",
        ),
        f'INSERT INTO account_emailaddress (user_id, email, verified, "primary") '  # noqa: S608
        f"SELECT n, n || '@example.com', true, true "
        f"FROM generate_series(1, {people}) n",
        insert(Circle, "generate_series(1, 1) n", id="n", slug="'c'"),
        insert(
            Tag,
            f"generate_series(1, {options.topics}) n",
            id="n",
            name="'t' || n",
            name_key="'t' || n",
            slug="'t' || n",
            language="'en'",
        ),
        insert(
            Question,
            f"generate_series(1, {questions}) n",
            id="n",
            author_id=f"1 + (random() * {people - 1})::bigint",
            circle_id="1",
            state="'visible'",
            language="'en'",
            created_at=f"now() - random() * interval '{days} days' - interval '1 day'",
            last_activity_at="now()",
        ),
        f"INSERT INTO {through} (question_id, tag_id) "  # noqa: S608
        f"SELECT DISTINCT n, 1 + (random() * {options.topics - 1})::bigint "
        f"FROM generate_series(1, {questions}) n, generate_series(1, 2)",
        insert(
            Answer,
            f"generate_series(1, {options.answers}) n JOIN "
            f"{Question._meta.db_table} q ON q.id = 1 + n % {questions}",
            id="n",
            author_id=by.format(people=people),
            question_id="q.id",
            voice="'member'",
            state="'visible'",
            up_count="n % 3",
            created_at="least(now(), q.created_at + random() * interval '20 hours')",
        ),
        f"UPDATE {Question._meta.db_table} SET accepted_answer_id = id, "  # noqa: S608
        "accepted_at = created_at "
        "WHERE id % 3 = 0",
        insert(
            Vote,
            f"generate_series(1, {options.votes}) n",
            id="n",
            voter_id=f"1 + (random() * {people - 1})::bigint",
            answer_id=f"1 + (random() * {options.answers - 1})::bigint",
            value="1",
            at="now()",
        )
        + " ON CONFLICT DO NOTHING",
        "SET session_replication_role = origin",
        "ANALYZE",
    ]


def memory_gib() -> float:
    return round(resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 2**20, 2)


def say(found: dict[str, Any]) -> None:
    print(json.dumps(found, indent=2))  # noqa: T201


if __name__ == "__main__":
    main()
