"""What agents keep on their bench, and the notices staff put there."""

from collections.abc import Iterable
from datetime import datetime

from django.db import transaction
from django.db.models import Exists, OuterRef

from common import outbox
from common.errors import NotAllowed
from common.text import clean_body, clean_line
from community.models import Tag
from people import actions as people
from people.models import Person
from rewards.actions.agents import require_agent
from rewards.actions.stepping import BENCH
from rewards.errors import NothingWritten, TooManyReplies, TooManyTopics
from rewards.models.agents import SERVING, AgentTerm
from rewards.models.bench import (
    REPLY_MOST_CHARS,
    AgentTopic,
    CannedReply,
    Notice,
)

TOPICS_MOST = 20
REPLIES_MOST = 100
TELL_AGENTS = "rewards.tell_agents"


@transaction.atomic
def choose_topics(*, person: Person, tags: Iterable[Tag]) -> None:
    """Say whose open questions to see; synonyms count as what they stand for."""
    require_agent(person)
    canonical = {tag.synonym_of_id or tag.pk for tag in tags}
    if len(canonical) > TOPICS_MOST:
        raise TooManyTopics(most=TOPICS_MOST)
    mine = AgentTopic.objects.filter(person=person)
    mine.exclude(tag__in=canonical).delete()
    AgentTopic.objects.bulk_create(
        [AgentTopic(person=person, tag_id=pk) for pk in sorted(canonical)],
        ignore_conflicts=True,
    )


@transaction.atomic
def keep_reply(
    *,
    person: Person,
    language: str,
    title: str,
    body: str,
    reply: CannedReply | None = None,
) -> CannedReply:
    """Store a reply of one's own in one language; given one, change it there."""
    require_agent(person)
    if reply is None:
        Person.objects.select_for_update().get(pk=person.pk)
        if CannedReply.objects.filter(owner=person).count() >= REPLIES_MOST:
            raise TooManyReplies(most=REPLIES_MOST)
        reply = CannedReply(owner=person)
    elif reply.owner_id != person.pk:
        raise NotAllowed
    title = clean_line(title, 80).strip()
    body = clean_body(body, REPLY_MOST_CHARS).strip()
    if not (title and body):
        raise NothingWritten
    suffix = "zh" if language.startswith("zh") else "en"
    setattr(reply, f"title_{suffix}", title)
    setattr(reply, f"body_{suffix}", body)
    reply.save()
    return reply


@transaction.atomic
def delete_reply(*, person: Person, reply: CannedReply) -> None:
    require_agent(person)
    if reply.owner_id != person.pk:
        raise NotAllowed
    reply.delete()


def announce(notice: Notice, *, at: datetime) -> None:
    """Have every agent told once the notice is out."""
    due = max(at, notice.starts_at)
    payload = {"notice": notice.pk}
    outbox.put(TELL_AGENTS, str(notice.pk), payload, at=at, due=due)


def tell_agents(*, notice: Notice, at: datetime) -> int:
    """Tell whoever serves now; a second time tells only who was not told before."""
    if notice.withdrawn_at or notice.starts_at > at:
        return 0
    serving = AgentTerm.objects.filter(
        person=OuterRef("pk"), ended_at=None, state__in=SERVING
    )
    count = 0
    for person in Person.objects.filter(Exists(serving)).iterator(chunk_size=500):
        told = people.notify(
            person=person,
            kind="rewards.agent_notice",
            key=f"agent_notice:{notice.pk}:{person.pk}",
            data={"notice": notice.pk},
            url=f"{BENCH}notices/{notice.pk}/",
            at=at,
        )
        count += told is not None
    return count
