"""What an edit changed, ready to show. Everything escaped."""

import difflib
import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from os.path import commonprefix

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

from community.queries import Version

# Comparing costs the product of both lengths, so long rewrites are told less finely.
MOST_COMPARED = 200_000
_PIECES = re.compile(r"\w+|\s+|[^\w\s]", re.ASCII)


@dataclass(frozen=True)
class Change:
    """One version and how it differs from the one before."""

    version: Version
    title: SafeString
    tags: SafeString
    body: SafeString


def changed(version: Version, before: Version | None) -> Change:
    """The first version differs from nothing and is shown as it is."""
    old = before or version
    return Change(
        version,
        title=marked(old.title, version.title),
        tags=marked(", ".join(old.tags), ", ".join(version.tags)),
        body=marked(old.body, version.body),
    )


def marked(before: str, after: str) -> SafeString:
    """The text with what left as <del> and what came as <ins>."""
    old, new = _pieces(before, after)
    start = len(commonprefix([old, new]))
    end = len(commonprefix([old[start:][::-1], new[start:][::-1]]))
    middle = _differences(old[start : len(old) - end], new[start : len(new) - end])
    return format_html(
        "{}{}{}",
        "".join(new[:start]),
        format_html_join("", "{}", ((part,) for part in middle)),
        "".join(new[len(new) - end :]),
    )


def _pieces(before: str, after: str) -> tuple[list[str], list[str]]:
    """Words of Latin script, and every other character on its own."""
    return _PIECES.findall(before), _PIECES.findall(after)


def _differences(old: Sequence[str], new: Sequence[str]) -> Iterator[SafeString]:
    if len(old) * len(new) > MOST_COMPARED:
        yield _left(old)
        yield _came(new)
        return
    matcher = difflib.SequenceMatcher(None, old, new, autojunk=False)
    for what, old_from, old_to, new_from, new_to in matcher.get_opcodes():
        if what == "equal":
            yield format_html("{}", "".join(new[new_from:new_to]))
            continue
        yield _left(old[old_from:old_to])
        yield _came(new[new_from:new_to])


def _left(pieces: Sequence[str]) -> SafeString:
    text = "".join(pieces)
    return format_html("<del>{}</del>", text) if text else SafeString("")


def _came(pieces: Sequence[str]) -> SafeString:
    text = "".join(pieces)
    return format_html("<ins>{}</ins>", text) if text else SafeString("")
