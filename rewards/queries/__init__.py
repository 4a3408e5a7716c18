"""What pages ask: purses, catalogue, leaderboard, agents."""

from rewards.queries.catalogue import (
    code_of,
    expected_award,
    gifts_on_offer,
    obstacle,
    order_numbered,
    orders_of,
    orders_waiting,
    rules_in_force,
)
from rewards.queries.leaders import (
    candidates,
    leaderboard,
    newest_run,
    score_of,
    serving_agents,
)
from rewards.queries.points import (
    balance_of,
    history_of,
    history_page,
    history_rows,
    liability,
    months_of,
    points_export,
    spendable,
)

__all__ = [
    "balance_of",
    "candidates",
    "code_of",
    "expected_award",
    "gifts_on_offer",
    "history_of",
    "history_page",
    "history_rows",
    "leaderboard",
    "liability",
    "months_of",
    "newest_run",
    "obstacle",
    "order_numbered",
    "orders_of",
    "orders_waiting",
    "points_export",
    "rules_in_force",
    "score_of",
    "serving_agents",
    "spendable",
]
