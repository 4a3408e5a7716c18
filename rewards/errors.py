"""What rewards refuse, in words for the person."""

from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed, Refused, TooMany


class NotEnoughPoints(Refused):
    status = 409
    sentence = _(
        "You need %(missing)s more points for this gift. Nothing was taken from you. "
        "Helpful answers earn points."
    )


class SoldOut(Refused):
    status = 409
    sentence = _(
        "Somebody else took the last one a moment ago. "
        "Your points are all still there; please choose another gift."
    )


class NotOnOffer(Refused):
    status = 409
    sentence = _(
        "This gift is not on offer right now. Your points are all still there."
    )


class LimitReached(Refused):
    status = 409
    sentence = _(
        "One person may have %(most)s of this gift, and you already do. "
        "Your points are all still there."
    )


class OnlyByTurns(Refused):
    status = 409
    sentence = _(
        "Many want this gift, so it is given by turns. Nothing was taken from you. "
        "Enter its waiting room."
    )


class RoomNotOpen(Refused):
    status = 409
    sentence = _(
        "The waiting room opens an hour before the gift does. Come back then; "
        "being early in it gives nobody a better place."
    )


class HoldEnded(Refused):
    status = 409
    sentence = _(
        "The time to confirm is over, so your points went back to you and the gift "
        "to the next. If there is one left, you can order again."
    )


class HoldingAnother(Refused):
    status = 409
    sentence = _(
        "Another gift is kept for you right now. Confirm it or let it go first. "
        "Nothing was taken from you."
    )


class HeldTooOften(Refused):
    status = 429
    sentence = _(
        "This gift was kept for you twice today and not confirmed. You can still "
        "redeem it at once. Nothing was taken from you."
    )


class KeyOfAnotherOrder(Refused):
    status = 409
    sentence = _(
        "This form was already used for another order. Nothing was taken from you. "
        "Open the gift again and confirm once more."
    )


class CostChanged(Refused):
    status = 409
    sentence = _(
        "This gift costs %(cost)s points now, not what you saw before. "
        "Nothing was taken from you. Look again and confirm if you still want it."
    )


class FormWithoutKey(Refused):
    status = 400
    sentence = _(
        "The order came without the key of its form. Nothing was taken from you. "
        "Confirm it here once more."
    )


class AlreadySettled(Refused):
    status = 409
    sentence = _("This order was already delivered or cancelled. Nothing was changed.")


class NothingToRepeat(Refused):
    status = 409
    sentence = _(
        "This gift was delivered, or its order is closed. Nothing was sent again."
    )


class LinkOfAnother(NotAllowed):
    sentence = _(
        "This link was sent to somebody else. It was not used up; your own purse is "
        "on the rewards page."
    )


class YourOwnOrder(NotAllowed):
    sentence = _(
        "This order is your own, so a colleague has to settle it. Nothing was changed."
    )


class YourOwnCase(NotAllowed):
    sentence = _(
        "You are one of the people this case is about, so a colleague has to decide. "
        "Nothing was changed."
    )


class CaseClosed(Refused):
    status = 409
    sentence = _(
        "Somebody decided about this case a moment ago. Nothing was changed; look at "
        "what they wrote."
    )


class CaseNeedsReason(Refused):
    status = 400
    sentence = _(
        "Please say why: the people concerned read it. Nothing was changed yet."
    )


class NobodyChosen(Refused):
    status = 400
    sentence = _(
        "Choose whose points are taken back. Nothing was changed yet; the points of "
        "those you leave out are released."
    )


class NothingToAppeal(Refused):
    status = 409
    sentence = _("There is no decision about your points to appeal against right now.")


class AppealedAlready(Refused):
    status = 409
    sentence = _(
        "You appealed against this decision already. Your words are kept, and somebody "
        "who did not decide reads them."
    )


class AppealTooLate(Refused):
    status = 409
    sentence = _(
        "Appeals are taken for %(days)s days after a decision, and these are over. "
        "Please write to us with a ticket instead."
    )


class AppealAnswered(Refused):
    status = 409
    sentence = _("This appeal was answered already. Nothing was changed.")


class DecidedByYou(NotAllowed):
    sentence = _(
        "The decision was yours, so somebody else has to answer the appeal. Nothing "
        "was changed."
    )


class NoCodeToVoid(Refused):
    status = 409
    sentence = _(
        "This order has no code, or its points were given back already. "
        "Nothing was changed."
    )


class ReasonMissing(Refused):
    sentence = _("Say what is wrong with the code. Nothing was changed.")


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
        "Read %(missing)s more answers of the sample before you choose a band. "
        "No bonus was given."
    )


class BonusGiven(Refused):
    status = 409
    sentence = _("The bonus of this month was given already. Nothing was changed.")


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


