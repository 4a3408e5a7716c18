"""What the desk does when its threads move on without it."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction

from community.models import Answer, Question, Voice
from desk.actions import ending, opening, recording, working
from desk.actions.recording import INTERNAL, PUBLIC, Kind
from people.models import Person


@transaction.atomic
def thread_answered(*, question: Question, answer: Answer, at: datetime) -> None:
    """Somebody answered while a ticket is open. An official answer is our word."""
    ticket = recording.lock_open_ticket_of(question)
    if ticket is None:
        return
    if answer.voice == Voice.OFFICIAL:
        working.answered_officially(ticket, answer, at)
        return
    recording.add_event(
        ticket,
        Kind.ANSWERED_IN_THREAD,
        at,
        actor=answer.author,
        visibility=PUBLIC,
        answer=answer.pk,
        voice=answer.voice,
    )


@transaction.atomic
def thread_solved(
    *, question: Question, answer: Answer, by: Person, at: datetime
) -> None:
    """The thread is solved: its ticket ends with it. Ended already: nothing changes."""
    ticket = recording.lock_open_ticket_of(question)
    if ticket is not None:
        ending.solved_in_thread(ticket, answer, by, at)


@transaction.atomic
def thread_reopened(*, question: Question, by: Person, at: datetime) -> None:
    """A ticket may be open although its thread was solved: show it again."""
    ticket = recording.lock_open_ticket_of(question)
    if ticket is not None:
        recording.add_event(
            ticket, Kind.THREAD_REOPENED, at, actor=by, visibility=INTERNAL
        )
        opening.show_with_staff(ticket, question, at)


@transaction.atomic
def thread_removed(*, question: Question, by: Person, at: datetime) -> None:
    """The ticket stays open: our team decides what is still to be done."""
    ending.note_about_thread(question, Kind.THREAD_REMOVED, by, at)


@transaction.atomic
def thread_restored(*, question: Question, by: Person, at: datetime) -> None:
    ending.note_about_thread(question, Kind.THREAD_RESTORED, by, at)
