"""The programme of service agents."""

from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed, Refused, TooMany


class AppointingYourself(NotAllowed):
    sentence = _(
        "You can't appoint yourself; a colleague has to decide. Nothing was changed."
    )


class AlreadyAnAgent(Refused):
    status = 409
    sentence = _("This member is a service agent already. Nothing was changed.")


class NotAnAgent(Refused):
    status = 409
    sentence = _("This member is not a service agent. Nothing was changed.")


class NotAMember(Refused):
    status = 409
    sentence = _(
        "Only members who can sign in may become service agents. Nothing was changed."
    )


class NotThatStep(Refused):
    status = 409
    sentence = _(
        "That step does not follow from where this person stands in the programme "
        "(%(step)s). Nothing was changed. Look at the page again."
    )


class MarksMissing(Refused):
    sentence = _(
        "Every criterion of the newest scorecard needs a mark from 0 to 4. "
        "Nothing was stored. Mark what is missing."
    )


class NotGoodEnough(Refused):
    status = 409
    sentence = _(
        "The evaluation gave %(percent)s percent, and an invitation needs "
        "%(needed)s. Nobody was invited. Evaluate again or end it here."
    )


class SaidNoLately(Refused):
    status = 409
    sentence = _(
        "This member said no not long ago and asked to be left in peace. "
        "Nothing was changed. Ask again after %(day)s."
    )


class InvitationOver(Refused):
    status = 409
    sentence = _(
        "There is no open invitation for you any more. Nothing was changed; "
        "your posts and points stay. Write to our team if you would still like to join."
    )


class TermsChanged(Refused):
    status = 409
    sentence = _(
        "The terms have changed since you opened the page. You have agreed to nothing "
        "yet. Read the new version and decide again."
    )


class AgreeFirst(Refused):
    status = 409
    sentence = _(
        "Your bench waits for your agreement to the new terms. Nothing was changed. "
        "Read them and agree, and you can go on at once."
    )


class NothingToAgreeTo(Refused):
    status = 409
    sentence = _("There are no terms for you to agree to. Nothing was changed.")


class PausedByStaff(NotAllowed):
    sentence = _(
        "Our team set this break, so our team has to end it. Nothing was changed. "
        "You were told why; answer there if you see it differently."
    )


class TriedEnoughToday(TooMany):
    sentence = _(
        "You have used all tries of this test for today. What you passed stays. "
        "Read the lesson again and come back tomorrow."
    )


class AnswersMissing(Refused):
    sentence = _(
        "Some questions have no answer yet. This was not counted as a try. "
        "Answer all of them and send again."
    )


class TooManyReplies(Refused):
    status = 409
    sentence = _(
        "You have %(most)s replies of your own, which is the limit. "
        "Nothing was stored. Delete one that you no longer need."
    )


class TooManyTopics(Refused):
    status = 409
    sentence = _("Choose at most %(most)s topics. Your topics are as they were before.")


class NothingWritten(Refused):
    sentence = _("There is nothing to send yet. Write something first.")


class SampleTooSmall(Refused):
    status = 409
    sentence = _(
        "Read the whole sample before you choose a band; answers left: %(missing)s. "
        "No bonus was given."
    )


class BonusGiven(Refused):
    status = 409
    sentence = _("The bonus of this month was given already. Nothing was changed.")


class BonusRuleOff(Refused):
    status = 409
    sentence = _(
        "The earning rule of the monthly bonus is off, so no bonus was given. "
        "Switch the rule on, then give it."
    )


class MonthNotOver(Refused):
    status = 409
    sentence = _(
        "The month is not over yet, so nobody can judge it. No bonus was given."
    )


class TrainingMissing(Refused):
    status = 409
    sentence = _(
        "Before the first bonus this agent has to pass: %(abilities)s. "
        "No bonus was given."
    )


class NotInTheSample(Refused):
    status = 409
    sentence = _(
        "This answer is not part of the month's sample, or you marked it already. "
        "Nothing was stored."
    )
