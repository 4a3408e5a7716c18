"""What the community's templates say often."""

from collections.abc import Iterable, Iterator, Sequence
from functools import lru_cache
from typing import Any

from django import template
from django.forms import BoundField
from django.template.loader import get_template, render_to_string
from django.utils.html import format_html_join
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import (
    get_language,
    gettext as _,
    ngettext_lazy,
    pgettext,
)

from common.freshness import kept_parts, shows
from common.markdown import render, with_trusted_links
from community import permissions, queries, steps
from community.models import Answer, Comment, Question
from people.models import Person

register = template.Library()

_COUNTED = {
    "votes": ngettext_lazy("<b>%(number)s</b> vote", "<b>%(number)s</b> votes", "n"),
    "answers": ngettext_lazy(
        "<b>%(number)s</b> answer", "<b>%(number)s</b> answers", "n"
    ),
    "views": ngettext_lazy("<b>%(number)s</b> view", "<b>%(number)s</b> views", "n"),
}
_BROWSER_CODES = {"en": "en", "zh-hans": "zh-Hans"}


@register.filter
def lang(code: str) -> str:
    """Our code of a language as browsers want it in lang="…"."""
    return _BROWSER_CODES.get(code, code)


@register.filter
def words(post: Question | Answer | Comment) -> SafeString:
    """A post's text as it was rendered, and made safe, when it was saved.

    Whether its links are to be followed is decided here, not there: trust is given and
    lost without a post being touched. Ask for the authors with their tallies.
    """
    html = post.body_html
    if "<a " in html:
        shows(post.author)
        if permissions.links_are_followed(post.author):
            html = with_trusted_links(html)
    return mark_safe(html)  # noqa: S308  common.markdown cleaned it


@register.filter
def kind(post: Question | Answer | Comment) -> str:
    """The word for posts of this sort in addresses: questions, answers, comments."""
    return f"{post._meta.model_name}s"


@register.filter
def preview(source: str) -> SafeString:
    return mark_safe(render(source, queries.picture_sizes).html)  # noqa: S308  common.markdown cleans it


@register.filter
def voice_today(person: Person) -> str:
    return str(permissions.voice_of(person))


@register.filter
def shown_voice(post: Answer | Comment) -> str:
    """Its badge: today's, so the page is stale when its author's standing changes."""
    shows(post.author)
    return str(permissions.shown_voice(post.voice, post.author.standing))


@register.filter
def short(number: int) -> str:
    """2218 as "2.2k": a row has room for four characters."""
    if number < 1000:
        return str(number)
    if number < 100_000:
        return f"{number / 1000:.1f}k".replace(".0k", "k")
    return f"{number // 1000}k"


@register.simple_tag
def counted(what: str, number: int) -> SafeString:
    """<b>3</b> votes; what: votes, answers or views."""
    return _counted(what, number, get_language())


@lru_cache(maxsize=2048)
def _counted(what: str, number: int, language: str | None) -> SafeString:  # noqa: ARG001
    shown = _COUNTED[what] % {"n": number, "number": short(number)}
    return mark_safe(shown)  # noqa: S308  our own words and a number


@register.filter
def time_to_solve(question: Question) -> str:
    if question.solved_at is None:
        return ""
    return steps.span(question.solved_at - question.created_at)


@register.simple_tag
def small_trace(row: queries.Row) -> SafeString:
    """The dots of a row that say how far its thread has come."""
    return _small_trace(steps.small_trace(row.question, row.steps))


# There are few ways a thread can have gone, and a list shows twenty of them.
@lru_cache(maxsize=256)
def _small_trace(trace: steps.SmallTrace) -> SafeString:
    return render_to_string("community/parts/small_trace.html", {"trace": trace})


@register.simple_tag
def question_rows(
    questions: Iterable[Question], *, level: int, shows_circle: bool
) -> SafeString:
    """Rows of a list, one to a question.

    What they show is asked for here, and only for those that were not drawn lately.
    """
    drawn = kept_parts(
        [("row", question.pk, level, shows_circle) for question in questions],
        _draw_rows,
    )
    return mark_safe("\n".join(drawn))  # noqa: S308  rendered templates


def _draw_rows(keys: Sequence[tuple[Any, ...]]) -> Iterator[str]:
    rows = queries.rows_of(pk for _row, pk, *_ in keys)
    template = get_template("community/parts/question_row.html")
    for row, (_row, _pk, level, shows_circle) in zip(rows, keys, strict=True):
        question = row.question
        shows(*filter(None, (question, question.author, question.last_actor)))
        yield template.render(
            {
                "question": question,
                "row": row,
                "level": level,
                "shows_circle": shows_circle,
            }
        )


@register.inclusion_tag("community/parts/field.html")
def field(bound: BoundField, **attributes: Any) -> dict[str, Any]:
    """A label, its field, what is wrong with it and a hint."""
    named = {name.replace("_", "-"): value for name, value in attributes.items()}
    return {"field": bound, "widget": bound.as_widget(attrs=named)}


@register.inclusion_tag("community/parts/editor.html")
def editor(
    bound: BoundField, *, upload: str, rows: int = 10, has_heading: bool = False
) -> dict[str, Any]:
    """A text area with toolbar, picture upload and the personal-data notice."""
    return {"field": bound, "upload": upload, "rows": rows, "has_heading": has_heading}


@register.simple_tag
def names(people: Iterable[Person]) -> SafeString:
    """Linked names, to be put into a sentence."""
    return format_html_join(
        pgettext("between names", ", "),
        '<a href="{}">{}</a>',
        ((person.get_absolute_url(), person.name) for person in people),
    )


@register.simple_tag
def answer_heading(answer: Answer, is_accepted: bool) -> str:
    """What a screen reader hears before an answer."""
    if is_accepted:
        heading = _("Accepted answer by %(name)s")
    elif answer.voice == "official":
        heading = _("Official answer by %(name)s")
    else:
        heading = _("Answer by %(name)s")
    return heading % {"name": answer.author.name}
