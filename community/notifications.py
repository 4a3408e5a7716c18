"""What members are told, put into words in the reader's language."""

from typing import Any

from django.utils.translation import gettext as _, gettext_lazy

from people.registries import notification

ANSWERS = gettext_lazy("Answers to questions I follow")
OFFICIAL = gettext_lazy("Official answers to questions I follow")
COMMENTS = gettext_lazy("Comments on my posts")
ACCEPTED = gettext_lazy("My answer was accepted")
SOLVED = gettext_lazy("A question I follow was solved")
ARTICLES = gettext_lazy("My answer became part of an article")


@notification("question_answered", ANSWERS, by_mail=True)
def question_answered(data: dict[str, Any]) -> str:
    return _("%(name)s answered “%(title)s”") % data


@notification("question_answered_officially", OFFICIAL, by_mail=True)
def question_answered_officially(data: dict[str, Any]) -> str:
    return _("There is an official answer to “%(title)s”") % data


@notification("post_commented", COMMENTS)
def post_commented(data: dict[str, Any]) -> str:
    return _("%(name)s commented on your post in “%(title)s”") % data


@notification("answer_accepted", ACCEPTED, by_mail=True)
def answer_accepted(data: dict[str, Any]) -> str:
    return _("Your answer to “%(title)s” was accepted") % data


@notification("question_solved", SOLVED)
def question_solved(data: dict[str, Any]) -> str:
    return _("“%(title)s” is solved") % data


@notification("article_credited", ARTICLES, by_mail=True)
def article_credited(data: dict[str, Any]) -> str:
    return _("The official article “%(article)s” builds on your answer") % data


@notification("post_removed", by_mail=True)
def post_removed(data: dict[str, Any]) -> str:
    if data.get("reason"):
        sentence = _("A moderator removed your post in “%(title)s”. Reason: %(reason)s")
        return sentence % data
    return _("A moderator removed your post in “%(title)s”") % data