class PointsMissing(Refused):
    status = 409
    sentence = _(
        "You have %(has)s points to give. Nothing was taken from you. "
        "Choose a smaller number, at least 1."
    )


class DonationTooSmall(Refused):
    sentence = _(
        "A donation begins at %(least)s points. Nothing was taken from you. "
        "Give a few more, or keep them for later."
    )


class CharityClosed(Refused):
    status = 409
    sentence = _(
        "This good cause takes no points at the moment. Nothing was taken from you. "
        "Please choose another."
    )


class NothingToCarryOver(Refused):
    status = 409
    sentence = _(
        "None of your points can be carried over now: each can be once, within the "
        "30 days before it expires. Nothing was changed."
    )


class NotToYourself(Refused):
    sentence = _("These points are yours already. Choose another member.")


class PassedOnAlready(Refused):
    status = 409
    sentence = _(
        "You have passed points on in %(year)s, and once a year is the most. "
        "Nothing more was taken from you."
    )


class PassingOnClosed(Refused):
    status = 409
    sentence = _("Points can't be passed on at the moment. Nothing was taken from you.")


class TooMuchToPassOn(Refused):
    sentence = _(
        "At most %(most)s points can be passed on in a year. "
        "Nothing was taken from you. Choose a smaller number."
    )


class NotAMemberLongEnough(NotAllowed):
    sentence = _(
        "Points go from member to member: both with a confirmed e-mail address, for "
        "at least %(days)s days, and neither in charge of points. "
        "Nothing was taken from you."
    )


class ReceivesTooMuch(Refused):
    status = 409
    sentence = _(
        "This member can't receive that many points now. Nothing was taken from you. "
        "Choose a smaller number or another member."
    )


class NotToEachOther(NotAllowed):
    sentence = _(
        "Between the two of you no points can be passed on. "
        "Nothing was taken from you. Ask our team if you think this is wrong."
    )


class NoSuchMember(Refused):
    sentence = _(
        "Nobody has this name here. Nothing was taken from you. "
        "It is the last part of the address of the member's page."
    )


class NotForYourself(NotAllowed):
    sentence = _(
        "These points would be your own, so a colleague has to decide. "
        "Nothing was changed."
    )


class AwardNeedsAnother(NotAllowed):
    sentence = _(
        "You proposed this award, so another manager has to agree. Nothing was changed."
    )


class AwardNeedsReason(Refused):
    sentence = _("Say why, in a sentence the member may read. Nothing was changed.")


class AwardOutOfBounds(Refused):
    sentence = _(
        "Give at least %(least)s and at most %(most)s points. Nothing was changed."
    )


class AwardToNobody(Refused):
    status = 409
    sentence = _(
        "Points go to members who can sign in, for what everybody can see. "
        "Nothing was changed."
    )


class AwardDecided(Refused):
    status = 409
    sentence = _("This award was decided already. Nothing was changed.")


class AlreadyCommended(Refused):
    status = 409
    sentence = _("You have commended this answer already. Nothing was changed.")


class BudgetSpent(Refused):
    status = 409
    sentence = _(
        "This month's budget has not so many points left. Nothing was given. "
        "Give fewer, wait for next month, or change the terms of the points."
    )


class BudgetBusy(Refused):
    status = 503
    sentence = _(
        "Many points are being given this moment. Nothing was changed. "
        "Try again in a few seconds."
    )


class NoSuchAnswer(Refused):
    sentence = _(
        "There is no such answer. Nothing was changed. "
        "Copy the address from the link below the answer, or type its number."
    )


class LevelNeeded(NotAllowed):
    sentence = _(
        "This gift is for members from the level “%(level)s” on. "
        "Your points are all still there. Your page shows what the next level needs."
    )


class BadgeNotADraft(Refused):
    status = 409
    sentence = _("This badge is in force already, or retired. Nothing was changed.")


class BadgeNotInForce(Refused):
    status = 409
    sentence = _(
        "This badge is not in force, so nobody gets it. Nothing was changed. "
        "Enable it first."
    )


class BadgeByRule(Refused):
    status = 409
    sentence = _(
        "This badge is given and taken by its rule alone. Nothing was changed. "
        "To honour somebody by hand, make a badge without a rule."
    )


class BadgeToYourself(NotAllowed):
    sentence = _(
        "You can't give yourself a badge; a colleague has to decide. "
        "Nothing was changed."
    )


class BadgeToNobody(Refused):
    status = 409
    sentence = _(
        "Badges are given by hand to members who can sign in. Nothing was changed."
    )


class BadgeReasonMissing(Refused):
    sentence = _("Say why, in a sentence everybody may read. Nothing was changed.")


class BadgeNotHeld(Refused):
    status = 409
    sentence = _("This member does not have the badge any more. Nothing was changed.")
