"""How well search ranks, on sets whose answers are known."""

import json
import time
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from tqdm import tqdm

from search.engines import ENGINES, engine_named
from search.evaluation import HALVES, BrokenSet, Measured, evaluate, read_set, sets_in

HEADING = f"{'':24} {'nDCG@10':>8} {'MRR@10':>8} {'recall@100':>10}"


class Command(BaseCommand):
    help = "Index each set in DIR apart and print nDCG@10, MRR@10 and recall@100."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--engine", choices=sorted(ENGINES), default="whoosh")
        parser.add_argument("--json", action="store_true", help="one object a line")
        parser.add_argument(
            "--half", choices=HALVES, default="", help="tune on one, check on the other"
        )

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        folders = sets_in(folder)
        if not folders:
            raise CommandError(f"{folder} holds no corpus.jsonl.gz.")
        if not options["json"]:
            self.stdout.write(
                f"{'':24} {'nDCG@10':>8} {'MRR@10':>8} {'recall@100':>10}"
            )
        started, done = time.monotonic(), 0
        try:
            for path in folders:
                self._report(path.name, self._measure(path, options), options)
                done += 1
        except BrokenSet as broken:
            raise CommandError(f"{broken}.") from broken
        except KeyboardInterrupt:
            self.stderr.write("Interrupted.")
        finally:
            seconds = time.monotonic() - started
            left = f", {len(folders) - done} left out" if done < len(folders) else ""
            self.stderr.write(f"{done} sets measured in {seconds:.0f} s{left}.")
        if done < len(folders):
            raise SystemExit(130)

    def _measure(self, path: Path, options: dict[str, Any]) -> Measured:
        relevance_set = read_set(path, options["half"])
        with (
            engine_named(options["engine"]).scratch() as backend,
            tqdm(desc=path.name, unit=" steps", disable=None, leave=False) as bar,
        ):
            return evaluate(
                relevance_set, backend, on_document=bar.update, on_query=bar.update
            )

    def _report(self, name: str, measured: Measured, options: dict[str, Any]) -> None:
        numbers = {
            "ndcg10": round(measured.ndcg10, 4),
            "mrr10": round(measured.mrr10, 4),
            "recall100": round(measured.recall100, 4),
        }
        if options["json"]:
            row = {"set": name, "engine": options["engine"], **numbers}
            self.stdout.write(json.dumps(row))
        else:
            self.stdout.write(
                f"{name:24} {numbers['ndcg10']:8.4f} {numbers['mrr10']:8.4f}"
                f" {numbers['recall100']:10.4f}"
            )
        self.stdout.flush()
