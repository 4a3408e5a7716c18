"""Look for unfair play now, as every night; or say what that would find."""

import json
from argparse import ArgumentParser
from dataclasses import asdict
from datetime import timedelta
from pathlib import Path
from typing import Any

from django.core.management import BaseCommand, CommandError
from django.utils import timezone

from rewards.actions.looking import FIRST_LOOK, review_fair_play, suspicions
from rewards.management.commands.score_leaders import moment
from rewards.models import FairPlayRules
from rewards.queries.dealings import newcomers_of_the_hall, those_who_earned
from rewards.scoring.evaluation import BrokenHistory, read_past
from rewards.scoring.fair_evaluation import ATTACKS, look_back, try_attack
from rewards.setup import VEST_DAYS

LOOKS = 12


class Command(BaseCommand):
    help = (
        "Open cases where dealings look arranged. With --evaluate, say how many people "
        "of recorded histories would be in one, and how soon simulated puppets."
    )

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--at", type=moment, help="ISO time; default now")
        parser.add_argument(
            "--dry-run", action="store_true", help="say what is found, open nothing"
        )
        parser.add_argument("--evaluate", type=Path, metavar="DIR")
        parser.add_argument("--json", action="store_true", help="one object a line")

    def handle(self, *args: Any, **options: Any) -> None:
        if options["evaluate"]:
            self._evaluate(options["evaluate"], as_json=options["json"])
            return
        at = options["at"] or timezone.now()
        if options["dry_run"]:
            self._only_look(at)
            return
        scan = review_fair_play(at=at)
        self.stdout.write(
            f"{scan.people_count} people looked at, {scan.opened_count} cases opened or"
            " grown."
        )

    def _only_look(self, at: Any) -> None:
        rules = FairPlayRules.current()
        hall = newcomers_of_the_hall(at - timedelta(days=rules.days_read))
        looked = found = 0
        for portion in those_who_earned(at - FIRST_LOOK, at + timedelta(seconds=1)):
            looked += len(portion)
            for one in suspicions(portion, rules=rules, at=at, hall=hall):
                found += 1
                kinds = ", ".join(sorted({sign.kind for sign in one.signs}))
                self.stdout.write(
                    f"person {one.centre}: {len(one.people)} people, weight"
                    f" {one.weight} ({kinds})"
                )
        self.stdout.write(f"{looked} people looked at, {found} would be a case.")

    def _evaluate(self, folder: Path, *, as_json: bool) -> None:
        rules = FairPlayRules.current()
        sets = sorted(path.parent for path in folder.rglob("answers.jsonl.gz"))
        if not sets:
            raise CommandError(f"{folder} holds no answers.jsonl.gz.")
        for path in sets:
            try:
                past = read_past(path)
            except BrokenHistory as broken:
                raise CommandError(str(broken)) from broken
            found = look_back(
                past, looks=LOOKS, days=rules.days_read, limits=rules.limits
            )
            if as_json:
                self.stdout.write(json.dumps({"set": path.name, **asdict(found)}))
            else:
                percent = 100 * found.in_cases / max(1, found.active)
                self.stdout.write(
                    f"{path.name}: {found.looks} looks, {found.active} people seen,"
                    f" {found.cases} cases with {found.in_cases} people"
                    f" ({percent:.2f} %)"
                )
        for attack in ATTACKS:
            caught = try_attack(attack, vest_days=VEST_DAYS, limits=rules.limits)
            if as_json:
                self.stdout.write(json.dumps(asdict(caught)))
                continue
            when = (
                "never"
                if caught.after_days is None
                else f"a case on day {caught.after_days}, {caught.vested} answers paid"
            )
            self.stdout.write(f"{attack.name}: {when}")
