"""Everything that changes points, orders, scores and the agents' programme."""

from rewards.actions.ageing import expire_points, vest_points
from rewards.actions.agents import appoint_agent, end_agent, is_agent
from rewards.actions.budgeting import follow_the_campaign, follow_the_terms
from rewards.actions.donating import donate
from rewards.actions.earning import award, pay_later, take_back, take_back_from
from rewards.actions.granting import (
    approve_award,
    commend,
    grant,
    propose_award,
    refuse_award,
    revoke_award,
    take_back_grant,
)
from rewards.actions.leaving import close_purse
from rewards.actions.passing_on import pass_on
from rewards.actions.redeeming import redeem
from rewards.actions.scoring import score_leaders
from rewards.actions.settling import cancel, fulfil, void_code
from rewards.actions.stocking import add_codes
from rewards.actions.summing import sum_days

__all__ = [
    "add_codes",
    "appoint_agent",
    "approve_award",
    "award",
    "cancel",
    "close_purse",
    "commend",
    "donate",
    "end_agent",
    "expire_points",
    "follow_the_campaign",
    "follow_the_terms",
    "fulfil",
    "grant",
    "is_agent",
    "pass_on",
    "pay_later",
    "propose_award",
    "redeem",
    "refuse_award",
    "revoke_award",
    "score_leaders",
    "sum_days",
    "take_back",
    "take_back_from",
    "take_back_grant",
    "vest_points",
    "void_code",
]
