"""What a thread's page tells search engines about itself. Only what it shows."""

import json
from typing import Any

from django.conf import settings
from django.urls import reverse
from django.utils import translation
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from community.models import Answer, Comment, Question
from community.queries import ThreadAnswer, ThreadPage
from people.models import Person

Properties = dict[str, Any]

# Nothing in the data can end the <script> around it, or begin a comment in it.
_ESCAPES = {
    ord("<"): "\\u003C",
    ord(">"): "\\u003E",
    ord("&"): "\\u0026",
    0x2028: "\\u2028",
    0x2029: "\\u2029",
}


def as_script(*graphs: Properties) -> SafeString:
    """<script type="application/ld+json"> for each; data that no browser executes."""
    blocks = (json.dumps(graph, ensure_ascii=False, indent=None) for graph in graphs)
    return mark_safe(  # noqa: S308  every < and > is escaped
        "\n".join(
            f'<script type="application/ld+json">{block.translate(_ESCAPES)}</script>'
            for block in blocks
        )
    )


def thread_graphs(page: ThreadPage) -> list[Properties]:
    """QAPage and BreadcrumbList, with addresses under the thread's own language."""
    with translation.override(page.question.language):
        return [_qa_page(page), _breadcrumb(page.question)]


def list_breadcrumb(*crumbs: tuple[str, str]) -> Properties:
    """(name, path) of a list and what stands above it."""
    return {
        "@context": "https://schema.org",
        "@type": "BreadcrumbList",
        "itemListElement": [
            {
                "@type": "ListItem",
                "position": position,
                "name": name,
                "item": _absolute(path),
            }
            for position, (name, path) in enumerate(crumbs, start=1)
        ],
    }


def _breadcrumb(question: Question) -> Properties:
    return list_breadcrumb(
        (_("Questions"), reverse("community:questions")),
        (question.circle.name, question.circle.get_absolute_url()),
        (question.title, question.get_absolute_url()),
    )


def _qa_page(page: ThreadPage) -> Properties:
    question = page.question
    address = _absolute(question.get_absolute_url())
    here = f"{address}?page={page.page}" if page.page > 1 else address
    told: Properties = {
        "@type": "Question",
        "name": question.title,
        "text": question.body_text,
        "url": address,
        **_written(question),
        "upvoteCount": question.vote_score,
        "answerCount": question.answer_count,
        **_comments(page.comments),
    }
    shown = [seen for seen in page.answers if seen.answer.is_visible]
    accepted = [_answer(seen, here) for seen in shown if seen.is_accepted]
    suggested = [_answer(seen, here) for seen in shown if not seen.is_accepted]
    if accepted:
        told["acceptedAnswer"] = accepted[0]
    if suggested:
        told["suggestedAnswer"] = suggested
    return {
        "@context": "https://schema.org",
        "@type": "QAPage",
        "inLanguage": translation.get_language(),
        "mainEntity": told,
    }


def _answer(seen: ThreadAnswer, here: str) -> Properties:
    answer = seen.answer
    return {
        "@type": "Answer",
        "text": answer.body_text,
        "url": f"{here}#answer-{answer.pk}",
        **_written(answer),
        "upvoteCount": answer.vote_score,
        **_comments(seen.comments),
    }


def _comments(comments: list[Comment]) -> Properties:
    shown = [comment for comment in comments if comment.is_visible]
    told: Properties = {"commentCount": len(shown)}
    if shown:
        told["comment"] = [
            {"@type": "Comment", "text": comment.body_text, **_written(comment)}
            for comment in shown
        ]
    return told


def _written(post: Question | Answer | Comment) -> Properties:
    told: Properties = {
        "author": _author(post.author),
        "datePublished": post.created_at.isoformat(timespec="seconds"),
    }
    if post.edited_at:
        told["dateModified"] = post.edited_at.isoformat(timespec="seconds")
    return told


def _author(person: Person) -> Properties:
    return {
        "@type": "Person",
        "name": person.name,
        "url": _absolute(person.get_absolute_url()),
    }


def _absolute(path: str) -> str:
    return settings.BASE_URL + path
