"""How well the leader score foretells who will help, on recorded histories."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from rewards.scoring.evaluation import (
    METHODS,
    OURS,
    BrokenHistory,
    Evaluation,
    Result,
    evaluate,
    read_past,
)
from rewards.scoring.model import Model


class Command(BaseCommand):
    help = (
        "Compare the score with plain counts and graph methods on recorded histories: "
        "nDCG@20 and P@10 of later helpers, and the rank ten sock puppets would buy."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--cutoffs", type=int, default=5, metavar="N")
        parser.add_argument("--horizon-days", type=int, default=120, metavar="D")
        parser.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        if options["cutoffs"] < 1 or options["horizon_days"] < 1:
            raise CommandError("There must be at least one cutoff and one day.")
        sets = sorted(path.parent for path in folder.rglob("answers.jsonl.gz"))
        if not sets:
            raise CommandError(f"{folder} holds no answers.jsonl.gz.")
        for path in sets:
            try:
                past = read_past(path)
            except BrokenHistory as broken:
                raise CommandError(str(broken)) from broken
            found = evaluate(
                past,
                horizon_days=options["horizon_days"],
                cutoffs=options["cutoffs"],
                model=Model(),
            )
            say = self._in_json if options["json"] else self._in_words
            say(path.name, found)

    def _in_json(self, name: str, found: Evaluation) -> None:
        about = {
            "cutoffs": found.cutoffs,
            "plain_cutoffs": found.plain_cutoffs,
            "horizon_days": found.horizon_days,
            "answers": found.answers,
            "looks_ahead": found.looks_ahead,
        }
        unknown = {"ndcg20": None, "p10": None, "boss_rank": None}
        for method in METHODS:
            result = found.methods.get(method)
            row = {"set": name, "method": method} | (
                asdict(result) if result else unknown
            )
            self.stdout.write(json.dumps(row | about))

    def _in_words(self, name: str, found: Evaluation) -> None:
        self.stdout.write(
            f"{name}: {found.answers} answers, {found.cutoffs} cutoffs, "
            f"{found.horizon_days} days"
            + (", votes undated: looks ahead" if found.looks_ahead else "")
        )
        if not found.methods:
            self.stdout.write("  Too short: nobody is known to have helped later.\n\n")
            return
        if found.plain_cutoffs:
            self.stdout.write(
                f"  At {found.plain_cutoffs} of them history was thin, "
                "and the score a count of the last 90 days."
            )
        self.stdout.write(
            f"  {'':13} {'nDCG@20 (95%)':20} {'P@10 (95%)':18} boss  ours is"
        )
        for method, result in found.methods.items():
            self.stdout.write(
                f"  {method:13} {result.ndcg20:.3f} "
                f"({result.ndcg20_low:.3f}-{result.ndcg20_high:.3f})  "
                f"{result.p10:.2f} ({result.p10_low:.2f}-{result.p10_high:.2f})  "
                f"{result.boss_rank:5.0f}  "
                + (_claim(result) if method != OURS else "")
            )
        self.stdout.write("")


def _claim(result: Result) -> str:
    """What may be said of ours against this: nothing inside an interval."""
    said = [
        f"{'ahead' if low > 0 else 'behind'} in {measure}"
        for measure, (low, high) in (
            ("nDCG@20", result.ahead_ndcg20),
            ("P@10", result.ahead_p10),
        )
        if low > 0 or high < 0
    ]
    return " and ".join(said) or "not shown to differ"
