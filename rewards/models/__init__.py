"""Points, what they buy, and the members who help most."""

from rewards.models.budget import Pot, PotPiece
from rewards.models.catalogue import Gift, Redemption, Voucher
from rewards.models.days import PointsDay
from rewards.models.fairplay import (
    Appeal,
    Case,
    CasePerson,
    CaseStep,
    FairPlayRules,
    FairPlayScan,
    SignInTrace,
)
from rewards.models.giving import Charity, ManualAward
from rewards.models.leaders import AgentTerm, LeaderRun, LeaderScore, ScoreModel
from rewards.models.ledger import Account, Debt, Entry, Lot, LotUse, Transfer
from rewards.models.rules import Campaign, EarnRule, PointsTerms

__all__ = [
    "Account",
    "AgentTerm",
    "Appeal",
    "Campaign",
    "Case",
    "CasePerson",
    "CaseStep",
    "Charity",
    "Debt",
    "EarnRule",
    "Entry",
    "FairPlayRules",
    "FairPlayScan",
    "Gift",
    "LeaderRun",
    "LeaderScore",
    "Lot",
    "LotUse",
    "ManualAward",
    "PointsDay",
    "PointsTerms",
    "Pot",
    "PotPiece",
    "Redemption",
    "ScoreModel",
    "SignInTrace",
    "Transfer",
    "Voucher",
]
