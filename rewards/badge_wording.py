"""What a badge is given for, as a sentence made from its rule."""

from django.utils.translation import gettext as _, ngettext

from rewards.models import Badge, Level
from rewards.models.badges import Tier

Feat = Badge.Feat


def criterion(badge: Badge, needed: int) -> str:
    """One tier's rule in the reader's language: what, how often, where and when."""
    words = _feat(badge, needed)
    where = _where(badge)
    if where and badge.window != Badge.Window.EVER:
        return _("%(feat)s, %(where)s, %(when)s.") % {
            "feat": words,
            "where": where,
            "when": _when(badge),
        }
    if where:
        return _("%(feat)s, %(where)s.") % {"feat": words, "where": where}
    if badge.window != Badge.Window.EVER:
        return _("%(feat)s, %(when)s.") % {"feat": words, "when": _when(badge)}
    return _("%(feat)s.") % {"feat": words}


def criteria(badge: Badge) -> list[tuple[Tier, str, str]]:
    """Each tier with its class of the stylesheet and its sentence."""
    return [
        (tier, tier.name.lower(), criterion(badge, needed))
        for tier, needed in badge.thresholds
    ]


def conditions(badge: Badge) -> list[str]:
    """What else holds of a badge: how long, whether it can go, what counts."""
    found = []
    if badge.is_given_by_staff:
        found.append(_("Given by our team, with a reason."))
    if badge.valid_days:
        found.append(
            ngettext(
                "Valid for %(n)s day; earned again, it stays.",
                "Valid for %(n)s days; earned again, it stays.",
                badge.valid_days,
            )
            % {"n": badge.valid_days}
        )
    if badge.feat and badge.is_taken_back:
        found.append(_("Goes when its cause is undone, such as an answer deleted."))
    if badge.feat and badge.counts_imported:
        found.append(_("What came from an earlier community counts, too."))
    return found


def _feat(badge: Badge, n: int) -> str:
    facts = {"n": f"{n:,}", "minutes": badge.minutes}
    match badge.feat:
        case Feat.ANSWERS:
            words = ngettext(
                "%(n)s answer to somebody else", "%(n)s answers to others", n
            )
        case Feat.ACCEPTED:
            words = ngettext("%(n)s accepted answer", "%(n)s accepted answers", n)
        case Feat.FIRST_ANSWERS:
            words = ngettext(
                "%(n)s first answer within %(minutes)s minutes of the question",
                "%(n)s first answers within %(minutes)s minutes of the question",
                n,
            )
        case Feat.RESCUES:
            words = ngettext(
                "%(n)s accepted answer to a question that had waited a day",
                "%(n)s accepted answers to questions that had waited a day",
                n,
            )
        case Feat.UP_VOTES:
            words = ngettext(
                "%(n)s vote up for answers", "%(n)s votes up for answers", n
            )
        case Feat.ARTICLES:
            words = ngettext(
                "%(n)s answer that became an official article",
                "%(n)s answers that became official articles",
                n,
            )
        case Feat.SOLVED_QUESTIONS:
            words = ngettext(
                "%(n)s question of one's own that was solved",
                "%(n)s questions of one's own that were solved",
                n,
            )
        case Feat.UPHELD_FLAGS:
            words = ngettext(
                "%(n)s flag the moderators agreed with",
                "%(n)s flags the moderators agreed with",
                n,
            )
        case Feat.DAYS_IN_A_ROW:
            words = ngettext(
                "an answer on %(n)s day", "an answer on each of %(n)s days in a row", n
            )
        case Feat.TOPICS:
            words = ngettext(
                "an accepted answer in %(n)s topic",
                "accepted answers in %(n)s different topics",
                n,
            )
        case _other:
            words = ngettext(
                "%(n)s edit of somebody else's post that stayed",
                "%(n)s edits of others' posts that stayed",
                n,
            )
    return words % facts


def _where(badge: Badge) -> str:
    places = []
    if badge.tag:
        places.append(_("in the topic “%(topic)s”") % {"topic": badge.tag.name})
    if badge.circle:
        places.append(_("in the circle “%(circle)s”") % {"circle": badge.circle.name})
    if badge.language:
        languages = {"en": _("in English"), "zh-hans": _("in Chinese")}
        places.append(languages[badge.language])
    return _(", ").join(places)


def _when(badge: Badge) -> str:
    if badge.window == Badge.Window.YEAR:
        return _("in one calendar year")
    days = badge.window_days or 0
    return ngettext("within %(n)s day", "within %(n)s days", days) % {"n": days}


def need_words(name: str, needed: int) -> str:
    """What one need of a level is called, with its number."""
    words = {
        "reputation": ngettext("%(n)s reputation", "%(n)s reputation", needed),
        "points": ngettext("%(n)s point earned", "%(n)s points earned", needed),
        "accepted": ngettext("%(n)s accepted answer", "%(n)s accepted answers", needed),
        "days": ngettext("%(n)s day as a member", "%(n)s days as a member", needed),
    }
    return words[name] % {"n": f"{needed:,}"}


def level_words(level: Level) -> list[str]:
    """What a level needs, as short phrases; none: everybody stands on it."""
    return [need_words(name, n) for name, n in level.needs.items() if n]
