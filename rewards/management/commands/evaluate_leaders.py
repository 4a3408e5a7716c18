"""How well the leader score foretells who will help, on recorded histories."""

import json
from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError

from rewards.scoring.evaluation import BrokenHistory, evaluate, read_past
from rewards.scoring.model import Model


class Command(BaseCommand):
    help = "Compare the score with plain counts: nDCG@20 and P@10 of future helpers."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folder", type=Path, metavar="DIR")
        parser.add_argument("--horizon", type=int, default=120, help="days")
        parser.add_argument("--cutoffs", type=int, default=5)
        parser.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        folder: Path = options["folder"]
        sets = sorted(path.parent for path in folder.rglob("answers.jsonl.gz"))
        if not sets:
            raise CommandError(f"{folder} holds no answers.jsonl.gz.")
        for path in sets:
            try:
                past = read_past(path)
            except BrokenHistory as broken:
                raise CommandError(str(broken)) from broken
            result = evaluate(
                past,
                horizon_days=options["horizon"],
                cutoffs=options["cutoffs"],
                model=Model(),
            )
            if options["json"]:
                self.stdout.write(json.dumps({"set": path.name, **result}))
                continue
            self.stdout.write(
                f"{path.name}: {result['answers']} answers, "
                f"{result['cutoffs']} cutoffs, {options['horizon']} days"
                + (", votes undated: looks ahead" if result["looks_ahead"] else "")
            )
            for name, measured in result["methods"].items():
                self.stdout.write(
                    f"  {name:12} nDCG@20 {measured['ndcg20']:.3f}  "
                    f"P@10 {measured['p10']:.2f}"
                )
