"""Tables as files that spreadsheets open, in which no text becomes a formula."""

import csv
from collections.abc import Iterable, Sequence

from django.http import HttpResponse

# A spreadsheet would run what begins so; in Chinese and Japanese also the wide ones.
BEGINS_A_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def as_file(name: str, rows: Iterable[Sequence[object]]) -> HttpResponse:
    """The rows as a CSV to be kept under this name. Numbers stay numbers."""
    response = HttpResponse(
        # Without the mark spreadsheets read Chinese as if it were Latin.
        "\ufeff",
        content_type="text/csv; charset=utf-8",
        headers={"Content-Disposition": f'attachment; filename="{name}"'},
    )
    csv.writer(response).writerows([_cell(value) for value in row] for row in rows)
    return response


def harmless(text: str) -> str:
    """What a spreadsheet would run is marked as text."""
    return f"'{text}" if text.startswith(BEGINS_A_FORMULA) else text


def _cell(value: object) -> object:
    return harmless(value) if isinstance(value, str) else value
