"""What was noticed, in words of the reader's language."""

from django.utils.translation import gettext as _, ngettext

from rewards.queries.fairplay import Sight


def words_of(sight: Sight) -> str:
    """One sentence with its numbers. It says what is so, never what it means."""
    facts = {
        "name": sight.person.name,
        "partner": sight.partner.name,
        "n": sight.n,
        "percent": sight.percent,
    }
    return _SENTENCES[sight.kind](sight.n) % facts


_SENTENCES = {
    "ring": lambda n: ngettext(
        "%(n)s account around %(name)s brought %(percent)s %% of all credit.",
        "%(n)s accounts around %(name)s brought %(percent)s %% of all credit.",
        n,
    ),
    "newcomers": lambda n: ngettext(
        "%(n)s newcomer asked one question, which only %(name)s answered, and "
        "accepted: nearly all who did so, far more than elsewhere in the hall. They "
        "brought %(percent)s %% of all credit.",
        "%(n)s newcomers asked one question each, which only %(name)s answered, and "
        "accepted: nearly all who did so, far more than elsewhere in the hall. They "
        "brought %(percent)s %% of all credit.",
        n,
    ),
    "devoted": lambda n: ngettext(
        "%(partner)s accepted %(n)s answer, and only of %(name)s.",
        "%(partner)s accepted %(n)s answers, and only of %(name)s.",
        n,
    ),
    "share": lambda n: ngettext(
        "%(percent)s %% of %(name)s’s credit came from %(partner)s (%(n)s accepted "
        "answer).",
        "%(percent)s %% of %(name)s’s credit came from %(partner)s (%(n)s accepted "
        "answers).",
        n,
    ),
    "sole": lambda n: ngettext(
        "%(partner)s dealt with nobody but %(name)s, %(n)s time.",
        "%(partner)s dealt with nobody but %(name)s, %(n)s times.",
        n,
    ),
    "mutual": lambda n: ngettext(
        "%(name)s and %(partner)s accepted each other’s answers, at least %(n)s "
        "time each.",
        "%(name)s and %(partner)s accepted each other’s answers, at least %(n)s "
        "times each.",
        n,
    ),
    "quick": lambda n: ngettext(
        "%(partner)s accepted an answer of %(name)s within seconds, %(n)s time.",
        "%(partner)s accepted an answer of %(name)s within seconds, %(n)s times.",
        n,
    ),
    "burst": lambda n: ngettext(
        "%(partner)s voted for %(name)s %(n)s time in one go.",
        "%(partner)s voted for %(name)s %(n)s times in one go.",
        n,
    ),
    "device": lambda _n: _(
        "%(name)s and %(partner)s signed in from the same device this month."
    ),
    "network": lambda _n: _(
        "%(name)s and %(partner)s signed in from the same network this month, as a "
        "family or an office does."
    ),
}
