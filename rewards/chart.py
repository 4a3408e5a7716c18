"""Pictures of a purse: what came and went by month, what there was each day."""

from collections.abc import Sequence
from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _, pgettext

from rewards.queries.balances import DayEnd
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
    anchor: str = "middle"


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


@dataclass
class BalanceChart:
    """What there was at the end of each day, as outlines in a box of 1000 by HEIGHT."""

    label: str
    spendable: str
    held: str
    line: str
    grid: list[Label]
    words: list[Label]
    changes: list[DayEnd]
    has_held: bool
    height: int = _GROUND - _TOP
    top: int = _TOP


def balance_chart(ends: Sequence[DayEnd]) -> BalanceChart | None:
    """None when there was nothing on any of the days. `changes`: newest first."""
    highest = max(end.spendable + end.held for end in ends)
    if highest <= 0:
        return None
    step = _nice_step(highest)
    scale = (_GROUND - _TOP) / (step * _GRID_LINES)
    free = [end.spendable for end in ends]
    all_of_it = [end.spendable + end.held for end in ends]
    days = (ends[0].day, ends[len(ends) // 2].day, ends[-1].day)
    # The last one's words end with the picture: centred, a narrow one cuts them off.
    places = ((12.0, "middle"), (52.0, "middle"), (100.0, "end"))
    first, last = ends[0], ends[-1]
    label = _("Points to spend from %(first)s to %(last)s: %(from)s, then %(to)s") % {
        "first": date_format(first.day),
        "last": date_format(last.day),
        "from": f"{first.spendable:,}",
        "to": f"{last.spendable:,}",
    }
    pairs = zip(ends, [None, *ends], strict=False)
    changes = [
        end
        for end, before in pairs
        if before is None
        or (end.spendable, end.held) != (before.spendable, before.held)
    ]
    return BalanceChart(
        label=label,
        spendable=_area(free, scale),
        held=_area(all_of_it, scale),
        line=_steps(free, scale),
        grid=[
            Label(0, round(_GROUND - n * step * scale, 1), f"{n * step:,}")
            for n in range(_GRID_LINES + 1)
        ],
        words=[
            Label(x, _WORDS, date_format(day, "MONTH_DAY_FORMAT"), anchor)
            for (x, anchor), day in zip(places, days, strict=True)
        ],
        changes=changes[::-1],
        has_held=any(end.held for end in ends),
    )


def _steps(heights: Sequence[int], scale: float) -> str:
    """A line that stays until the balance changes, then goes straight up or down."""
    ground, width = _GROUND - _TOP, 1000 / len(heights)
    points, before = [], None
    for number, height in enumerate(heights):
        y = round(ground - height * scale, 1)
        if y != before:
            x = round(number * width, 1)
            points.append(f"M0 {y}" if before is None else f"H{x}V{y}")
            before = y
    return "".join(points) + "H1000"


def _area(heights: Sequence[int], scale: float) -> str:
    return f"{_steps(heights, scale)}V{_GROUND - _TOP}H0Z"


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
