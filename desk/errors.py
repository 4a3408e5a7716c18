"""What people may run into at the desk. Each says what happened and what to do."""

from django.utils.translation import gettext_lazy as _, ngettext_lazy

from common.errors import NotAllowed, Refused, TooMany


class NoSuchTicket(Refused):
    """Not there, or not for this person: both look the same."""

    status = 404
    title = _("There is no such ticket")
    sentence = _(
        "No ticket of yours has this number. Nothing was changed. "
        "Look at the list of your tickets."
    )


class NotOnTheDesk(Refused):
    sentence = _(
        "%(name)s does not work at the desk, so the ticket stays where it was. "
        "Choose somebody else."
    )


class TakenByAnother(Refused):
    status = 409
    sentence = _(
        "%(name)s has this ticket already, so it stays with them. "
        "If it should be yours, hand it over to yourself."
    )


class NothingWritten(Refused):
    sentence = _("There is nothing to send yet. Write a few words first.")


class SubjectTooShort(Refused):
    sentence = ngettext_lazy(
        "The subject needs at least %(least)d character. Say what it is about.",
        "The subject needs at least %(least)d characters. Say what it is about.",
        "least",
    )


class TicketHasEnded(Refused):
    status = 409
    sentence = _(
        "This ticket is closed, so nothing was sent. Re-open it first; "
        "what you wrote is kept."
    )


class TicketIsOpen(Refused):
    status = 409
    sentence = _("This ticket is open already. You can simply write in it.")


class NotPossibleNow(Refused):
    """The ticket's state allows no such step; somebody else may have moved it."""

    status = 409
    sentence = _(
        "The ticket has moved on in the meantime, so nothing was changed. "
        "Look at it again."
    )


class NoThreadToAnswer(Refused):
    sentence = _(
        "This ticket does not come from a public question, so there is no thread to "
        "answer in. Reply to the person instead."
    )


class TooLateToReopen(Refused):
    status = 409
    sentence = ngettext_lazy(
        "A ticket can be re-opened for %(days)d day. Please open a new one and "
        "mention this number.",
        "A ticket can be re-opened for %(days)d days. Please open a new one and "
        "mention this number.",
        "days",
    )


class AnotherTicketIsOpen(Refused):
    status = 409
    sentence = _(
        "Another ticket, %(reference)s, is open for the same question. "
        "Go on there; this one stays closed."
    )


class NotForOurTeam(NotAllowed):
    sentence = _(
        "Only the person who asked, service agents and our staff can hand a question "
        "to our team. If you have the same problem, say “me too”."
    )


class CameFromElsewhere(Refused):
    sentence = _(
        "This question was brought along from an older community, where nobody waits "
        "for our team any more. If you have the same problem, ask it anew."
    )


class SolvedAlready(Refused):
    status = 409
    sentence = _(
        "This question is solved, so our team does not need to look at it. "
        "If it is not, re-open the question first."
    )


class TooEarlyToAsk(Refused):
    status = 409
    sentence = _(
        "Give others a little time: you can hand this question to our team "
        "from %(moment)s."
    )


class AskedAlready(Refused):
    """`reference` is the ticket this thread had since it was asked or re-opened."""

    status = 409
    sentence = _(
        "Our team has dealt with this question in ticket %(reference)s. "
        "Re-open that ticket if the trouble is still there."
    )


class AskedEnoughToday(TooMany):
    sentence = _(
        "You have handed as many questions to our team today as one person can. "
        "The next one is possible in %(wait)s."
    )


class OpenedEnoughToday(TooMany):
    sentence = _(
        "You have opened as many tickets today as one person can. What you wrote is "
        "kept in the form; add it to an open ticket, or try again in %(wait)s."
    )


class WritingTooMuch(TooMany):
    sentence = _(
        "You have written a lot in a short time. What you wrote is kept in the form; "
        "please send it in %(wait)s."
    )


class AskingIsOff(Refused):
    status = 409
    sentence = _(
        "Questions of this circle cannot be handed to our team by hand at the moment. "
        "Nothing was changed. You can open a private ticket instead."
    )


class NotYourTask(NotAllowed):
    """They may read the ticket, but it is not theirs to work on."""

    sentence = _(
        "Only our team can do this. Nothing was changed. "
        "You can write a message in the ticket."
    )


class OnlyTheCustomer(NotAllowed):
    """Our team may read the ticket, but not speak as the person whose it is."""

    sentence = _(
        "Only the person whose ticket this is can do this. Nothing was changed. "
        "You can work on it at the desk."
    )
