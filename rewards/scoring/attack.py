"""Sock puppets, simulated: what a rank would cost somebody who buys one."""

import numpy as np

from rewards.scoring.baselines import Seen
from rewards.scoring.history import DAY_SECONDS, Answers, Votes

PUPPETS = 10
QUESTIONS_EACH = 20
DAYS = 90
ANSWERED_AFTER = 3600.0
BOSS = 2**40


def with_puppets(seen: Seen) -> Seen:
    """Ten puppets ask twenty questions each; one boss answers, and they agree.

    Spread over the last 90 days (or the history, if that is shorter). Every answer is
    accepted at once; puppets vote for all the boss's answers, and they and the boss
    for all the puppets' questions. Nothing else tells them from other accounts.
    """
    number = np.arange(PUPPETS * QUESTIONS_EACH, dtype=np.int64)
    start = max(
        seen.at - DAYS * DAY_SECONDS, seen.answers.answered_at.min(initial=seen.at)
    )
    # The last one leaves time for its answer.
    asked_at = np.linspace(start, seen.at - 2 * ANSWERED_AFTER, len(number))
    puppet = BOSS + 1 + number % PUPPETS
    ids = BOSS + number
    bought = Answers(
        answer=ids,
        answerer=np.full(len(number), BOSS),
        asker=puppet,
        question=ids,
        answered_at=asked_at + ANSWERED_AFTER,
        asked_at=asked_at,
        accepted=np.ones(len(number), dtype=np.bool_),
    )
    agreed = Votes(
        answer=np.repeat(ids, PUPPETS),
        voter=np.tile(BOSS + 1 + np.arange(PUPPETS), len(number)),
        value=np.ones(len(number) * PUPPETS, dtype=np.int8),
    )
    return Seen(
        at=seen.at,
        answers=seen.answers.and_also(bought),
        votes=seen.votes.and_also(agreed),
        asked_by=np.concatenate([seen.asked_by, puppet]),
        asked_up=np.concatenate([seen.asked_up, np.full(len(number), float(PUPPETS))]),
        asked_down=np.concatenate([seen.asked_down, np.zeros(len(number))]),
    )
