"""Which threads are due for our team, and why or why not."""

from __future__ import annotations

from datetime import datetime

from django.db.models import Exists, F, OuterRef, Q, QuerySet
from django.utils.translation import gettext as _

from community.models import Question
from desk.models import EscalationRule, RuleFiring, Ticket
from desk.wording import hours_in_words, moment_in_words

Kind = EscalationRule.Kind

# Answers given before the thread was re-opened did not help.
_NOBODY_ANSWERED = Q(answer_count=0) | Q(last_answer_at__lt=F("cycle_started_at"))


def due(rule: EscalationRule, at: datetime) -> QuerySet[Question]:
    """The threads this rule sends to our team at this moment, longest waiting first.

    Unanswered: no answer since the thread was asked or re-opened. Unaccepted: answers,
    the first of them so long ago, and none accepted. A ticket that ended without a
    solution gives the thread its time once more.
    """
    since = at - rule.wait
    threads = Question.objects.visible().native().unsolved().without_staff()
    threads = threads.waiting_since(since)
    if rule.kind == Kind.UNANSWERED:
        threads = threads.filter(_NOBODY_ANSWERED)
    elif rule.kind == Kind.UNACCEPTED:
        threads = threads.answered().filter(first_answer_at__lte=since)
    else:
        return threads.none()
    if rule.language:
        threads = threads.in_language(rule.language)
    if circles := [circle.pk for circle in rule.circles.all()]:
        threads = threads.filter(circle__in=circles)
    fired = RuleFiring.objects.filter(
        rule=rule, question=OuterRef("pk"), cycle=OuterRef("cycle")
    )
    tickets = Ticket.objects.filter(question=OuterRef("pk"))
    had_one = tickets.filter(Q(closed_at__isnull=True) | Q(closed_at__gt=since))
    return threads.filter(~Exists(fired), ~Exists(had_one)).order_by(
        "cycle_started_at", "pk"
    )


def due_moment(
    rule: EscalationRule, question: Question, last_closed_at: datetime | None
) -> datetime | None:
    """When the rule would send this open thread to our team, if nothing else happens.

    None while the rule has nothing to say about it. The same as `due`, for one thread.
    """
    answered = question.answer_count > 0
    starts = [question.cycle_started_at]
    if rule.kind == Kind.UNANSWERED:
        last = question.last_answer_at
        if answered and not (last and last < question.cycle_started_at):
            return None
    elif rule.kind == Kind.UNACCEPTED:
        if not answered or question.first_answer_at is None:
            return None
        starts.append(question.first_answer_at)
    else:
        return None
    if last_closed_at is not None:
        starts.append(last_closed_at)
    return max(starts) + rule.wait


def rules_for(question: Question) -> list[EscalationRule]:
    """The enabled rules that cover the question, first come first. In two queries."""
    rules = EscalationRule.objects.enabled().prefetch_related("circles")
    return [rule for rule in rules if _covers(rule, question)]


def rule_for_requests(question: Question) -> EscalationRule | None:
    """The rule under which somebody may hand this question to our team by hand."""
    asked = (rule for rule in rules_for(question) if rule.kind == Kind.REQUESTED)
    return next(asked, None)


def why(question: Question, at: datetime) -> list[str]:
    """Why our team has this thread or not, and when it gets it. In four queries."""
    if question.is_imported:
        return [
            _("This question comes from an older community; our team is not called.")
        ]
    if not question.is_visible:
        return [_("This question is not public, so our team is not called.")]
    if question.solved_at is not None:
        return [_("It is solved, so our team is not called.")]
    firings = list(
        RuleFiring.objects.filter(question=question, cycle=question.cycle)
        .select_related("rule", "ticket")
        .order_by("at", "pk")
    )
    tickets = list(Ticket.objects.filter(question=question).newest_first())
    if tickets and tickets[0].is_open:
        return _why_with_staff(tickets[0], firings)
    return _why_not_yet(question, firings, tickets, at)


def _why_with_staff(ticket: Ticket, firings: list[RuleFiring]) -> list[str]:
    since = moment_in_words(ticket.opened_at)
    sentences = [_("Our team has it since %(moment)s.") % {"moment": since}]
    fired = [firing.rule for firing in firings if firing.ticket_id == ticket.pk]
    for rule in fired:
        hours = {"hours": hours_in_words(rule.hours)}
        match rule.kind:
            case Kind.UNANSWERED:
                sentences.append(_("Nobody had answered for %(hours)s.") % hours)
            case Kind.UNACCEPTED:
                sentences.append(
                    _("No answer had been accepted for %(hours)s.") % hours
                )
            case _asked:
                sentences.append(_("Somebody asked our team to look at it."))
    return sentences or [_("A colleague took it on.")]


def _why_not_yet(
    question: Question,
    firings: list[RuleFiring],
    tickets: list[Ticket],
    at: datetime,
) -> list[str]:
    closed = [ticket.closed_at for ticket in tickets if ticket.closed_at]
    last_closed_at = max(closed, default=None)
    fired = {firing.rule_id: firing for firing in firings}
    sentences = []
    for rule in rules_for(question):
        if rule.kind == Kind.REQUESTED:
            continue
        if (firing := fired.get(rule.pk)) is not None:
            sentences.append(_why_not_again(rule, firing))
        elif moment := due_moment(rule, question, last_closed_at):
            sentences.append(_why_then(rule, moment, at))
        elif rule.kind == Kind.UNACCEPTED:
            sentences.append(
                _(
                    "If there are answers but none is accepted in %(hours)s, our team "
                    "takes it too."
                )
                % {"hours": hours_in_words(rule.hours)}
            )
    return sentences or [
        _("No rule sends it to our team by itself; members answer here.")
    ]


def _why_then(rule: EscalationRule, moment: datetime, at: datetime) -> str:
    if moment <= at:
        return _("It has waited long enough: our team gets it in a minute.")
    words = {"moment": moment_in_words(moment)}
    if rule.kind == Kind.UNANSWERED:
        return _("If nobody answers, our team takes it at %(moment)s.") % words
    return _("If no answer is accepted, our team takes it at %(moment)s.") % words


def _why_not_again(rule: EscalationRule, firing: RuleFiring) -> str:
    words = {
        "ticket": firing.ticket.reference if firing.ticket else "",
        "moment": moment_in_words(firing.at),
        "hours": hours_in_words(rule.hours),
    }
    if rule.kind == Kind.UNANSWERED:
        return (
            _(
                "After %(hours)s without an answer our team took it at %(moment)s and "
                "ended ticket %(ticket)s. It comes back only if the question is "
                "re-opened."
            )
            % words
        )
    return (
        _(
            "After %(hours)s without an accepted answer our team took it at %(moment)s "
            "and ended ticket %(ticket)s. It comes back only if the question is "
            "re-opened."
        )
        % words
    )


def _covers(rule: EscalationRule, question: Question) -> bool:
    if rule.language and rule.language != question.language:
        return False
    circles = {circle.pk for circle in rule.circles.all()}
    return not circles or question.circle_id in circles
