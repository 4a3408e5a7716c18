"""Display names: free, but never an address and never the house's own voice."""

import re
import unicodedata

from common.text import clean_line
from people.errors import NameNotAllowed, NameReserved
from people.handles import RESERVED_HAN, RESERVED_WORDS, skeleton

MAX_CHARS = 60

# A mail program turns these into a link, and the mail carries our name.
ADDRESS_LIKE = re.compile(r"://|www\.|@|[^\W_]\.[^\W\d_]{2,}", re.I)

LINE_BREAK = re.compile("[\r\n\u2028\u2029]")

# Letters that cannot be told from plain Latin ones (Unicode Technical Standard 39,
# confusables.txt): Cyrillic, Greek, Armenian, Cherokee, Lisu, phonetic; enough to
# recognise "admin" in disguise. Case is folded and marks are gone before.
LOOKALIKES = {
    ord(looks): like
    for like, letters in {
        "a": "аαɑᴀ⍺Ꭺꓮ",
        "b": "вβьʙᏴꓐ",
        "c": "сϲᴄᏟꓚ",
        "d": "ԁᴅꓒᎠ",
        "e": "еεҽᴇ℮Ꭼꓰ",
        "f": "ϝꜰꬵẝƒꓝ",
        "g": "ɡցɢ",
        "h": "һнհʜᏂꓧ",
        "i": "іιıɪɩⲓᎥꙇ⍳",
        "j": "јϳ",
        "k": "кκᴋᏦꓗ",
        "l": "ӏʟᏞꓡ",
        "m": "мᴍϻᎷꓟ",
        "n": "ոռɴꓠ",
        "o": "оοσօᴏᴑჿꓳ",
        "p": "рρᴘᏢꓑ",
        "q": "ԛ",
        "r": "гʀᴦꭇꭈᎡꓣ",
        "s": "ѕꜱƽᏚꓢ",
        "t": "тτᴛᎢꓔ",
        "u": "иυսᴜʋ",
        "v": "νѵᴠᏙꓦ",
        "w": "ԝɯᴡաᎳꓪ",
        "x": "хχ",
        "y": "уγүʏყ",
    }.items()
    for looks in letters
}
JOINER = "\u200d"


def clean_display_name(value: str, *, allow_reserved: bool = False) -> str:
    """One line in composed, half-width characters; "" stays "".

    Raises NameNotAllowed for what a mail program would make a link of and for
    invisible characters, NameReserved for what would pass as the house.
    """
    if LINE_BREAK.search(value) or _has_invisible(value):
        raise NameNotAllowed
    name = clean_line(value, MAX_CHARS, nfkc=True)
    if ADDRESS_LIKE.search(name):
        raise NameNotAllowed
    if not allow_reserved and passes_as_the_house(name):
        raise NameReserved
    return name


def passes_as_the_house(name: str) -> bool:
    folded = unicodedata.normalize("NFKD", name.casefold())
    bare = "".join(char for char in folded if not unicodedata.combining(char))
    plain = bare.translate(LOOKALIKES)
    if any(word in plain for word in RESERVED_HAN):
        return True
    parts = [part for part in re.split(r"[\W_]+", plain) if part]
    # "Team" alone speaks for us, "Team Rocket" does not; "Admin Li" always does.
    whole = _word("".join(parts))
    return whole in _HOUSE_WORDS or not _SPEAKERS.isdisjoint(map(_word, parts))


def _word(part: str) -> str:
    return skeleton(part.rstrip("0123456789") or part)


def imported_name(value: str) -> str:
    """Somebody else's name as it may stand here: one line, cut, never a link."""
    kept = _harmless(unicodedata.normalize("NFKC", value))
    if ADDRESS_LIKE.search(kept):
        kept = re.sub(r"[@./:]+", " ", kept)
    return " ".join(kept.split())[:MAX_CHARS].rstrip()


def imported_text(value: str, max_chars: int) -> str:
    """Somebody else's words about themselves, cut; lines are kept."""
    return _harmless(unicodedata.normalize("NFC", value)).strip()[:max_chars].rstrip()


def unlinked(sentence: str) -> str:
    """The sentence for a mail: what members typed in it becomes no link.

    An invisible joiner parts what a mail program would take for an address.
    """
    return re.sub(r"(?<=\S)([.@:/])(?=\S)", "\\1\u2060", sentence)


def _harmless(value: str) -> str:
    """Without what no keyboard types: invisible, unassigned, broken characters."""
    return "".join(
        char
        for char in value.replace("\r\n", "\n").replace("\t", " ")
        if char == "\n" or unicodedata.category(char)[0] != "C"
    )


def _has_invisible(name: str) -> bool:
    """The joiner that builds one emoji of two is the only such character allowed."""
    return any(
        unicodedata.category(char) == "Cf"
        and not (
            char == JOINER
            and index
            and unicodedata.category(name[index - 1]) in {"So", "Sk", "Mn"}
        )
        for index, char in enumerate(name)
    )


# With the name that stands over what erased people wrote.
_HOUSE_WORDS = frozenset(map(skeleton, [*RESERVED_WORDS, "formermember"]))
_SPEAKERS = frozenset(
    map(
        skeleton,
        ["admin", "administrator", "answerhall", "moderator", "official", "staff"],
    )
)
