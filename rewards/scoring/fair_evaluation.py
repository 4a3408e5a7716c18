"""Whom the signs would bring before people on recorded histories, and whether puppets.

Histories tell acceptances but not who voted nor who signed in where, so the honest
side is judged by fewer signs than a hall has, and the attack by its acceptances and
votes alone: no shared device helps to catch it.
"""

from collections import Counter, defaultdict
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from rewards.scoring.evaluation import Past
from rewards.scoring.history import DAY_SECONDS
from rewards.scoring.newcomers import Newcomers, Welcome, too_agreeable
from rewards.scoring.signals import Dealings, Limits, find

SEED = 6
FIRST_REAL = 10_000
# The hall of a simulated attack: of its newcomers half accept. In those recorded
# histories that tell, a fifth to a half do.
HALL = Welcome(answered=220, agreed=110)


@dataclass(frozen=True)
class Attack:
    """`puppets` ask `each` questions in `days`; what of the boss's help is real."""

    name: str
    puppets: int
    each: int
    days: float
    # Seconds from answer to acceptance, at least and at most.
    after: tuple[float, float] = (300.0, 3 * 3600.0)
    votes: bool = True
    # Accepted answers to real people for each bought one.
    honest: float = 0.0


ATTACKS = (
    Attack("2 puppets, 20 questions each in 90 days", 2, 20, 90),
    Attack("10 puppets, 20 questions each in 90 days", 10, 20, 90),
    Attack("the same, accepting without voting", 10, 20, 90, votes=False),
    Attack("50 puppets, 20 questions each in 90 days", 50, 20, 90),
    Attack("10 puppets, and as much real help besides", 10, 20, 90, honest=1.0),
    Attack("10 puppets, and twice as much real help", 10, 20, 90, honest=2.0),
    Attack("10 puppets, 2 questions each in 30 days", 10, 2, 30),
    Attack("20 puppets, 1 question each in 30 days", 20, 1, 30),
    Attack(
        "20 puppets, 1 question each, accepted at once without voting",
        20,
        1,
        30,
        after=(5.0, 50.0),
        votes=False,
    ),
    Attack(
        "20 puppets, 1 question each, accepted later, without voting",
        20,
        1,
        30,
        votes=False,
    ),
)


@dataclass
class Found:
    """Over all looks at a set: people who had accepted answers, and those in cases."""

    looks: int = 0
    active: int = 0
    cases: int = 0
    in_cases: int = 0


@dataclass(frozen=True)
class Caught:
    """Days from the first bought answer until a case stood; None: never."""

    attack: Attack
    after_days: int | None
    # Bought answers whose points were free by then.
    vested: int


def look_back(past: Past, *, looks: int, days: float, limits: Limits) -> Found:
    """What would have been opened on each of so many days over the later half."""
    found = Found()
    start, end = past.answers.answered_at.min(), past.answers.answered_at.max()
    for at in np.linspace(start + (end - start) / 2, end, looks):
        dealings, others = _seen(past, float(at), days)
        centres = np.unique(dealings.of)
        newcomers, hall = _newcomers(past, float(at), days)
        cases = find(
            dealings,
            centres=centres,
            limits=limits,
            others_of=others,
            agreeable=too_agreeable(newcomers, hall, limits),
        )
        found.looks += 1
        found.active += len(np.unique(np.concatenate([dealings.by, dealings.of])))
        found.cases += len(cases)
        found.in_cases += len({person for case in cases for person in case.people})
    return found


def try_attack(attack: Attack, *, vest_days: int, limits: Limits) -> Caught:
    """Look every day until a case stands or the attack is long over.

    Points are looked at the moment they would be released, too: what is earned in the
    morning and released a week later has been seen by then.
    """
    dealings, asked = _bought(attack)
    centre = np.array([1], dtype=np.int64)
    last = int(attack.days) + vest_days
    for day in range(last + 1):
        until = day * DAY_SECONDS
        seen = dealings.where(dealings.at <= until)
        agreeable = too_agreeable(_bought_newcomers(attack, seen), HALL, limits)
        if len(seen) and find(seen, centres=centre, limits=limits, agreeable=agreeable):
            vested = int((asked <= until - vest_days * DAY_SECONDS).sum())
            return Caught(attack, day, vested)
    return Caught(attack, None, len(asked))


