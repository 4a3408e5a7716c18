"""Everything that changes points, orders, scores and the agents' programme."""

from rewards.actions.ageing import expire_points, vest_points
from rewards.actions.agents import appoint_agent, end_agent, is_agent
from rewards.actions.earning import award, take_back, take_back_from
from rewards.actions.redeeming import cancel, fulfil, redeem
from rewards.actions.scoring import score_leaders
from rewards.actions.stocking import add_codes

__all__ = [
    "add_codes",
    "appoint_agent",
    "award",
    "cancel",
    "end_agent",
    "expire_points",
    "fulfil",
    "is_agent",
    "redeem",
    "score_leaders",
    "take_back",
    "take_back_from",
    "vest_points",
]
