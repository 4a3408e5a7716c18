"""Read files in pieces, with a progress bar, and say where a file is broken."""

import gzip
import lzma
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import IO, TypeVar, cast

from tqdm import tqdm

Row = TypeVar("Row")

# What a database's integer holds.
MOST = 2**31 - 1


class BrokenFile(Exception):
    """The file and the place where reading stopped."""

    def __init__(self, path: Path | str, place: str, why: object) -> None:
        super().__init__(f"{path}, {place}: {why}")


@contextmanager
def opened(path: Path, *, quiet: bool = False) -> Iterator[IO[bytes]]:
    """The file's bytes, unpacked, with a bar that follows the packed bytes."""
    with (
        path.open("rb") as raw,
        tqdm.wrapattr(
            raw,
            "read",
            total=path.stat().st_size,
            desc=path.name,
            disable=True if quiet else None,
            leave=False,
        ) as watched,
    ):
        if path.suffix == ".gz":
            with gzip.GzipFile(fileobj=watched) as unpacked:
                yield cast("IO[bytes]", unpacked)
        elif path.suffix == ".xz":
            with lzma.LZMAFile(watched) as unpacked:
                yield unpacked
        else:
            yield watched


def in_pieces(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Lists of `size` rows; what stood before a broken place comes first."""
    piece: list[Row] = []
    try:
        for row in rows:
            piece.append(row)
            if len(piece) == size:
                yield piece
                piece = []
    except BrokenFile:
        if piece:
            yield piece
        raise
    if piece:
        yield piece
