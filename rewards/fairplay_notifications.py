"""What people in a fair-play case are told: plainly, and how to answer."""

from typing import Any

from django.utils.translation import gettext as _, gettext_lazy, ngettext

from people.registries import notification

LABEL = gettext_lazy("Points of mine are looked at")
APPEALS = gettext_lazy("Appeals that I may answer")


def _points(data: dict[str, Any]) -> str:
    return ngettext("%(n)s point", "%(n)s points", data["points"]) % {
        "n": f"{data['points']:,}"
    }


@notification("rewards.points_in_review", LABEL, by_mail=True)
def in_review(data: dict[str, Any]) -> str:
    return _(
        "%(points)s of yours wait a little longer: somebody looks at how they were "
        "earned, within %(hours)s hours. Nothing is taken from you meanwhile."
    ) % {"points": _points(data), "hours": data["hours"]}


@notification("rewards.case_held", LABEL, by_mail=True)
def held(data: dict[str, Any]) -> str:
    return _(
        "%(points)s of yours stay held after somebody looked at how they were earned. "
        "Read why, and what you can do."
    ) % {"points": _points(data)}


@notification("rewards.case_released", LABEL)
def released(data: dict[str, Any]) -> str:
    return _(
        "We looked at how %(points)s of yours were earned: all is well, and they are "
        "released. Thank you for waiting."
    ) % {"points": _points(data)}


@notification("rewards.case_lapsed", LABEL)
def lapsed(data: dict[str, Any]) -> str:
    return _(
        "%(points)s of yours had waited for a decision. Nobody made one in time, so "
        "they are released."
    ) % {"points": _points(data)}


@notification("rewards.case_clawed_back", LABEL, by_mail=True)
def clawed_back(data: dict[str, Any]) -> str:
    return _(
        "%(points)s of yours were taken back: our team found that they were not earned "
        "by helping others. Read why, and how to appeal."
    ) % {"points": _points(data)}


@notification("rewards.appeal_waits", APPEALS, by_mail=True)
def appeal_waits(data: dict[str, Any]) -> str:
    return _("An appeal in case %(case)s waits for an answer of yours.") % data


@notification("rewards.appeal_granted", LABEL, by_mail=True)
def granted(data: dict[str, Any]) -> str:
    return _(
        "Your appeal was granted, and %(points)s are yours again. We are sorry for "
        "the trouble."
    ) % {"points": _points(data)}


@notification("rewards.appeal_refused", LABEL, by_mail=True)
def refused(_data: dict[str, Any]) -> str:
    return _(
        "Somebody else looked at your appeal; the decision stays. Read what they wrote."
    )
