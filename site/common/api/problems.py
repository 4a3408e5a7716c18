"""Refusals as programs read them: application/problem+json (RFC 9457)."""

import json
import re
from collections.abc import Sequence
from typing import Any

from django.http import HttpResponse

from common.errors import Refused

MEDIA_TYPE = "application/problem+json"


def problem(
    refusal: Refused, wrong: Sequence[dict[str, str]] = (), **more: Any
) -> HttpResponse:
    """The answer for a refusal: its sentence for people, its `code` for programs.

    `wrong` lists fields, each with what is wrong with it; `more` are further members.
    """
    said: dict[str, Any] = {
        "type": "about:blank",
        "title": str(refusal.title),
        "status": refusal.status,
        "detail": str(refusal),
        "code": code_of(refusal),
    }
    said |= {
        name: fact
        for name, fact in refusal.facts.items()
        if isinstance(fact, int | str) and name not in said
    }
    said |= more
    if wrong:
        said["errors"] = list(wrong)
    headers = {"Cache-Control": "private, no-store", **refusal.headers}
    if refusal.retry_after:
        headers["Retry-After"] = str(refusal.retry_after)
    words = json.dumps(said, ensure_ascii=False)
    return HttpResponse(
        words, content_type=MEDIA_TYPE, status=refusal.status, headers=headers
    )


def code_of(refusal: Refused) -> str:
    """NotEnoughPoints -> not-enough-points: the same in every language."""
    return re.sub("(?<!^)(?=[A-Z])", "-", type(refusal).__name__).lower()
