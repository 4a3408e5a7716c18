"""Everything that changes points, orders, scores and the agents' programme."""

from rewards.actions.ageing import expire_points, vest_points
from rewards.actions.agents import appoint_agent, end_agent, is_agent
from rewards.actions.earning import award, take_back, take_back_from
from rewards.actions.leaving import close_purse
from rewards.actions.redeeming import redeem
from rewards.actions.scoring import score_leaders
from rewards.actions.settling import cancel, fulfil, void_code
from rewards.actions.stocking import add_codes

__all__ = [
    "add_codes",
    "appoint_agent",
    "award",
    "cancel",
    "close_purse",
    "end_agent",
    "expire_points",
    "fulfil",
    "is_agent",
    "redeem",
    "score_leaders",
    "take_back",
    "take_back_from",
    "vest_points",
    "void_code",
]
