"""Long lists, read in pieces that neither repeat nor miss a row.

A cursor names the row where the last piece ended. The next piece begins after it,
however much was written in between, and costs the same on page one and page thousand.
"""

import base64
import json
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any, Generic, TypeVar

from django.db.models import Model, Q, QuerySet
from django.http import HttpRequest, QueryDict

from common.api.errors import NotACursor
from common.api.shapes import Asked, Shown
from common.converters import LARGEST_ID

YEARS = range(1970, 2200)

Row = TypeVar("Row", bound=Model)
Item = TypeVar("Item")


class Listed(Shown, Generic[Item]):
    """One piece of a list. `next` is the address of the next, null at the end."""

    items: list[Item]
    next: str | None


@dataclass(frozen=True)
class Order:
    """One column a list is ordered by, and of which type its values are."""

    column: str
    kind: type
    descending: bool = True


@dataclass(frozen=True)
class Piece(Generic[Row]):
    rows: list[Row]
    next: str | None


def page_of(
    rows: QuerySet[Row],
    order: Sequence[Order],
    asked: Asked,
    request: HttpRequest,
    *,
    path: str = "",
) -> Piece[Row]:
    """The rows after the cursor, in one query. The last column must be unique.

    `path` is the list's address, if it is not the one that was asked for.
    """
    limit = asked.limit
    if asked.cursor:
        rows = rows.filter(_after(order, _read(asked.cursor, order)))
    names = [f"-{one.column}" if one.descending else one.column for one in order]
    found = list(rows.order_by(*names)[: limit + 1])
    if len(found) <= limit:
        return Piece(found, None)
    found = found[:limit]
    # Of a list within another answer nothing was asked yet.
    query = QueryDict(mutable=True) if path else request.GET.copy()
    query["cursor"] = _written(found[-1], order)
    return Piece(found, f"{path or request.path}?{query.urlencode()}")


def _after(order: Sequence[Order], values: Sequence[Any]) -> Q:
    """(a, b) after (x, y): a beyond x, or a equal to x and b beyond y."""
    beyond, same = Q(), Q()
    for one, value in zip(order, values, strict=True):
        sign = "lt" if one.descending else "gt"
        beyond |= same & Q(**{f"{one.column}__{sign}": value})
        same &= Q(**{one.column: value})
    # Said once more for the planner: an index is entered by a range, not by an OR.
    edge = f"{order[0].column}__{'lte' if order[0].descending else 'gte'}"
    return Q(**{edge: values[0]}) & beyond


def _written(row: Model, order: Sequence[Order]) -> str:
    values = [getattr(row, one.column) for one in order]
    plain = [
        value.isoformat() if isinstance(value, datetime) else value for value in values
    ]
    words = json.dumps([_name(order), *plain], separators=(",", ":"))
    return base64.urlsafe_b64encode(words.encode()).decode().rstrip("=")


def _read(cursor: str, order: Sequence[Order]) -> list[Any]:
    """What a cursor says. Anybody can write one, so every value is looked at."""
    try:
        padded = cursor + "=" * (-len(cursor) % 4)
        words = base64.b64decode(padded, altchars=b"-_", validate=True)
        name, *values = json.loads(words)
        if name != _name(order):
            raise NotACursor
        return [
            _value(value, one.kind) for value, one in zip(values, order, strict=True)
        ]
    except (ValueError, TypeError, OverflowError, RecursionError) as error:
        raise NotACursor from error


def _name(order: Sequence[Order]) -> str:
    return ",".join(one.column for one in order)


def _value(value: Any, kind: type) -> Any:
    if kind is datetime:
        moment = datetime.fromisoformat(value).astimezone(UTC)
        if moment.year not in YEARS:
            raise ValueError("out of range")
        return moment
    if type(value) is not int or abs(value) > LARGEST_ID:
        raise ValueError("not a number")
    return value
