"""Reading what programs send: JSON only, every name once, every character readable."""

import json
from collections.abc import Sequence
from typing import Any

from django.http import HttpRequest
from django.utils.datastructures import MultiValueDict
from ninja.parser import Parser

from common.api.errors import AskedTwice, NotJson
from common.text import UnprintableText

JSON = "application/json"


class StrictParser(Parser):
    def parse_body(self, request: HttpRequest) -> Any:
        try:
            given = json.loads(
                request.body.decode("utf-8"),
                object_pairs_hook=_each_once,
                parse_constant=_no_number,
            )
        except (ValueError, RecursionError) as error:
            raise NotJson from error
        _refuse_unreadable(given)
        return given

    def parse_querydict(
        self,
        data: MultiValueDict,
        list_fields: Sequence[str],  # noqa: ARG002  no operation takes lists
        request: HttpRequest,
    ) -> dict[str, Any]:
        for name, values in data.lists():
            if len(values) > 1:
                raise AskedTwice(name=name[:40])
        return data.dict()


def _each_once(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    """Parsers differ on which of two equal names counts, so none does here."""
    found = dict(pairs)
    if len(found) != len(pairs):
        raise ValueError("a name stands twice")
    return found


def _no_number(word: str) -> None:
    raise ValueError(f"{word} is no JSON")


def _refuse_unreadable(given: Any) -> None:
    """No database stores a NUL or half a surrogate pair, wherever it hides."""
    waiting = [given]
    while waiting:
        one = waiting.pop()
        if isinstance(one, dict):
            waiting += [*one.keys(), *one.values()]
        elif isinstance(one, list):
            waiting += one
        elif isinstance(one, str) and _is_unreadable(one):
            raise UnprintableText


def _is_unreadable(text: str) -> bool:
    return "\0" in text or any("\ud800" <= char <= "\udfff" for char in text)
