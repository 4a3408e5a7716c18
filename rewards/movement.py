"""The picture of places won and lost: a line a person, from run to run."""

from dataclasses import dataclass, field

from django.utils.formats import date_format
from django.utils.translation import gettext as _

from rewards.queries.movement import Movement

# Percent across, pixels down; the page stretches it sideways only.
_LEFT, _RIGHT = 6.0, 66.0
_TOP, _ROW = 34, 30
# Beyond this place the picture says "further down".
PLACES = 10
NAME_CHARS = 11
# So many lines have a colour of their own; the end of each says whose it is anyway.
COLOURS = 5


@dataclass(frozen=True)
class Step:
    x1: float
    y1: float
    x2: float
    y2: float
    css: str


@dataclass(frozen=True)
class Stand:
    x: float
    y: float
    rank: int
    css: str


@dataclass(frozen=True)
class Word:
    x: float
    y: float
    text: str


@dataclass
class Bumps:
    """Ready to be written as SVG, with the same in a table."""

    label: str
    height: int
    steps: list[Step] = field(default_factory=list)
    stands: list[Stand] = field(default_factory=list)
    names: list[Word] = field(default_factory=list)
    first_day: str = ""
    last_day: Word = Word(_RIGHT, 14, "")
    heads: list[str] = field(default_factory=list)
    rows: list[tuple[str, list[int | None]]] = field(default_factory=list)


def bumps_of(movement: Movement) -> Bumps | None:
    """None before there are two runs: nobody moved yet."""
    if len(movement.runs) < 2 or not movement.paths:  # noqa: PLR2004
        return None
    shown = [rank for path in movement.paths for rank in path.ranks if rank]
    if not shown:
        return None
    last_row = min(max(shown), PLACES + 1)
    bumps = Bumps(
        label=_("Places in the last %(n)s counts; the table below says the same")
        % {"n": len(movement.runs)},
        height=_TOP + _ROW * last_row + 4,
        heads=[date_format(at, "SHORT_DATE_FORMAT") for at in movement.runs],
    )
    places = [
        round(_LEFT + (_RIGHT - _LEFT) * index / (len(movement.runs) - 1), 1)
        for index in range(len(movement.runs))
    ]
    # The first begins at the edge, where half of it would be cut off.
    bumps.first_day = bumps.heads[0]
    bumps.last_day = Word(places[-1], 14, bumps.heads[-1])
    for number, path in enumerate(movement.paths):
        css = f"b{number + 1}" if number < COLOURS else "b0"
        _draw(bumps, path.ranks, places, css)
        bumps.rows.append((path.person.name, path.ranks))
        if path.ranks[-1] is not None:
            name = _short(path.person.name)
            bumps.names.append(Word(_RIGHT + 4, _height(path.ranks[-1]) + 4, name))
    return bumps


def _draw(bumps: Bumps, ranks: list[int | None], places: list[float], css: str) -> None:
    before: tuple[float, int] | None = None
    for x, rank in zip(places, ranks, strict=True):
        if rank is None:
            before = None
            continue
        y = _height(rank)
        if before is not None:
            bumps.steps.append(Step(before[0], before[1], x, y, css))
        bumps.stands.append(Stand(x, y, rank, css))
        before = (x, y)


def _height(rank: int) -> int:
    return _TOP + _ROW * (min(rank, PLACES + 1) - 1) + _ROW // 2


def _short(name: str) -> str:
    return name if len(name) <= NAME_CHARS else f"{name[: NAME_CHARS - 1]}…"
