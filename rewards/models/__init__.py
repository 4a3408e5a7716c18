"""Points, what they buy, and the members who help most."""

from rewards.models.agents import (
    AgentStep,
    AgentTerm,
    Programme,
    ProgrammeTerms,
    State,
    TermsConsent,
    Who,
)
from rewards.models.badges import Badge
from rewards.models.bench import AgentTopic, CannedReply, LineMessage, Notice
from rewards.models.boards import (
    BoardPlace,
    HiddenHelper,
    LeaderBoard,
)
from rewards.models.bonus import BonusBand, MonthlyBonus
from rewards.models.budget import Pot, PotPiece
from rewards.models.catalogue import Gift, Redemption, Voucher
from rewards.models.days import PointsDay
from rewards.models.drops import Place, WaitingRoom
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
from rewards.models.holdings import BadgeEvent, BadgeHolding, Touch
from rewards.models.hooks import DeliveryHook, HookDelivery, HookTry
from rewards.models.leaders import LeaderRun, LeaderScore, ScoreModel
from rewards.models.ledger import Account, Debt, Entry, Lot, LotUse, Transfer
from rewards.models.levels import GiftLevel, Level, LevelWatch, MemberLevel
from rewards.models.notices import ExpiryNotice, GiftLink
from rewards.models.rules import Campaign, EarnRule, PointsTerms
from rewards.models.scorecards import Criterion, Evaluation, Scorecard
from rewards.models.training import Ability, AbilityQuestion, TestTry

__all__ = [
    "Ability",
    "AbilityQuestion",
    "Account",
    "AgentStep",
    "AgentTerm",
    "AgentTopic",
    "Appeal",
    "Badge",
    "BadgeEvent",
    "BadgeHolding",
    "BoardPlace",
    "BonusBand",
    "Campaign",
    "CannedReply",
    "Case",
    "CasePerson",
    "CaseStep",
    "Charity",
    "Criterion",
    "Debt",
    "DeliveryHook",
    "EarnRule",
    "Entry",
    "Evaluation",
    "ExpiryNotice",
    "FairPlayRules",
    "FairPlayScan",
    "Gift",
    "GiftLevel",
    "GiftLink",
    "HiddenHelper",
    "HookDelivery",
    "HookTry",
    "LeaderBoard",
    "LeaderRun",
    "LeaderScore",
    "Level",
    "LevelWatch",
    "LineMessage",
    "Lot",
    "LotUse",
    "ManualAward",
    "MemberLevel",
    "MonthlyBonus",
    "Notice",
    "Place",
    "PointsDay",
    "PointsTerms",
    "Pot",
    "PotPiece",
    "Programme",
    "ProgrammeTerms",
    "Redemption",
    "ScoreModel",
    "Scorecard",
    "SignInTrace",
    "State",
    "TermsConsent",
    "TestTry",
    "Touch",
    "Transfer",
    "Voucher",
    "WaitingRoom",
    "Who",
]
