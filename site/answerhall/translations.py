"""The house's sentences in its second language, kept without gettext's own tools.

Every room has one catalogue, <room>/locale/zh_Hans/LC_MESSAGES/django.po. English is
what the code says, so it has none.
"""

import io
import re
from collections import defaultdict
from collections.abc import Iterable, Iterator
from datetime import UTC, datetime
from importlib import import_module
from pathlib import Path
from tokenize import TokenError

from babel.messages.catalog import Catalog, Message
from babel.messages.extract import extract
from babel.messages.mofile import write_mo
from babel.messages.pofile import read_po, write_po
from django.utils.translation.template import templatize

ROOMS = [
    "answerhall",
    "common",
    "people",
    "search",
    "kb",
    "community",
    "rewards",
    "desk",
]
LOCALE = "zh_Hans"
TEMPLATES = {".html", ".txt", ".xml"}
KEYWORDS: dict = {
    "_": None,
    "gettext": None,
    "gettext_lazy": None,
    "gettext_noop": None,
    "ngettext": (1, 2),
    "ngettext_lazy": (1, 2),
    "pgettext": ((1, "c"), 2),
    "pgettext_lazy": ((1, "c"), 2),
    "npgettext": ((1, "c"), 2, 3),
    "npgettext_lazy": ((1, "c"), 2, 3),
}
HEADER = """\
msgid ""
msgstr ""
"Language: zh_Hans\\n"
"MIME-Version: 1.0\\n"
"Content-Type: text/plain; charset=utf-8\\n"
"Content-Transfer-Encoding: 8bit\\n"
"Plural-Forms: nplurals=1; plural=0;\\n"

"""
# Babel writes a date into compiled catalogues; ours say the same until they change.
NO_DATE = datetime(2000, 1, 1, tzinfo=UTC)

# A sentence is known by its context and its (first) English words.
Key = tuple[str | None, str]


def folder(room: str) -> Path:
    return Path(str(import_module(room).__file__)).resolve().parent


def po_path(room: str) -> Path:
    return folder(room) / "locale" / LOCALE / "LC_MESSAGES" / "django.po"


def _empty() -> Catalog:
    return Catalog(
        locale=LOCALE, charset="utf-8", creation_date=NO_DATE, revision_date=NO_DATE
    )


def key_of(message: Message) -> Key:
    words = message.id if isinstance(message.id, str) else message.id[0]
    return message.context, words


def in_code(room: str) -> Catalog:
    """The sentences the room's Python and templates mark, in the order of its files.

    A file that cannot be read raises SyntaxError, which names it.
    """
    catalog = _empty()
    root = folder(room)
    for path in sorted(_sources(root)):
        shown = f"{root.name}/{path.relative_to(root).as_posix()}"
        for message, comments, context in _marked(path, shown):
            words = tuple(message) if isinstance(message, tuple | list) else message
            catalog.add(
                words,
                locations=[(shown, 0)],
                auto_comments=comments,
                context=context,
            )
    return catalog


def _sources(root: Path) -> Iterator[Path]:
    for path in root.rglob("*"):
        within = path.relative_to(root).parts
        if {"migrations", "locale", "static"} & set(within):
            continue
        if path.suffix == ".py" or (path.suffix in TEMPLATES and "templates" in within):
            yield path


def _marked(path: Path, shown: str) -> Iterator[tuple]:
    source = path.read_text(encoding="utf-8")
    if path.suffix != ".py":
        source = _as_python(templatize(source, origin=shown))
    found = extract(
        "python",
        io.BytesIO(source.encode()),
        keywords=KEYWORDS,
        comment_tags=["Translators:"],
        options={"encoding": "utf-8"},
    )
    try:
        for _line, message, comments, context in found:
            yield message, comments, context
    except (SyntaxError, TokenError) as error:
        raise SyntaxError(f"{shown}: {error}") from error


def _as_python(templatized: str) -> str:
    """Django leaves the page's indentation and spaces, which Python would refuse."""
    lines = templatized.split("\n")
    return "\n".join(re.sub(r"[^\S\n]", " ", line).strip() for line in lines)


def known(room: str) -> Catalog:
    path = po_path(room)
    if not path.exists():
        return _empty()
    with path.open("rb") as file:
        catalog = read_po(file, locale=LOCALE, charset="utf-8")
    catalog.creation_date = catalog.revision_date = NO_DATE
    return catalog


def _translations(catalogs: Iterable[Catalog]) -> dict[Key, Message]:
    found: dict[Key, Message] = {}
    for catalog in catalogs:
        for message in catalog:
            if message.id and is_translated(message):
                found.setdefault(key_of(message), message)
    return found


def is_translated(message: Message) -> bool:
    strings = _strings(message)
    return bool(strings) and all(strings) and not message.fuzzy


