"""What a visitor's page costs: kept, made anew, and made in a fresh process.

    ANSWERHALL_STATE=var .venv/bin/python benchmarks/pages.py [--rounds 40]

Runs in one process against the site in ANSWERHALL_STATE (`make run` makes one), through
the same WSGI application as the web server. Every number is CPU time of the process in
ms, the median of the rounds; the last column is how many bare pages (/healthz) a cold
one costs. `new` reuses kept parts of pages (common.freshness), `cold` keeps nothing.
"""

import argparse
import os
import sys
import time
from collections.abc import Callable
from pathlib import Path
from statistics import median

ROOT = Path(__file__).resolve().parents[1]
sys.path[:0] = [str(ROOT), str(ROOT / "site")]
os.environ.setdefault("DJANGO_SETTINGS_MODULE", "answerhall.settings.dev")

from django.db import connection  # noqa: E402
from django.test import RequestFactory  # noqa: E402
from django.test.utils import CaptureQueriesContext, override_settings  # noqa: E402

from answerhall.wsgi import application, django_application  # noqa: E402
from community.models import Question, Tag  # noqa: E402
from kb.models import ArticlePage  # noqa: E402


def main() -> None:
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--rounds", type=int, default=40)
    rounds = parser.parse_args().rounds
    bare = cost(lambda: get(django_application, "/healthz"), rounds)
    lines = [f"{'page':44} {'kept':>7} {'new':>7} {'cold':>7} {'queries':>7} {'x':>5}"]
    for path in some_pages():
        kept = cost(lambda: get(application, path), rounds)  # noqa: B023
        new = cost(lambda: get(django_application, path), rounds)  # noqa: B023
        with (
            override_settings(ANSWERHALL_PAGE_CACHE_SECONDS=0),
            CaptureQueriesContext(connection) as queries,
        ):
            get(django_application, path)
            asked = len(queries)
        with override_settings(ANSWERHALL_PAGE_CACHE_SECONDS=0):
            cold = cost(lambda: get(django_application, path), rounds)  # noqa: B023
        lines.append(
            f"{path[:44]:44} {kept:7.3f} {new:7.2f} {cold:7.2f} "
            f"{asked:7} {cold / bare:5.0f}"
        )
    print(*lines, f"{'/healthz':44} {'':7} {bare:7.2f}", sep="\n")  # noqa: T201


def some_pages() -> list[str]:
    busiest = Question.objects.visible().order_by("-answer_count", "pk").first()
    article = ArticlePage.objects.readable().order_by("pk").first()
    if busiest is None or article is None:
        sys.exit("There is nothing to read in ANSWERHALL_STATE; run `make run` first.")
    tag = Tag.objects.filter(language="en").order_by("-question_count", "pk").first()
    if tag is None:
        sys.exit("There is no tag in ANSWERHALL_STATE; run `make run` first.")
    return [
        "/en/",
        article.get_absolute_url(),
        busiest.get_absolute_url(),
        "/en/questions/",
        "/en/questions/?sort=active",
        "/en/questions/?sort=unanswered",
        "/en/questions/?sort=votes&page=50",
        f"/en/questions/tagged/{tag.slug}/",
        f"/en/circles/{busiest.circle.slug}/",
        "/en/leaders/",
        busiest.author.get_absolute_url(),
        "/zh-hans/",
        "/zh-hans/questions/",
    ]


def get(asked: Callable, path: str) -> None:
    environ = RequestFactory().get(path, HTTP_HOST="127.0.0.1").environ
    # The request has decoded it; a web server hands over bytes in latin-1's clothes.
    environ["PATH_INFO"] = environ["PATH_INFO"].encode().decode("latin-1")
    said: list[str] = []
    b"".join(asked(environ, lambda status, *_rest: said.append(status)))
    if not said[0].startswith("200"):
        sys.exit(f"{path}: {said[0]}")


def cost(ask: Callable[[], None], rounds: int) -> float:
    ask()
    times = []
    for _ in range(rounds):
        began = time.process_time()
        ask()
        times.append(time.process_time() - began)
    return median(times) * 1000


if __name__ == "__main__":
    main()
