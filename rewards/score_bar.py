"""What the parts of a score are called, and the bar they are drawn as."""

from dataclasses import dataclass

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString
from django.utils.translation import gettext_lazy as _

from rewards.models import LeaderScore
from rewards.queries.leaders import parts_in_order

PART_NAMES = {
    "help": _("Helping"),
    "accepted": _("Accepted"),
    "response": _("Speed"),
    "reach": _("Reach"),
    "votes": _("Votes"),
    "overall": _("Other topics"),
}
PART_MEANINGS = {
    "help": _(
        "Answers to others of the last days that members didn't vote down. "
        "Help for the same person counts less each time."
    ),
    "accepted": _("Answers that askers accepted."),
    "response": _("First answers, the sooner the more; and questions rescued late."),
    "reach": _("How many different people you helped."),
    "votes": _("Votes from members; newer ones weigh more."),
    "overall": _("Half of your score overall, where a topic alone says little."),
}
# Each part keeps its colour wherever it is drawn: classes of the stylesheet.
PART_COLOURS = {name: f"p{place}" for place, name in enumerate(PART_NAMES, start=1)}
# Bars narrower than this have no room for their number.
NUMBER_FITS_PERCENT = 6
# On a phone these have none either.
NUMBER_FITS_PHONE_PERCENT = 12
GAP_PERCENT, LEAST_PERCENT = 0.4, 0.2


@dataclass(frozen=True)
class Segment:
    """A piece of a score bar, in percent of the widest score on the page."""

    name: str
    css: str
    x: float
    width: float
    middle: float
    points: int
    has_number: bool


def score_bar(row: LeaderScore, widest: float) -> SafeString:
    """An SVG, written here: as a template it was half of what the leaders page cost."""
    pieces = segments(row, widest)
    return format_html(
        '<svg class="score-bar" role="img" aria-label="{}">{}</svg>',
        ", ".join(f"{piece.name} {piece.points}" for piece in pieces),
        format_html_join("", "{}", ((_drawn(piece),) for piece in pieces)),
    )


def _drawn(piece: Segment) -> SafeString:
    rect = format_html(
        '<rect class="{}" x="{}%" width="{}%" height="100%" rx="3"/>',
        piece.css,
        piece.x,
        piece.width,
    )
    if not piece.has_number:
        return rect
    is_tight = piece.width < NUMBER_FITS_PHONE_PERCENT
    return format_html(
        '{}<text class="{}{}" x="{}%" y="50%">{}</text>',
        rect,
        piece.css,
        " is-tight" if is_tight else "",
        piece.middle,
        piece.points,
    )


def segments(row: LeaderScore, widest: float) -> list[Segment]:
    found, x = [], 0.0
    for name, points in parts_in_order(row):
        width = 100 * points / (widest or 1)
        if points > 0:
            found.append(
                Segment(
                    name=str(PART_NAMES[name]),
                    css=PART_COLOURS[name],
                    x=round(x, 2),
                    width=round(max(width - GAP_PERCENT, LEAST_PERCENT), 2),
                    middle=round(x + width / 2, 2),
                    points=points,
                    has_number=width >= NUMBER_FITS_PERCENT,
                )
            )
        x += width
    return found
