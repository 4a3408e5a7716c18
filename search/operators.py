"""What somebody may write beside words: "as it stands", -without, tag: circle: by: is:

Nothing typed is refused. What can't be an operator is a word like any other.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass

from search.analyser import normalise

MAX_OPERATORS = 10

# Both languages everywhere: what counts is what was typed, not who reads it.
_NAMES = {
    "tag": "tag_word",
    "标签": "tag_word",
    "circle": "circle_word",
    "圈子": "circle_word",
    "by": "by",
    "作者": "by",
    "is": "is",
    "状态": "is",
}
_STATES = {
    "solved": ("status", "solved"),
    "已解决": ("status", "solved"),
    "answered": ("status", "answered"),
    "已有回答": ("status", "answered"),
    "open": ("status", "open"),
    "待解答": ("status", "open"),
    "ticket": ("status", "ticket"),
    "官方处理中": ("status", "ticket"),
    "closed": ("status", "closed"),
    "已关闭": ("status", "closed"),
    "article": ("kind", "article"),
    "文章": ("kind", "article"),
    "question": ("kind", "question"),
    "问答": ("kind", "question"),
}
_QUOTES = '"“”„「」『』'
_quoted = rf"[{_QUOTES}](?P<quoted{{n}}>[^{_QUOTES}]+)[{_QUOTES}]"
_operator = re.compile(
    rf"""
    (?P<minus>(?<!\S)[-－])?                     # only at the start of a word
    (?:
        (?P<name>(?<!\w)(?:{"|".join(_NAMES)}))[:：]
        (?:{_quoted.format(n=1)}|(?P<value>[^\s{_QUOTES}]+))
        |
        {_quoted.format(n=2)}
        |
        (?(minus)(?P<word>[^\W\d_]\S*)|(?!))    # a word, if a minus stands before it
    )
    """,
    re.VERBOSE | re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Typed:
    """A query taken apart. `text` holds the words, those in quotes too; `filters` are
    (name, value) that must hold, `without_filters` those that must not."""

    text: str
    phrases: tuple[str, ...] = ()
    without: tuple[str, ...] = ()
    filters: tuple[tuple[str, str], ...] = ()
    without_filters: tuple[tuple[str, str], ...] = ()

    @property
    def has_operators(self) -> bool:
        return bool(
            self.phrases or self.without or self.filters or self.without_filters
        )


def take_apart(text: str) -> Typed:
    """The words, and what the operators ask for; the first MAX_OPERATORS count."""
    words: list[str] = []
    phrases: list[str] = []
    without: list[str] = []
    filters: list[tuple[str, str]] = []
    without_filters: list[tuple[str, str]] = []
    at = 0
    for found in _found(text):
        words.append(text[at : found.start()])
        at = found.end()
        quoted = found["quoted2"]
        if found["name"]:
            asked = _filter(found["name"], found["quoted1"] or found["value"])
            if asked is None:
                words.append(found[0])
            else:
                chosen = without_filters if found["minus"] else filters
                chosen.append(asked)
        elif found["minus"]:
            without.append(quoted or found["word"])
        else:
            phrases.append(quoted)
            words.append(f" {quoted} ")
    words.append(text[at:])
    return Typed(
        "".join(words).strip(),
        tuple(phrases),
        tuple(without),
        tuple(filters),
        tuple(without_filters),
    )


def _found(text: str) -> Iterator[re.Match[str]]:
    for number, match in enumerate(_operator.finditer(text)):
        if number == MAX_OPERATORS:
            break
        yield match


def _filter(name: str, value: str) -> tuple[str, str] | None:
    """(filter, value), None if there is no such state."""
    kind = _NAMES[name.lower()]
    word = normalise(value).strip().removeprefix("@" if kind == "by" else "#")
    return _STATES.get(word) if kind == "is" else (kind, word)
