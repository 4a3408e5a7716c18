"""What a leader score is made from: every answer of the recent past, as plain facts."""

from collections import defaultdict
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from typing import NamedTuple

from django.db.models import Count, F, Q

from community.models import Answer, Flag, PostState, Question

READ_ROWS = 5000
# An account younger than this at asking cannot vouch for its helper yet.
NEW_AT_ASKING = timedelta(days=1)


class LeaderFact(NamedTuple):
    answer_id: int
    answerer_id: int
    asker_id: int
    question_id: int
    answered_at: datetime
    asked_at: datetime
    net_votes: int
    is_accepted: bool
    is_imported: bool
    asker_was_new: bool


@dataclass
class LeaderFacts:
    answers: list[LeaderFact]
    newest_answer: int = 0
    # Upheld flags a person has on posts.
    bad_conduct: dict[int, int] = field(default_factory=dict)
    questions_of_tag: dict[int, list[int]] = field(default_factory=dict)


def leader_facts(*, since: datetime, until: datetime) -> LeaderFacts:
    """Members' visible answers given in the window, in three queries.

    Official answers are the staff's work and don't compete.
    """
    answers = [LeaderFact(*row) for row in _rows(since, until)]
    facts = LeaderFacts(answers, newest_answer=max((a[0] for a in answers), default=0))
    upheld = (
        Flag.objects.filter(state=Flag.State.UPHELD, at__lte=until, at__gt=since)
        .exclude(answer=None, question=None)
        .values(author=F("answer__author"), asker=F("question__author"))
        .annotate(n=Count("pk"))
    )
    for row in upheld:
        person = row["author"] or row["asker"]
        facts.bad_conduct[person] = facts.bad_conduct.get(person, 0) + row["n"]
    tagged: dict[int, list[int]] = defaultdict(list)
    links = Question.tags.through.objects.filter(
        question__state=PostState.VISIBLE, question__last_activity_at__gt=since
    ).values_list("tag_id", "question_id")
    for tag_id, question_id in links.iterator(chunk_size=READ_ROWS):
        tagged[tag_id].append(question_id)
    facts.questions_of_tag = dict(tagged)
    return facts


def _rows(since: datetime, until: datetime):  # noqa: ANN202  tuples of LeaderFact
    answers = (
        Answer.objects.filter(
            state=PostState.VISIBLE,
            question__state=PostState.VISIBLE,
            created_at__gt=since,
            created_at__lte=until,
            author__erased_at__isnull=True,
        )
        .filter(Q(voice="member") | Q(voice="agent"))
        .order_by("pk")
        .values_list(
            "pk",
            "author_id",
            "question__author_id",
            "question_id",
            "created_at",
            "question__created_at",
            "vote_score",
            "question__accepted_answer_id",
            "source",
            "question__author__date_joined",
        )
    )
    for (
        pk,
        who,
        asker,
        question,
        at,
        asked,
        net,
        accepted,
        source,
        joined,
    ) in answers.iterator(chunk_size=READ_ROWS):
        yield (
            pk,
            who,
            asker,
            question,
            at,
            asked,
            net,
            accepted == pk,
            source != "",
            asked - joined < NEW_AT_ASKING,
        )
