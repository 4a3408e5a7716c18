"""A query's answer as columns of numbers, however many rows it has.

On PostgreSQL by COPY in its binary form, elsewhere row by row; either way no more than
a block of rows is held beside the columns themselves.
"""

from collections.abc import Iterator
from datetime import datetime
from enum import Enum
from typing import Any

import numpy as np
from django.db import connections
from django.db.models import QuerySet
from numpy.typing import NDArray

BLOCK_ROWS = 100_000
# PostgreSQL counts microseconds from the year 2000.
EPOCH_SECONDS = 946_684_800
MICROSECONDS = 1e6
# What COPY BINARY begins and ends with: signature, flags, no extension; a count of -1.
HEADER_BYTES = 19
WRONG = "A column is NULL somewhere, or of another type than was said."
TRAILER_BYTES = 2


class Column(Enum):
    """What a column holds: its type in PostgreSQL's binary form, and in ours."""

    ID = (">i8", np.int64)
    NUMBER = (">i4", np.int32)
    SMALL = (">i2", np.int8)
    FLAG = ("u1", np.bool_)
    MOMENT = (">i8", np.float64)


def read_columns(rows: QuerySet, **columns: Column) -> dict[str, NDArray[Any]]:
    """The query's columns, in the order they are named here; none may hold NULL.

    `rows` is a values_list() of as many columns. Moments are seconds since 1970.
    """
    blocks = _copied if connections[rows.db].vendor == "postgresql" else _fetched
    parts: dict[str, list[NDArray[Any]]] = {
        name: [np.zeros(0, dtype=column.value[1])] for name, column in columns.items()
    }
    for block in blocks(rows, columns):
        for name, values in block.items():
            parts[name].append(values)
    found = {}
    for name in columns:
        # One column's blocks go before the next column is joined.
        found[name] = np.concatenate(parts.pop(name))
    return found


def _fetched(
    rows: QuerySet, columns: dict[str, Column]
) -> Iterator[dict[str, NDArray[Any]]]:
    block = []
    for row in rows.iterator(chunk_size=BLOCK_ROWS):
        block.append(row)
        if len(block) == BLOCK_ROWS:
            yield _as_columns(block, columns)
            block = []
    if block:
        yield _as_columns(block, columns)


def _as_columns(
    block: list[tuple[Any, ...]], columns: dict[str, Column]
) -> dict[str, NDArray[Any]]:
    return {
        name: np.array(
            [_number(value) for value in values], dtype=columns[name].value[1]
        )
        for name, values in zip(columns, zip(*block, strict=True), strict=True)
    }


def _number(value: Any) -> Any:
    return value.timestamp() if isinstance(value, datetime) else value


def _copied(
    rows: QuerySet, columns: dict[str, Column]
) -> Iterator[dict[str, NDArray[Any]]]:
    from psycopg import ClientCursor

    connection = connections[rows.db]
    connection.ensure_connection()
    sql, params = rows.query.sql_with_params()
    # COPY takes no parameters of its own.
    with ClientCursor(connection.connection) as cursor:
        query = cursor.mogrify(sql, params)
        layout = _layout(columns)
        held = bytearray()
        with cursor.copy(f"COPY ({query}) TO STDOUT (FORMAT BINARY)") as copy:
            skip = HEADER_BYTES
            for data in copy:
                held += data
                ready = (len(held) - skip) // layout.itemsize
                if ready >= BLOCK_ROWS:
                    end = skip + ready * layout.itemsize
                    yield _unpacked(bytes(held[skip:end]), layout, columns)
                    held, skip = held[end:], 0
        yield _unpacked(bytes(held[skip:-TRAILER_BYTES]), layout, columns)


def _layout(columns: dict[str, Column]) -> np.dtype[Any]:
    """A row: how many values, then of each its length and itself."""
    fields: list[tuple[str, str]] = [("_count", ">i2")]
    for name, column in columns.items():
        fields += [(f"_{name}_bytes", ">i4"), (name, column.value[0])]
    return np.dtype(fields)


def _unpacked(
    data: bytes, layout: np.dtype[Any], columns: dict[str, Column]
) -> dict[str, NDArray[Any]]:
    if len(data) % layout.itemsize:
        raise ValueError(WRONG)
    rows = np.frombuffer(data, dtype=layout)
    found: dict[str, NDArray[Any]] = {}
    for name, column in columns.items():
        if (rows[f"_{name}_bytes"] != layout[name].itemsize).any():
            raise ValueError(WRONG)
        values = rows[name].astype(column.value[1])
        if column is Column.MOMENT:
            values = values / MICROSECONDS + EPOCH_SECONDS
        found[name] = values
    return found
