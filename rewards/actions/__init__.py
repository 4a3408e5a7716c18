"""Everything that changes points, orders, scores and the agents' programme."""

from rewards.actions.ageing import expire_points, vest_points
from rewards.actions.agents import (
    accept_invitation,
    agree_to_terms,
    ask_for_new_terms,
    decline_invitation,
    end_agent,
    evaluate,
    invite,
    is_agent,
    lapse_agents,
    nominate,
    pause_agent,
    resume_agent,
)
from rewards.actions.bench import (
    announce,
    choose_topics,
    delete_reply,
    keep_reply,
    tell_agents,
)
from rewards.actions.bonus import give_bonus, judge_answer, sample_of
from rewards.actions.budgeting import follow_the_campaign, follow_the_terms
from rewards.actions.carrying import carry_over
from rewards.actions.donating import donate
from rewards.actions.earning import award, pay_later
from rewards.actions.finding import find_candidates
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
from rewards.actions.staff_line import (
    hide_line_message,
    settle_line,
    write_on_line,
)
from rewards.actions.stocking import add_codes
from rewards.actions.summing import sum_days
from rewards.actions.taking_back import take_back, take_back_from
from rewards.actions.training import remind_of_certificates, take_test

__all__ = [
    "accept_invitation",
    "add_codes",
    "agree_to_terms",
    "announce",
    "ask_for_new_terms",
    "approve_award",
    "award",
    "cancel",
    "carry_over",
    "choose_topics",
    "close_purse",
    "commend",
    "donate",
    "decline_invitation",
    "delete_reply",
    "end_agent",
    "evaluate",
    "expire_points",
    "find_candidates",
    "follow_the_campaign",
    "follow_the_terms",
    "fulfil",
    "grant",
    "give_bonus",
    "hide_line_message",
    "invite",
    "is_agent",
    "judge_answer",
    "keep_reply",
    "lapse_agents",
    "nominate",
    "pause_agent",
    "pass_on",
    "pay_later",
    "propose_award",
    "redeem",
    "refuse_award",
    "revoke_award",
    "remind_of_certificates",
    "resume_agent",
    "sample_of",
    "score_leaders",
    "sum_days",
    "take_back",
    "take_back_from",
    "take_back_grant",
    "take_test",
    "tell_agents",
    "vest_points",
    "void_code",
    "settle_line",
    "write_on_line",
]
