"""Every way the community can change. One function per change."""

from community.actions.accepting import accept, reopen, unaccept
from community.actions.answering import answer
from community.actions.articles import credit_helpers, draft_article
from community.actions.asking import ask
from community.actions.attaching import attach_picture
from community.actions.commenting import comment
from community.actions.deleting import delete, restore
from community.actions.editing import edit_answer, edit_comment, edit_question
from community.actions.flagging import (
    dismiss_flag,
    flag,
    hide_post,
    unhide_post,
    uphold_flag,
)
from community.actions.following import follow, me_too, unfollow
from community.actions.merging import merge_questions
from community.actions.official import (
    hand_back,
    hand_to_staff,
    post_official_answer,
    settle_officially,
)
from community.actions.rendering import render_anew
from community.actions.tagging import make_synonym, make_tag, put_on, tags_named
from community.actions.tracing import add_event
from community.actions.viewing import count_views
from community.actions.voting import vote

__all__ = [
    "accept",
    "add_event",
    "answer",
    "ask",
    "attach_picture",
    "comment",
    "count_views",
    "credit_helpers",
    "delete",
    "dismiss_flag",
    "draft_article",
    "edit_answer",
    "edit_comment",
    "edit_question",
    "flag",
    "follow",
    "hand_back",
    "hand_to_staff",
    "hide_post",
    "make_synonym",
    "make_tag",
    "me_too",
    "merge_questions",
    "post_official_answer",
    "put_on",
    "render_anew",
    "reopen",
    "restore",
    "settle_officially",
    "tags_named",
    "unaccept",
    "unfollow",
    "unhide_post",
    "uphold_flag",
    "vote",
]
