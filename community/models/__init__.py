"""What the community keeps: posts, what people say of them, and what happened."""

from community.models.articles import ArticleSource
from community.models.attachments import Attachment
from community.models.moderation import Flag
from community.models.posts import (
    Answer,
    Comment,
    PostRevision,
    PostState,
    Question,
    Tagging,
    Voice,
)
from community.models.reputation import MemberTally, ReputationChange
from community.models.responses import Follow, MeToo, Vote
from community.models.taxonomy import Circle, Tag
from community.models.trace import QuestionEvent

__all__ = [
    "Answer",
    "ArticleSource",
    "Attachment",
    "Circle",
    "Comment",
    "Flag",
    "Follow",
    "MeToo",
    "MemberTally",
    "PostRevision",
    "PostState",
    "Question",
    "QuestionEvent",
    "ReputationChange",
    "Tag",
    "Tagging",
    "Voice",
    "Vote",
]
