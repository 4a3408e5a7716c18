"""What members are told, put into words in the reader's language."""

from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext as _

from people.registries import notification


@notification("question_answered")
def question_answered(data: Mapping[str, Any]) -> str:
    return _("%(name)s answered “%(title)s”") % data


@notification("question_answered_officially")
def question_answered_officially(data: Mapping[str, Any]) -> str:
    return _("There is an official answer to “%(title)s”") % data


@notification("post_commented")
def post_commented(data: Mapping[str, Any]) -> str:
    return _("%(name)s commented on your post in “%(title)s”") % data


@notification("answer_accepted")
def answer_accepted(data: Mapping[str, Any]) -> str:
    return _("Your answer to “%(title)s” was accepted") % data


@notification("question_solved")
def question_solved(data: Mapping[str, Any]) -> str:
    return _("“%(title)s” is solved") % data


@notification("post_removed")
def post_removed(data: Mapping[str, Any]) -> str:
    if data.get("reason"):
        return (
            _("A moderator removed your post in “%(title)s”. Reason: %(reason)s") % data
        )
    return _("A moderator removed your post in “%(title)s”") % data


@notification("article_credited")
def article_credited(data: Mapping[str, Any]) -> str:
    return _("The official article “%(article)s” builds on your answer") % data
