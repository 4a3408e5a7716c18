"""The picture of an agent's report: answers and how many helped, by month."""

from collections.abc import Sequence

from django.utils.formats import date_format
from django.utils.translation import gettext as _, pgettext

from rewards.chart import Bar, Chart, Label
from rewards.queries.agent_report import MonthReport

_TOP, _GROUND, _WORDS = 28, 190, 212
_FIRST, _LAST = 10.0, 92.0
_WIDTH = 4.0


def answers_chart(reports: Sequence[MonthReport]) -> Chart | None:
    """None when nothing was answered in these months."""
    highest = max(one.answers for one in reports)
    if not highest:
        return None
    names = [
        date_format(one.month, pgettext("month in a chart", "M")) for one in reports
    ]
    words = ", ".join(
        f"{name} {one.answers}/{one.helpful}"
        for name, one in zip(names, reports, strict=True)
    )
    chart = Chart(
        _("Answers and helpful ones, by month: %(months)s") % {"months": words}
    )
    scale = (_GROUND - _TOP) / highest
    step = (_LAST - _FIRST) / max(1, len(reports) - 1)
    chart.grid = [Label(0, _GROUND, "0"), Label(0, _TOP, str(highest))]
    for index, (name, one) in enumerate(zip(names, reports, strict=True)):
        middle = _FIRST + index * step
        chart.words.append(Label(round(middle, 1), _WORDS, name))
        for css, amount, side in (("out", one.answers, -1), ("in", one.helpful, 0)):
            height = round(amount * scale, 1)
            left = round(middle + side * _WIDTH, 1)
            if amount:
                chart.bars.append(Bar(css, left, _GROUND - height, height, _WIDTH))
    return chart
