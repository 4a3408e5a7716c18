"""The picture of a purse: what came and went month by month, and what was left."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _, pgettext

from rewards.queries.points import Month

# Pixels of a picture 14rem high; across it is drawn in percent of the page.
_TOP, _GROUND, _WORDS = 28, 190, 212
_BAR_WIDTH = 3.0
_GRID_LINES = 3


@dataclass(frozen=True)
class Bar:
    css: str
    x: float
    y: float
    height: float
    width: float = _BAR_WIDTH


@dataclass(frozen=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float


@dataclass(frozen=True)
class Label:
    x: float
    y: float
    text: str


@dataclass
class Chart:
    """Places in percent across and pixels down, ready to be written as SVG."""

    label: str
    bars: list[Bar] = field(default_factory=list)
    sums: list[Line] = field(default_factory=list)
    grid: list[Label] = field(default_factory=list)
    words: list[Label] = field(default_factory=list)
    end: Label | None = None


def chart_of(months: Sequence[Month]) -> Chart | None:
    """None when nothing happened in these months: there is nothing to look at."""
    highest = max(max(m.came, m.went, m.balance) for m in months)
    if not any(month.came or month.went for month in months):
        return None
    step = _nice_step(highest)
    scale = (_GROUND - _TOP) / (step * _GRID_LINES)
    names = [
        date_format(month.starts_at, pgettext("month in a chart", "M"))
        for month in months
    ]
    ends = ", ".join(
        f"{name} {month.balance:,}" for name, month in zip(names, months, strict=True)
    )
    chart = Chart(_("Points at the end of each month: %(months)s") % {"months": ends})
    for number in range(_GRID_LINES + 1):
        y = _GROUND - number * step * scale
        chart.grid.append(Label(0, round(y, 1), f"{number * step:,}"))
    places = _places(len(months))
    for place, name, month in zip(places, names, months, strict=True):
        chart.words.append(Label(place, _WORDS, name))
        chart.bars += _bars(place, month, scale)
    tops = [round(_GROUND - month.balance * scale, 1) for month in months]
    points = list(zip(places, tops, strict=True))
    for (x1, y1), (x2, y2) in zip(points, points[1:], strict=False):
        chart.sums.append(Line(x1, y1, x2, y2))
    chart.end = Label(places[-1], tops[-1], f"{months[-1].balance:,}")
    return chart


def _places(count: int) -> list[float]:
    """The middles of the months, clear of the numbers at the left edge."""
    first, last = 12.0, 92.0
    return [
        round(first + (last - first) * index / max(1, count - 1), 1)
        for index in range(count)
    ]


def _bars(place: float, month: Month, scale: float) -> list[Bar]:
    both = [
        (css, round(amount * scale, 1))
        for css, amount in (("in", month.came), ("out", month.went))
        if amount
    ]
    left = place - (len(both) * _BAR_WIDTH + (len(both) - 1) * 0.8) / 2
    return [
        Bar(css, round(left + index * (_BAR_WIDTH + 0.8), 1), _GROUND - height, height)
        for index, (css, height) in enumerate(both)
    ]


def _nice_step(highest: int) -> int:
    """A round distance between grid lines, so that the topmost is above everything."""
    size = 1
    while True:
        for factor in (1, 2, 4, 5):
            if factor * size * _GRID_LINES >= highest:
                return factor * size
        size *= 10
