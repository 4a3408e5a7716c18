"""What every room's api.py is built from.

A room gives its addresses a Router and says of each operation who may call it
(`anybody`, `member`, `writer`). What it takes is a `Given`, what it answers a `Shown`.
"""

from ninja import Query, Router, Status

from common.api.doors import anybody, member, writer
from common.api.lists import Listed, Order, Piece, page_of
from common.api.shapes import MOST_ROWS, Asked, Given, Id, Shown, Slug

__all__ = [
    "MOST_ROWS",
    "Asked",
    "Given",
    "Id",
    "Listed",
    "Order",
    "Piece",
    "Query",
    "Router",
    "Shown",
    "Slug",
    "Status",
    "anybody",
    "member",
    "page_of",
    "writer",
]
