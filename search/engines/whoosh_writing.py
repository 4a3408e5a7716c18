"""How postings get into a Whoosh segment: a term at a time instead of one by one.

Whoosh sorts every posting as a tuple of five and asks the file system for a field's
length with each. Here a term collects its numbers in two arrays, terms are sorted once,
and a block is written as the bytes of its arrays, which is also how it is read.
"""

import heapq
import pickle
from array import array
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from itertools import groupby
from operator import itemgetter
from tempfile import TemporaryFile
from typing import IO, Any

import numpy as np
from numpy.typing import NDArray
from whoosh.codec.whoosh3 import W3Codec, W3PostingsWriter
from whoosh.formats import Existence
from whoosh.reading import SegmentReader
from whoosh.writing import SegmentWriter

Ids = NDArray[np.int64]
Weights = NDArray[np.float32]
# field, term, document numbers, weights
Row = tuple[str, bytes, "array[int]", "array[float]"]

NOTHING: tuple[Ids, Weights] = (
    np.empty(0, dtype=np.int64),
    np.empty(0, dtype=np.float32),
)
# Whole terms are read at once, so large blocks cost least.
BLOCK = 4096
# So many postings are kept in memory (about 20 bytes each, with their terms), the
# rest waits on disk.
POSTINGS_IN_MEMORY = 5_000_000
# Compressing fewer numbers than this saves nothing.
WORTH_COMPRESSING = 64

_format = Existence()
_first = np.zeros(1, dtype="<u4")


class BlockWriter(W3PostingsWriter):
    """Blocks of bytes: steps from one document to the next, and weights."""

    _ids: "array[int]"

    def add_all(self, ids: "array[int]", weights: "array[float]") -> None:
        """What `add_posting` would do for each of them."""
        for start in range(0, len(ids), BLOCK):
            if self._ids:
                self._write_block()
            self._ids = ids[start : start + BLOCK]
            self._weights = weights[start : start + BLOCK]
            self._maxweight = max(self._weights)

    def _write_block(self, last: bool = False) -> None:
        self._compression = 1 if len(self._ids) >= WORTH_COMPRESSING else 0
        super()._write_block(last)

    def _mini_ids(self) -> bytes:
        return np.diff(np.asarray(self._ids, dtype="<u4"), prepend=_first).tobytes()

    def _mini_weights(self) -> bytes | float:
        """One number if all are the same."""
        if self._weights.count(self._weights[0]) == len(self._weights):
            return self._weights[0]
        return np.asarray(self._weights, dtype="<f4").tobytes()


class Codec(W3Codec):
    """Whoosh's own, with our blocks. Our columns say what is long, so that lengths
    need no looking up."""

    length_stats = False

    def postings_writer(self, dbfile: Any, byteids: bool = False) -> BlockWriter:
        return BlockWriter(
            dbfile, blocklimit=BLOCK, byteids=byteids, inlinelimit=self._inlinelimit
        )


def whole_term(terms: Any, field: str, term: bytes) -> tuple[Ids, Weights]:
    """Every posting of a term that is there, of deleted documents too."""
    # Not the reader's own postings(): it leaves out what was deleted by now.
    matcher = terms.matcher(field, term, _format)
    blocks: list[tuple[Ids, Weights]] = []
    while matcher.is_active():
        matcher._read_data()
        packed, weights, _values = matcher._data
        ids = np.cumsum(np.frombuffer(packed, dtype="<u4"), dtype=np.int64)
        if isinstance(weights, float):
            each = np.full(len(ids), weights, dtype=np.float32)
        else:
            each = np.frombuffer(weights, dtype="<f4").astype(np.float32)
        blocks.append((ids, each))
        matcher._next_block()
    if len(blocks) == 1:
        return blocks[0]
    return (
        np.concatenate([ids for ids, _ in blocks]),
        np.concatenate([each for _, each in blocks]),
    )


class TermPool:
    """Postings by term, until they are written. Documents come in rising order."""

    def __init__(self) -> None:
        self._fields: dict[str, defaultdict[bytes, tuple[array, array]]] = {}
        self._count = 0
        self._runs: list[IO[bytes]] = []

    def add(self, posting: tuple[str, bytes, int, float, bytes]) -> None:
        """Whoosh's way of putting one in."""
        field, term, number, weight, _value = posting
        ids, weights = self._arrays(field)[term]
        ids.append(number)
        weights.append(weight)
        self._counted(1)

    def add_all(self, field: str, term: bytes, ids: Ids, weights: Weights) -> None:
        known_ids, known_weights = self._arrays(field)[term]
        known_ids.frombytes(ids.astype(np.uint32).tobytes())
        known_weights.frombytes(weights.tobytes())
        self._counted(len(ids))

    def rows(self) -> Iterator[Row]:
        """Every term once, in order."""
        key = itemgetter(0, 1)
        runs = [_read(run) for run in self._runs]
        merged = heapq.merge(*runs, self._in_memory(), key=key)
        for (field, term), rows in groupby(merged, key=key):
            ids, weights = array("I"), array("f")
            for row in rows:
                ids += row[2]
                weights += row[3]
            yield field, term, ids, weights

    def cleanup(self) -> None:
        self._fields.clear()
        for run in self._runs:
            run.close()
        self._runs.clear()

    def _arrays(self, field: str) -> defaultdict[bytes, tuple[array, array]]:
        found = self._fields.get(field)
        if found is None:
            found = self._fields[field] = defaultdict(_two_arrays)
        return found

    def _counted(self, more: int) -> None:
        self._count += more
        if self._count >= POSTINGS_IN_MEMORY:
            run = TemporaryFile()  # noqa: SIM115 - closed by cleanup
            for row in self._in_memory():
                pickle.dump(row, run)
            self._runs.append(run)
            self._fields.clear()
            self._count = 0

    def _in_memory(self) -> Iterator[Row]:
        for field, terms in sorted(self._fields.items()):
            for term in sorted(terms):
                yield field, term, *terms[term]


class TermWriter(SegmentWriter):
    """A segment's writer on top of the pool."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, codec=Codec(), **kwargs)
        self.pool = TermPool()

    def add_postings_to_pool(
        self, reader: SegmentReader, startdoc: int, docmap: Mapping[int, int] | None
    ) -> None:
        """Take over another segment's postings under their new numbers."""
        places = np.arange(startdoc, startdoc + reader.doc_count_all())
        if docmap is not None:
            places = np.full(reader.doc_count_all(), -1)
            places[list(docmap)] = list(docmap.values())
        for field, term in reader.all_terms():
            ids, weights = whole_term(reader._terms, field, term)
            ids = places[ids]
            alive = ids >= 0
            if alive.any():
                self.pool.add_all(field, term, ids[alive], weights[alive])

    def _flush_segment(self) -> None:
        self.perdocwriter.close()
        for field, rows in groupby(self.pool.rows(), key=itemgetter(0)):
            self._write_field(field, rows)
        self.fieldwriter.close()

    def _write_field(self, field: str, rows: Iterable[Row]) -> None:
        writer = self.fieldwriter
        writer.start_field(field, self.schema[field])
        for _field, term, ids, weights in rows:
            writer.start_term(term)
            writer._postwriter.add_all(ids, weights)
            writer.finish_term()
        writer.finish_field()


def _two_arrays() -> tuple[array, array]:
    return array("I"), array("f")


def _read(run: IO[bytes]) -> Iterator[Row]:
    run.seek(0)
    while True:
        try:
            yield pickle.load(run)  # noqa: S301 - we just wrote it
        except EOFError:
            return
