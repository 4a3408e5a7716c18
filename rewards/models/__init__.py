"""Points, what they buy, and the members who help most."""

from rewards.models.catalogue import EarnRule, Gift, Redemption, Voucher
from rewards.models.leaders import AgentTerm, LeaderRun, LeaderScore, ScoreModel
from rewards.models.ledger import Account, Debt, Entry, Lot, LotUse, Transfer

__all__ = [
    "Account",
    "AgentTerm",
    "Debt",
    "EarnRule",
    "Entry",
    "Gift",
    "LeaderRun",
    "LeaderScore",
    "Lot",
    "LotUse",
    "Redemption",
    "ScoreModel",
    "Transfer",
    "Voucher",
]
