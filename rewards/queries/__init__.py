"""What pages ask: purses, catalogue, leaderboard, agents."""

from rewards.queries.leaders import (
    candidates,
    leaderboard,
    newest_run,
    score_of,
    serving_agents,
)
from rewards.queries.points import (
    balance_of,
    expected_award,
    gifts_on_offer,
    history,
    liability,
    orders_of,
    orders_waiting,
    spendable,
)

__all__ = [
    "balance_of",
    "candidates",
    "expected_award",
    "gifts_on_offer",
    "history",
    "leaderboard",
    "liability",
    "newest_run",
    "orders_of",
    "orders_waiting",
    "score_of",
    "serving_agents",
    "spendable",
]
