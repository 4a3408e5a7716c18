"""People as dots and what they gave each other as lines: where each is drawn.

The same people and lines give the same picture, to the last digit written.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import NDArray

# Of the picture's own units; the page scales it.
WIDTH, HEIGHT = 1000, 640
_MARGIN_X, _MARGIN_Y = 90, 50
_LEAST_RADIUS, _MOST_RADIUS = 9, 26
_LEAST_STROKE, _MOST_STROKE = 1.5, 7.0
_TURNS = 250
_LABEL_GAP, _LABEL_LIFT = 16, 7
# How far beside its line a label stands.
_LABEL_ASIDE = 30
# Names longer than this would run into their neighbours.
LABEL_CHARS = 14


@dataclass(frozen=True)
class Arc:
    """A line to draw: from and to are ids, `n` says how thick, `label` what it is.

    It makes who gets it larger; a gift, who gives it.
    """

    start: int
    end: int
    n: int
    label: str = ""
    is_gift: bool = False


@dataclass(frozen=True)
class Dot:
    key: int
    x: float
    y: float
    radius: float
    name: str
    full_name: str
    label_y: float
    is_centre: bool


@dataclass(frozen=True)
class Line:
    x1: float
    y1: float
    x2: float
    y2: float
    stroke: float
    label: str
    label_x: float
    label_y: float


@dataclass
class Picture:
    """Ready to be written as SVG; `keys` are in the order of `dots`."""

    width: int = WIDTH
    height: int = HEIGHT
    dots: list[Dot] = field(default_factory=list)
    lines: list[Line] = field(default_factory=list)


def picture_around(centre: int, names: dict[int, str], arcs: Sequence[Arc]) -> Picture:
    """One person in the middle, the others in a ring in the order given."""
    ring = [key for key in names if key != centre]
    turn = 2 * np.pi / max(1, len(ring))
    places = {centre: (0.5, 0.5)}
    for index, key in enumerate(ring):
        angle = -np.pi / 2 + index * turn
        places[key] = (0.5 + 0.5 * np.cos(angle), 0.5 + 0.5 * np.sin(angle))
    return _picture(places, names, arcs, centre)


def picture_of(names: dict[int, str], arcs: Sequence[Arc]) -> Picture:
    """Everybody where springs and repulsion leave them (Fruchterman, Reingold 1991)."""
    keys = list(names)
    place = {key: index for index, key in enumerate(keys)}
    inside = [arc for arc in arcs if arc.start in place and arc.end in place]
    spread = _spread(
        len(keys),
        np.array([place[arc.start] for arc in inside], dtype=np.int64),
        np.array([place[arc.end] for arc in inside], dtype=np.int64),
        np.array([arc.n for arc in inside], dtype=np.float64),
    )
    places = {
        key: (float(x), float(y)) for key, (x, y) in zip(keys, spread, strict=True)
    }
    return _picture(places, names, inside, None)


def _spread(
    size: int,
    start: NDArray[np.int64],
    end: NDArray[np.int64],
    weight: NDArray[np.float64],
) -> NDArray[np.float64]:
    """Places between 0 and 1 in both directions, a row each."""
    if size == 0:
        return np.zeros((0, 2))
    angle = 2 * np.pi * np.arange(size) / size
    # A spiral rather than a circle: no two start opposite each other.
    reach = 0.3 + 0.2 * np.arange(size) / size
    at = np.stack([reach * np.cos(angle), reach * np.sin(angle)], axis=1)
    pull = np.log2(1 + weight)[:, None] if len(weight) else np.zeros((0, 1))
    ideal = 1 / np.sqrt(size)
    for turn in range(_TURNS):
        apart = at[:, None, :] - at[None, :, :]
        distance = np.maximum(np.linalg.norm(apart, axis=2), 1e-3)[:, :, None]
        force = (apart * (ideal**2 / distance**2)).sum(axis=1)
        # Towards the middle, so that those without lines stay in the picture.
        force -= at * 0.6
        if len(start):
            along = at[end] - at[start]
            drawn = along * np.linalg.norm(along, axis=1)[:, None] / ideal * pull * 0.2
            np.add.at(force, start, drawn)
            np.subtract.at(force, end, drawn)
        most = 0.12 * (1 - turn / _TURNS)
        length = np.maximum(np.linalg.norm(force, axis=1), 1e-9)[:, None]
        at = at + force / length * np.minimum(length, most)
    low, high = at.min(axis=0), at.max(axis=0)
    even = np.argsort(np.argsort(at, axis=0, kind="stable"), axis=0) / max(1, size - 1)
    # Half by rank: names need room where many sit close together.
    return (at - low) / np.maximum(high - low, 1e-9) / 2 + even / 2


def _picture(
    places: dict[int, tuple[float, float]],
    names: dict[int, str],
    arcs: Sequence[Arc],
    centre: int | None,
) -> Picture:
    picture = Picture()
    strength: dict[int, int] = dict.fromkeys(names, 0)
    for arc in arcs:
        strength[arc.start if arc.is_gift else arc.end] += arc.n
    most = max(strength.values(), default=0) or 1
    at = {
        key: (
            round(_MARGIN_X + x * (WIDTH - 2 * _MARGIN_X), 1),
            round(_MARGIN_Y + y * (HEIGHT - 2 * _MARGIN_Y), 1),
        )
        for key, (x, y) in places.items()
    }
    size = {
        key: round(
            _LEAST_RADIUS
            + (_MOST_RADIUS - _LEAST_RADIUS) * np.sqrt(strength[key] / most),
            1,
        )
        for key in names
    }
    widest = max((arc.n for arc in arcs), default=0) or 1
    picture.lines = [_line(arc, at, size, widest) for arc in arcs]
    picture.dots = [
        Dot(
            key=key,
            x=at[key][0],
            y=at[key][1],
            radius=float(size[key]),
            name=_short(name),
            full_name=name,
            label_y=_label_height(at[key][1], size[key]),
            is_centre=key == centre,
        )
        for key, name in names.items()
    ]
    return picture


def _line(
    arc: Arc, at: dict[int, tuple[float, float]], size: dict[int, float], widest: int
) -> Line:
    """From rim to rim, a little beside the way back, so that both are seen."""
    (x1, y1), (x2, y2) = at[arc.start], at[arc.end]
    dx, dy = x2 - x1, y2 - y1
    length = max(float(np.hypot(dx, dy)), 1.0)
    dx, dy = dx / length, dy / length
    beside_x, beside_y = -dy * 5, dx * 5
    tip = size[arc.end] + 8
    start_x, start_y = x1 + dx * size[arc.start], y1 + dy * size[arc.start]
    end_x, end_y = x2 - dx * tip, y2 - dy * tip
    stroke = _LEAST_STROKE + (_MOST_STROKE - _LEAST_STROKE) * arc.n / widest
    # Nearer to where it starts: in the middle of a star they would lie on each other.
    return Line(
        x1=round(start_x + beside_x, 1),
        y1=round(start_y + beside_y, 1),
        x2=round(end_x + beside_x, 1),
        y2=round(end_y + beside_y, 1),
        stroke=round(stroke, 1),
        label=arc.label,
        label_x=round(x1 + dx * length * 0.4 - dy * _LABEL_ASIDE, 1),
        label_y=round(y1 + dy * length * 0.4 + dx * _LABEL_ASIDE, 1),
    )


def _label_height(y: float, radius: float) -> float:
    """Away from the middle, where the lines are."""
    if y < HEIGHT / 2:
        return round(y - radius - _LABEL_LIFT, 1)
    return round(y + radius + _LABEL_GAP, 1)


def _short(name: str) -> str:
    return name if len(name) <= LABEL_CHARS else f"{name[: LABEL_CHARS - 1]}…"
