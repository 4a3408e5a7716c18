"""What people may run into here. Each says what happened and what to do."""

from django.utils.translation import gettext_lazy as _

from common.errors import NotAllowed, Refused, TooMany


class NoLongerThere(Refused):
    """The post cannot be read by this person: gone, hidden, or never shown."""

    status = 404
    sentence = _(
        "This post is not here any more, so nothing was changed. "
        "Go back to the list of questions to see what is."
    )


class WasDeleted(Refused):
    """What a program is told of a removed thread; pages show its tombstone."""

    status = 410
    sentence = _("This question was deleted. Its words are not shown any more.")


class TitleTooShort(Refused):
    sentence = _(
        "The title needs at least %(least)s characters. "
        "Say what happens, with what, and since when."
    )


class BodyTooShort(Refused):
    sentence = _(
        "Please write at least %(least)s characters, "
        "so that somebody can follow what you mean."
    )


class CircleClosed(Refused):
    sentence = _("Nobody can ask in this circle at the moment. Please choose another.")


class NoSuchCircle(Refused):
    sentence = _("There is no such circle. Please choose another.")


class TooManyTags(Refused):
    sentence = _("A question can have at most %(most)s tags. Please remove some.")


class TagNotUsable(Refused):
    sentence = _(
        "“%(name)s” can't be a tag. Use 1 to %(most)s letters, digits, spaces "
        "or the signs + # . - / & _"
    )


class TooManyLinks(Refused):
    sentence = _(
        "New members can put at most %(most)s links into a post. "
        "Remove some and send it again; what you wrote is kept."
    )


class TooManyImages(Refused):
    sentence = _(
        "New members can put at most %(most)s pictures into a post. "
        "Remove some and send it again; what you wrote is kept."
    )


class SamePostAgain(Refused):
    """`post` is the one that is already there."""

    status = 409
    sentence = _("You posted exactly this a moment ago. It is already there.")


class FirstDayLimit(TooMany):
    """`most` posts of a kind on the first day; `retry_after` seconds until it ends."""

    sentence = _(
        "On your first day you can post %(most)s of these. "
        "Please send it again in %(wait)s."
    )

    def __init__(self, *, most: int, retry_after: int) -> None:
        super().__init__(retry_after=retry_after)
        self.most = most
        self.facts["most"] = most


class PostingTooFast(TooMany):
    sentence = _(
        "That is a lot at once, so this was not posted yet. "
        "Please send it again in %(wait)s."
    )


class OwnPost(NotAllowed):
    sentence = _("This is your own post. Somebody else has to judge it.")


class NotEnoughReputation(NotAllowed):
    sentence = _(
        "Voting down needs a reputation of %(needed)s; you have %(has)s. "
        "A comment saying what is wrong helps more, and is open to everybody."
    )


class NotAVote(Refused):
    sentence = _("A vote is up, down or none.")


class NotYourThread(NotAllowed):
    sentence = _("Only the person who asked, or our staff, can do this.")


class NotYourPost(NotAllowed):
    sentence = _("Only the author or a moderator can change this post.")


class AcceptingYourOwn(NotAllowed):
    sentence = _(
        "You can't accept your own answer to somebody else's question. "
        "Leave it to the person who asked or to a colleague."
    )


class OthersHaveAnswered(NotAllowed):
    sentence = _(
        "Other people have answered, and their answers would go with your question. "
        "Ask a moderator with the flag if it has to be removed."
    )


class AnswerIsAccepted(NotAllowed):
    sentence = _("This answer solved the question and stays. You can still improve it.")


class TooLateToRestore(NotAllowed):
    sentence = _(
        "You can bring back what you deleted for %(days)s days. "
        "After that, please ask a moderator."
    )


class NotAReason(Refused):
    sentence = _("Please choose one of the reasons.")


class NotInThisThread(Refused):
    sentence = _("That answer belongs to another question.")


class NotSolvedYet(Refused):
    status = 409
    sentence = _("The question has to be solved before it can become an article.")


class NothingToReopen(Refused):
    status = 409
    sentence = _("This question is open already.")


class CannotMerge(Refused):
    sentence = _(
        "Two different, visible questions in the same language can be merged. "
        "These can't."
    )


class StillWithStaff(Refused):
    status = 409
    sentence = _("A ticket is open for this question. Close it first.")


class NotACanonicalTag(Refused):
    sentence = _("Choose a tag that is not a synonym itself.")
