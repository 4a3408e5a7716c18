"""What sitemaps cost on a site of a million threads: time and memory.

    .venv/bin/python benchmarks/sitemaps.py [--threads 1000000] [--every 10]

Makes a scratch SQLite file in the temporary folder with that many threads, members and
tags (rows as large as real ones), and reads the index and every tenth file (--every)
through the site's own views in one process. Memory is the most the process ever held
(ru_maxrss), before the first file and after the last one; ids are left out so that
every twentieth thread is not indexable.
"""

import argparse
import os
import resource
import shutil
import sys
import tempfile
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
SCRATCH = Path(tempfile.mkdtemp(prefix="answerhall-sitemaps-"))
os.environ["ANSWERHALL_STATE"] = str(SCRATCH)
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerhall.settings.dev")

import django  # noqa: E402

django.setup()

from django.apps import apps  # noqa: E402
from django.conf import settings  # noqa: E402
from django.core.management import call_command  # noqa: E402
from django.db import connection  # noqa: E402
from django.test import Client  # noqa: E402

MOST_ADDRESSES, MOST_BYTES = 50_000, 10_000_000

PEOPLE = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %(most)s)
INSERT INTO people_person (id, handle, handle_skeleton, display_name, language,
    time_zone, bio, standing, is_active, date_joined, source, source_id, password,
    is_superuser)
SELECT i, 'member' || i, 'member' || i, 'Member ' || i, 'en', '', '', 'member', 1,
    '2024-01-01 00:00:00', '', '', '!', 0 FROM n
"""
TALLIES = """
INSERT INTO community_membertally (person_id, reputation_sum, question_count,
    answer_count, accepted_count)
SELECT id, 100, 1, 2, 1 FROM people_person
"""
CIRCLE = """
INSERT INTO community_circle (id, slug, name_en, name_zh, about_en, about_zh, position,
    is_open) VALUES (1, 'all', 'All', '全部', '', '', 0, 1)
"""
TAGS = """
WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < %(most)s)
INSERT INTO community_tag (id, slug, name, name_key, language, question_count)
SELECT i, 'tag-' || i, 'tag ' || i, 'tag ' || i,
    CASE i %% 2 WHEN 1 THEN 'en' ELSE 'zh-hans' END, 1 FROM n
"""
TAGGINGS = """
INSERT INTO community_tagging (question_id, tag_id)
SELECT id, 1 + id %% %(tags)s FROM community_question
"""
THREADS = """
WITH RECURSIVE n(i) AS (SELECT %(first)s
    UNION ALL SELECT i + 1 FROM n WHERE i < %(last)s)
INSERT INTO community_question (id, author_id, body, body_html, body_text,
    renderer_version, state, created_at, deleted_reason, source, source_id, title, slug,
    language, circle_id, cycle, cycle_started_at, last_activity_at, words_changed_at,
    is_indexable, listing_changed_at, answer_count, comment_count, vote_score,
    me_too_count, follower_count, view_count, event_count)
SELECT i, 1 + i %% %(people)s, printf('%%.400c', 'x'), printf('%%.450c', 'x'),
    printf('%%.400c', 'x'), 1, 'visible', '2024-01-01 00:00:00', '', '', '',
    'Why is my port-in number ' || i || ' stuck in review for three days?',
    'why-is-my-port-in-number-' || i || '-stuck-in-review-for-three-days',
    CASE i %% 2 WHEN 0 THEN 'en' ELSE 'zh-hans' END, 1, 1, '2024-01-01 00:00:00',
    '2024-02-01 00:00:00',
    datetime('2024-01-01', '+' || i || ' seconds'), i %% 20 > 0,
    '2024-02-01 00:00:00', 1, 0, 0, 0, 0, 0, 0 FROM n
"""


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--threads", type=int, default=1_000_000)
    parser.add_argument("--every", type=int, default=10)
    asked = parser.parse_args()
    try:
        furnish(asked.threads)
        measure(asked.every)
    finally:
        shutil.rmtree(SCRATCH)


def furnish(threads: int) -> None:
    settings.MIGRATION_MODULES = {app.label: None for app in apps.get_app_configs()}
    call_command("migrate", run_syncdb=True, verbosity=0)
    call_command("setup_site", verbosity=0)
    people, tags = max(1, threads // 20), max(1, threads // 50)
    with connection.cursor() as cursor:
        cursor.execute("PRAGMA foreign_keys = OFF")
        for made in ("membertally", "circle"):
            cursor.execute(f"DELETE FROM community_{made}")  # noqa: S608  our own words
        cursor.execute("DELETE FROM people_person")
        cursor.execute(PEOPLE % {"most": people})
        cursor.execute(TALLIES)
        cursor.execute(CIRCLE)
        cursor.execute(TAGS % {"most": tags})
        for first in range(1, threads + 1, 50_000):
            last = min(first + 49_999, threads)
            cursor.execute(THREADS % {"first": first, "last": last, "people": people})
        cursor.execute(TAGGINGS % {"tags": tags})
        cursor.execute("ANALYZE")


def measure(every: int) -> None:
    client = Client(SERVER_NAME="127.0.0.1")
    began = time.perf_counter()
    index = client.get("/sitemap.xml").content.decode()
    say("/sitemap.xml", len(index), index.count("<loc>"), began)
    files = [part.split("</loc>")[0] for part in index.split("<loc>")[1:]]
    before = held()
    addresses = worst = heaviest = 0
    started = time.perf_counter()
    kinds: dict[str, str] = {}
    chosen = files[::every]
    for address in chosen:
        path = address.removeprefix(settings.BASE_URL)
        began = time.perf_counter()
        size = found = 0
        response = client.get(path)
        # Read as a server does: piece by piece, keeping nothing.
        for piece in response:
            size += len(piece)
            found += piece.count(b"<loc>")
        worst, heaviest = max(worst, found), max(heaviest, size)
        addresses += found
        if kinds.setdefault(path.split("-")[1], path) == path:
            say(path, size, found, began)
    seconds = time.perf_counter() - started
    if worst > MOST_ADDRESSES or heaviest > MOST_BYTES:
        sys.exit(f"A file of {worst} addresses or {heaviest} bytes is too large.")
    print(  # noqa: T201
        f"{len(chosen)} of {len(files)} files, {addresses:,} addresses in "
        f"{seconds:.1f} s, {addresses / seconds:,.0f}/s; largest file {worst:,} "
        f"addresses, {heaviest / 1e6:.1f} MB\n"
        f"memory: {before:.0f} MB before the first file, {held():.0f} MB after the last"
    )


def say(path: str, size: int, found: int, began: float) -> None:
    seconds = time.perf_counter() - began
    print(  # noqa: T201
        f"{path:36} {found:8,} addresses {size / 1e6:7.2f} MB {seconds:7.2f} s"
    )


def held() -> float:
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / 1024


if __name__ == "__main__":
    main()
