"""Whether what somebody earned for is still so: accepted, voted for, visible."""

from collections.abc import Iterable
from typing import Any

from community.models import Answer, Vote
from rewards.models import EarnRule, Transfer

Event = EarnRule.Event


def causes_that_hold(awards: Iterable[Transfer]) -> list[Transfer]:
    """Those awards for answers whose acceptance or vote still stands, in 2 queries.

    One for each cause, the last one booked.
    """
    newest = {
        (award.reason, award.source_type, award.source_id, award.partner_id): award
        for award in awards
        if award.source_type == "answer"
    }
    ids = {int(award.source_id) for award in newest.values()}
    answers = Answer.objects.select_related("question").in_bulk(list(ids))
    votes = set(
        Vote.objects.filter(answer__in=ids, value=1).values_list(
            "answer_id", "voter_id"
        )
    )
    return [
        award
        for award in newest.values()
        if (answer := answers.get(int(award.source_id))) is not None
        and _holds(award, answer, votes)
    ]


def _holds(award: Transfer, answer: Answer, votes: set[tuple[Any, Any]]) -> bool:
    if not (answer.is_visible and answer.question.is_visible):
        return False
    if award.reason == Event.UPVOTE:
        return (answer.pk, award.partner_id) in votes
    if award.reason in (Event.ACCEPTED, Event.RESCUE):
        return answer.question.accepted_answer_id == answer.pk
    return True