def _strings(message: Message) -> list[str]:
    """The translation, for each plural form; empty strings where it is missing."""
    if isinstance(message.string, str):
        return [message.string]
    return list(message.string or ())


def update(room: str) -> tuple[int, int]:
    """Write the room's sentences with the translations known for them.

    A sentence that moved here from another room brings its translation along. Returns
    how many there are, and how many wait for a translation.
    """
    others = [known(other) for other in ROOMS if other != room]
    translated = _translations([known(room), *others])
    catalog = in_code(room)
    waiting = 0
    for message in catalog:
        if not message.id:
            continue
        old = translated.get(key_of(message))
        if old:
            message.string = _in_shape(message, old)
        if not is_translated(message):
            waiting += 1
    path = po_path(room)
    if len(catalog):
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(_written(catalog), encoding="utf-8")
    else:
        path.unlink(missing_ok=True)
    return len(catalog), waiting


def _in_shape(message: Message, old: Message) -> str | tuple[str, ...]:
    """The old translation, also if the sentence gained or lost its plural."""
    words = _strings(old)[0]
    return (words,) if message.pluralizable else words


def _written(catalog: Catalog) -> str:
    # No line numbers and no dates: a diff shows sentences only.
    file = io.BytesIO()
    write_po(file, catalog, omit_header=True, include_lineno=False, width=88)
    return HEADER + file.getvalue().decode().strip() + "\n"


def compile_catalog(room: str) -> int:
    """Write the room's .mo file; return how many sentences it holds."""
    path = po_path(room)
    if not path.exists():
        return 0
    catalog = known(room)
    compiled = path.with_suffix(".mo")
    file = io.BytesIO()
    write_mo(file, catalog)
    # Rooms may be read while this runs: never leave half a file.
    part = compiled.with_suffix(".part")
    part.write_bytes(file.getvalue())
    part.replace(compiled)
    return sum(bool(message.id) and is_translated(message) for message in catalog)


def problems(rooms: Iterable[str]) -> list[str]:
    """What keeps the Chinese pages from being whole, a line each."""
    found: list[str] = []
    said: dict[Key, dict[str, list[str]]] = defaultdict(lambda: defaultdict(list))
    for room in rooms:
        found += _problems_in(room)
        for message in known(room):
            if message.id and is_translated(message):
                words = _in_shape(message, message)
                plain = words if isinstance(words, str) else words[0]
                said[key_of(message)][plain].append(room)
    for key, versions in said.items():
        if len(versions) > 1:
            # Django merges the rooms' catalogues: only one of them would be seen.
            where = "; ".join(
                f"{', '.join(at)}: {word}" for word, at in versions.items()
            )
            found.append(f"translated differently: {_quoted(key)} ({where})")
    return found


def _problems_in(room: str) -> Iterator[str]:
    catalog = known(room)
    wanted = {key_of(message): message for message in in_code(room) if message.id}
    present = {key_of(message): message for message in catalog if message.id}
    for key, message in wanted.items():
        kept = present.get(key)
        if kept is None:
            yield f"{room}: missing: {_quoted(key)}"
        elif kept.fuzzy:
            yield f"{room}: fuzzy: {_quoted(key)}"
        elif not is_translated(kept):
            yield f"{room}: not translated: {_quoted(key)}"
        elif kept.id != message.id:
            yield f"{room}: its plural changed: {_quoted(key)}"
        elif mismatch := _mismatch(kept):
            yield f"{room}: {mismatch}: {_quoted(key)}"
    for key in [
        *present.keys() - wanted.keys(),
        *map(key_of, catalog.obsolete.values()),
    ]:
        yield f"{room}: no longer used: {_quoted(key)}"


def _quoted(key: Key) -> str:
    context, words = key
    return f"{words!r} ({context})" if context else repr(words)


_NAMED = re.compile(r"%\((\w+)\)[#0 +-]*\d*(?:\.\d+)?[a-z]")
_BRACED = re.compile(r"\{(\w*)\}")
_BARE = re.compile(r"%[sd]")


def _mismatch(message: Message) -> str | None:
    """How the places to fill in differ from the English, which would break a page."""
    english = message.id if isinstance(message.id, str) else message.id[-1]
    for chinese in _strings(message):
        for pattern in (_NAMED, _BRACED, _BARE):
            if set(pattern.findall(english)) != set(pattern.findall(chinese)):
                return "other places to fill in"
        if _can_be_filled(english) and not _can_be_filled(chinese):
            return "a % that is not doubled"
    return None


def _can_be_filled(words: str) -> bool:
    """Whether `words % {...}` works and has something to do."""
    try:
        return bool(words % defaultdict(int)) and "%" in words
    except (TypeError, ValueError):
        return False
