"""Every way pages and other rooms ask the community something."""

from community.queries.articles import sources_of, threads_tagged
from community.queries.leaders import LeaderFact, LeaderFacts, leader_facts
from community.queries.lists import (
    SORTS,
    as_rows,
    hot_questions,
    question_list,
    questions_of,
    recently_solved,
)
from community.queries.members import (
    MemberSummary,
    Strength,
    best_answers,
    member_summary,
    strengths_of,
    tally_of,
)
from community.queries.moderation import (
    handled_flags,
    open_flags,
    removed_questions,
    waiting_posts,
)
from community.queries.reputation import MonthEnd, reputation_by_month
from community.queries.taxonomy import (
    find_circle,
    find_tag,
    open_circles,
    popular_tags,
)
from community.queries.threads import (
    ArticleLink,
    Related,
    ThreadAnswer,
    ThreadPage,
    Tombstone,
    Version,
    find_question,
    history,
    page_of_answer,
    thread_page,
    tombstone,
)

__all__ = [
    "ArticleLink",
    "LeaderFact",
    "LeaderFacts",
    "MemberSummary",
    "MonthEnd",
    "Related",
    "SORTS",
    "Strength",
    "ThreadAnswer",
    "ThreadPage",
    "Tombstone",
    "Version",
    "as_rows",
    "best_answers",
    "find_circle",
    "find_question",
    "find_tag",
    "handled_flags",
    "history",
    "hot_questions",
    "leader_facts",
    "member_summary",
    "open_circles",
    "open_flags",
    "page_of_answer",
    "popular_tags",
    "question_list",
    "questions_of",
    "recently_solved",
    "removed_questions",
    "reputation_by_month",
    "sources_of",
    "strengths_of",
    "tally_of",
    "thread_page",
    "threads_tagged",
    "tombstone",
    "waiting_posts",
]