def _seen(past: Past, at: float, days: float) -> tuple[Dealings, dict[int, set[int]]]:
    """The acceptances of the last days; where undated, as if at the answer's time."""
    answers = past.answers
    accepted_at = np.maximum(past.accepted_at, answers.answered_at)
    since = at - days * DAY_SECONDS
    # Unknown askers are somebody else each time.
    known = (answers.asker >= 0) & (answers.answerer != answers.asker)
    rows = known & (accepted_at >= since) & (accepted_at < at)
    dealings = Dealings(
        by=answers.asker[rows] + 1,
        of=answers.answerer[rows] + 1,
        answer=answers.answer[rows],
        at=accepted_at[rows],
        # Acceptances are dated by the day at best: haste cannot be told.
        written_at=np.full(rows.sum(), -np.inf),
    )
    others: dict[int, set[int]] = defaultdict(set)
    lately = known & (answers.answered_at >= since) & (answers.answered_at < at)
    for answerer, asker in zip(
        answers.answerer[lately].tolist(), answers.asker[lately].tolist(), strict=True
    ):
        others[answerer + 1].add(asker + 1)
    return dealings, others


def _newcomers(
    past: Past, at: float, days: float
) -> tuple[dict[int, Newcomers], Welcome]:
    """Who came lately, asked once and was answered by one alone: by helper, and all."""
    answers = past.answers
    since = at - days * DAY_SECONDS
    asks = past.asked_at < at
    helps = answers.answered_at < at
    questions = Counter(past.asked_by[asks].tolist())
    joined: dict[int, float] = {}
    for who, when in zip(
        past.asked_by[asks].tolist(), past.asked_at[asks].tolist(), strict=True
    ):
        joined[who] = min(when, joined.get(who, when))
    helpers = set(answers.answerer[helps].tolist())
    per_question = Counter(answers.question[helps].tolist())
    rows = helps & (answers.asker >= 0) & (answers.answerer != answers.asker)
    answered: dict[int, int] = defaultdict(int)
    agreed: dict[int, set[int]] = defaultdict(set)
    accepted = past.accepted_at < at
    for row in np.flatnonzero(rows).tolist():
        asker, helper = int(answers.asker[row]), int(answers.answerer[row]) + 1
        is_new = joined.get(asker, -np.inf) >= since and questions[asker] == 1
        if not is_new or asker in helpers:
            continue
        if per_question[int(answers.question[row])] != 1:
            continue
        answered[helper] += 1
        if accepted[row]:
            agreed[helper].add(asker + 1)
    found = {
        helper: Newcomers(count, frozenset(agreed[helper]))
        for helper, count in answered.items()
    }
    hall = Welcome(sum(answered.values()), sum(map(len, agreed.values())))
    return found, hall


def _bought_newcomers(attack: Attack, seen: Dealings) -> dict[int, Newcomers]:
    """The boss's puppets as newcomers, where each asks but once."""
    if attack.each > 1:
        return {}
    came = frozenset(seen.by[(seen.by > 1) & (seen.by < FIRST_REAL)].tolist())
    return {1: Newcomers(len(came), came)}


def _bought(attack: Attack) -> tuple[Dealings, NDArray[np.float64]]:
    """The boss is 1; what they gave each other, and when the answers were accepted."""
    random = np.random.default_rng(SEED)
    size = attack.puppets * attack.each
    asked = np.linspace(0, attack.days * DAY_SECONDS, size, endpoint=False)
    puppet = 2 + np.arange(size) % attack.puppets
    accepted = asked + random.uniform(*attack.after, size=size)
    real = int(size * attack.honest)
    helped = random.uniform(0, attack.days * DAY_SECONDS, size=real)
    # Real people ask the boss about twice each.
    real_by = FIRST_REAL + random.integers(0, max(1, real // 2), size=real)
    by = [puppet, real_by]
    answer = [np.arange(size), size + np.arange(real)]
    at = [accepted, helped]
    written = [asked, helped - 7200]
    if attack.votes:
        # Everybody votes for everything, an hour or a day later.
        voters = np.tile(2 + np.arange(attack.puppets), size)
        by.append(voters)
        answer.append(np.repeat(np.arange(size), attack.puppets))
        at.append(np.repeat(accepted, attack.puppets) + 3600 + voters * 97.0)
        written.append(np.full(len(voters), np.nan))
    givers = np.concatenate(by).astype(np.int64)
    dealings = Dealings(
        by=givers,
        of=np.ones_like(givers),
        answer=np.concatenate(answer),
        at=np.concatenate(at),
        written_at=np.concatenate(written),
    )
    return dealings, accepted
