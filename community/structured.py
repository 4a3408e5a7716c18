"""What a thread's page tells search engines about itself. Only what it shows."""

from django.urls import reverse
from django.utils import translation
from django.utils.translation import gettext as _

from common.structured import Properties, absolute, breadcrumbs, pictures
from community.models import Answer, Comment, MemberTally, Question
from community.queries import ThreadAnswer, ThreadPage
from people.models import Person


def thread_graphs(page: ThreadPage) -> list[Properties]:
    """QAPage and BreadcrumbList, with addresses under the thread's own language."""
    with translation.override(page.question.language):
        return [_qa_page(page), _breadcrumb(page.question)]


def _breadcrumb(question: Question) -> Properties:
    return breadcrumbs(
        [
            (_("Questions"), reverse("community:questions")),
            (question.circle.name, question.circle.get_absolute_url()),
            (question.title, question.get_absolute_url()),
        ]
    )


def _qa_page(page: ThreadPage) -> Properties:
    question = page.question
    address = absolute(question.get_absolute_url())
    here = f"{address}?page={page.page}" if page.page > 1 else address
    told: Properties = {
        "@type": "Question",
        "name": question.title,
        "url": address,
        **_written(question),
        "upvoteCount": question.vote_score,
        "answerCount": question.answer_count,
        **_comments(page.comments),
    }
    # A picture alone is no text, and an answer without a text is none to a machine.
    shown = [seen for seen in page.answers if _is_told(seen.answer)]
    accepted = [_answer(seen, here) for seen in shown if seen.is_accepted]
    suggested = [_answer(seen, here) for seen in shown if not seen.is_accepted]
    if accepted:
        told["acceptedAnswer"] = accepted[0]
    if suggested:
        told["suggestedAnswer"] = suggested
    return {
        "@type": "QAPage",
        "inLanguage": translation.get_language(),
        "mainEntity": told,
    }


def _answer(seen: ThreadAnswer, here: str) -> Properties:
    answer = seen.answer
    return {
        "@type": "Answer",
        "url": f"{here}#answer-{answer.pk}",
        **_written(answer),
        "upvoteCount": answer.vote_score,
        **_comments(seen.comments),
    }


def _comments(comments: list[Comment]) -> Properties:
    told: Properties = {"commentCount": sum(one.is_visible for one in comments)}
    if shown := [comment for comment in comments if _is_told(comment)]:
        told["comment"] = [
            {"@type": "Comment", **_written(comment)} for comment in shown
        ]
    return told


def _is_told(post: Answer | Comment) -> bool:
    return post.is_visible and bool(post.body_text)


def _written(post: Question | Answer | Comment) -> Properties:
    told: Properties = {
        "author": _author(post.author),
        "datePublished": post.created_at.isoformat(timespec="seconds"),
    }
    if post.body_text:
        told["text"] = post.body_text
    if post.edited_at:
        told["dateModified"] = post.edited_at.isoformat(timespec="seconds")
    if seen := pictures(post.body_html):
        told["image"] = seen
    return told


def _author(person: Person) -> Properties:
    told: Properties = {"@type": "Person", "name": person.name}
    # Who is forgotten has no page any more.
    if not person.is_erased:
        told["url"] = absolute(person.get_absolute_url())
    return told


def profile_page(person: Person, tally: MemberTally) -> Properties:
    told: Properties = {
        "@type": "Person",
        "name": person.name,
        "alternateName": person.handle,
        "identifier": str(person.pk),
        "url": absolute(person.get_absolute_url()),
        "agentInteractionStatistic": {
            "@type": "InteractionCounter",
            "interactionType": "https://schema.org/WriteAction",
            "userInteractionCount": tally.question_count + tally.answer_count,
        },
    }
    if person.bio:
        told["description"] = person.bio
    return {
        "@type": "ProfilePage",
        "dateCreated": person.date_joined.isoformat(timespec="seconds"),
        "mainEntity": told,
    }
