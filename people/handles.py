"""Handles: which ones may be taken, and which two look the same."""

import re
import unicodedata

from people.errors import HandleNotAllowed, HandleReserved

MIN_CHARS, MAX_CHARS = 2, 30

LATIN = re.compile(r"[A-Za-z0-9]+(?:[-_][A-Za-z0-9]+)*\Z")
HAN = re.compile(r"[\u3400-\u4dbf\u4e00-\u9fff\U00020000-\U0003134f0-9]+\Z")

# Characters people mistake for one another. The Latin rows follow confusables.txt
# of Unicode Technical Standard 39 (after case folding, so I, l and 1 meet); the
# Han rows are pairs that differ by the length of one stroke. Scripts that only
# look Latin (Cyrillic, Greek, full-width) never get this far: LATIN is ASCII.
CONFUSABLES = str.maketrans(
    {
        "0": "o",
        "1": "l",
        "i": "l",
        "5": "s",
        "_": "-",
        "〇": "o",
        "士": "土",
        "末": "未",
        "已": "己",
        "巳": "己",
        "曰": "日",
        "戍": "戌",
        "戊": "戌",
        "祗": "祇",
    }
)
CONFUSABLE_PAIRS = (("rn", "m"), ("vv", "w"), ("cl", "d"))

# Nobody may speak for the house. A word is refused wherever it stands between
# separators or digits ("support-team", "admin2"); an address only as a whole.
RESERVED_WORDS = frozenset(
    [
        "admin",
        "administrator",
        "admins",
        "answerhall",
        "anonymous",
        "editor",
        "helpdesk",
        "mod",
        "moderator",
        "moderators",
        "mods",
        "official",
        "owner",
        "postmaster",
        "root",
        "security",
        "service",
        "staff",
        "support",
        "sysadmin",
        "system",
        "team",
        "webmaster",
    ]
)
RESERVED_ADDRESSES = frozenset(
    [
        "about",
        "accounts",
        "agent",
        "agents",
        "api",
        "articles",
        "circles",
        "desk",
        "edit",
        "en",
        "feeds",
        "help",
        "kb",
        "leaders",
        "login",
        "logout",
        "manager",
        "me",
        "media",
        "members",
        "new",
        "none",
        "notifications",
        "null",
        "questions",
        "rewards",
        "search",
        "settings",
        "signup",
        "static",
        "terms",
        "tickets",
        "undefined",
        "uploads",
        "user",
        "users",
        "you",
        "zh",
        "zh-hans",
    ]
)
RESERVED_HAN = (
    "客服",
    "官方",
    "管理员",
    "管理員",
    "版主",
    "工作人员",
    "系统",
    "系統",
    "站长",
    "运营",
    "审核",
    "编辑部",
    "匿名",
    "已注销",
    "小编",
)
ERASED_PREFIX = "deleted-"


def skeleton(handle: str) -> str:
    """What the handle looks like; two people never share one.

    >>> skeleton("Bi11y_Vvard") == skeleton("billy-ward")
    True
    """
    folded = _folded(handle).translate(CONFUSABLES)
    for looks, like in CONFUSABLE_PAIRS:
        folded = folded.replace(looks, like)
    return unicodedata.normalize("NFKC", folded)


def same(one: str, other: str) -> bool:
    """Whether two spellings are one handle: case does not count."""
    return _folded(one) == _folded(other)


def _folded(handle: str) -> str:
    return unicodedata.normalize("NFKC", handle).casefold()


def clean_handle(value: str, *, allow_reserved: bool = False) -> str:
    """The handle as it will be stored.

    Raises HandleNotAllowed when it is not 2-30 Latin or Han characters as typed on
    a keyboard, and HandleReserved when it would pass for the house.
    """
    handle = value.strip()
    is_plain = handle == unicodedata.normalize("NFKC", handle)
    if not is_plain or not MIN_CHARS <= len(handle) <= MAX_CHARS:
        raise HandleNotAllowed
    if not (LATIN.match(handle) or HAN.match(handle)) or handle.isdigit():
        raise HandleNotAllowed
    if is_reserved(handle) and not allow_reserved:
        raise HandleReserved
    return handle


def is_reserved(handle: str) -> bool:
    folded = skeleton(handle)
    if folded in _RESERVED_SKELETONS or folded.startswith(skeleton(ERASED_PREFIX)):
        return True
    if any(skeleton(word) in folded for word in RESERVED_HAN):
        return True
    words = {skeleton(word) for word in re.split(r"[-_0-9]+", handle)}
    words |= set(folded.split("-")) | {folded.replace("-", "")}
    return not _RESERVED_WORD_SKELETONS.isdisjoint(words)


_RESERVED_WORD_SKELETONS = frozenset(map(skeleton, RESERVED_WORDS))
_RESERVED_SKELETONS = frozenset(map(skeleton, RESERVED_ADDRESSES))
