"""Text to words, the same way when indexing and when asking, and back to marks.

Every engine sees only what this module makes: lower-case simplified Chinese words,
stemmed Latin words, numbers and mixtures such as `5g` as they are.
"""

import re
import unicodedata
from collections import Counter
from collections.abc import Iterable
from dataclasses import dataclass, field, replace
from difflib import SequenceMatcher
from functools import lru_cache
from itertools import chain, pairwise

import opencc
import rjieba
from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe
from whoosh.lang.porter import stem as porter_stem

MAX_QUERY_CHARS = 200
MAX_QUERY_WORDS = 32
MAX_WORD_CHARS = 48
MAX_CLUES = 48

# Raised when a change makes documents indexed before it unfindable.
ANALYSER_VERSION = 3

# Said in passing: they rank a little, and find nothing by themselves.
STOP_WORDS = frozenset(
    """
    a about after also am an and another any are as at be because been before being
    between both but by can cannot cant could did do does doesnt doing dont during each
    few for from had has have he her here him his how i if in into is isnt it its ive im
    may me might must my no not of on or other our please shall she should since so some
    such than that thats the their them then there these they this those through to
    until upon us very was we were what when where which while who whom whose why will
    with would you your
    anoth becaus befor doe dure onc plea sinc thei thi veri whi
    的 了 吗 呢 吧 啊 呀 嘛 么 是 在 我 你 您 他 她 它 我们 你们 就 都 也 还 又 很
    把 被 让 给 和 与 或 及 而 但 但是 因为 所以 如果 这 那 这个 那个 这样 一个 一下 个
    请 请问 怎么 怎么办 怎么样 怎样 如何 什么 为什么 为何 是否 能否 可以 能 会 想 要 有
    是不是 您
    谁 哪 哪个 哪位 哪些 哪一 哪一个 哪一位 哪种 哪条 哪里 哪儿 哪天 哪年 何时 何地
    何处 何种 何人 多少 几 叫 叫做 时候 时
    从 对 对于 于 为 为了 以 由 向 往 关于 至 以及 并 并且 而且 或者 还有 其 其他
    其它 该 此 他们 她们 它们 这些 那些 这项 那么 这么 更 最 比较 非常 某 某些 各 每
    一些 一种 一项 一起 随 只 才 再 却 则 着 过 地 得 所
    谢谢 大家 一直 已经 还是 到底
    """.split()  # noqa: SIM905 - a page of quoted words would be harder to read
    # 两次, 三个: how many says little about what.
    + [
        f"{number}{measure}"
        for number in "一二两三四五六七八九十几"
        for measure in "个次"
    ]
)

# Other ways of asking the same, which say nothing beside it.
_SAME = {
    other: one
    for one, others in {
        "怎么": "怎么样 怎样 如何 咋样 咋么 咋",
        "为什么": "为何 为啥",
        "什么": "啥",
        "能": "能不能 可不可以 能否 可否",
        "是不是": "是否",
    }.items()
    for other in others.split()
}
_other_ways = re.compile("|".join(_SAME))

_HAN = "\u3007\u3400-\u4dbf\u4e00-\u9fff\uf900-\ufaff\U00020000-\U000323af"
_has_han = re.compile(f"[{_HAN}]").search
_split_han = re.compile(f"([{_HAN}]+)").split
_LETTER = rf"[^\W_{_HAN}]"  # and digits, of any script but Chinese
_words = re.compile(rf"{_LETTER}++(?:['’.\-_/+&]{_LETTER}++)*+")
_compounds = re.compile(rf"(?<!{_LETTER}){_LETTER}++(?:['’.\-_/+&]{_LETTER}++)++")
_parts = re.compile(rf"{_LETTER}+")
# NUL would end the string inside OpenCC, half a surrogate pair would stop it.
_unreadable = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_still = re.compile(
    "[ -~\u2013\u2014\u2018\u2019\u201c\u201d\u3001\u3002\u300a-\u3011"
    "\u3400-\u4dbf\u4e00-\u9fff\uff01-\uff5e]+"
)
_accented = re.compile("[\u00df-\u024f\u1e00-\u1eff]")
_invisible = re.compile("[\u00ad\u200b-\u200f\u202a-\u202e\u2060-\u2064\ufeff]")

_to_simplified = opencc.OpenCC("tw2sp").convert
_character_by_character = opencc.OpenCC("t2s").convert


@dataclass(frozen=True, slots=True)
class Word:
    """One word somebody asked for, and what else in a text would satisfy them.

    `forms` are spellings of equal worth (wi-fi, wifi). `parts` together are nearly
    as good (国际漫游: 国际 and 漫游). `characters` are the last resort for Chinese
    that the dictionary cuts differently in another sentence. `gram` is a word of two
    characters the dictionary doesn't know: wherever they are neighbours, it stands.
    `others` are synonyms, each of one or more words that must all stand. `typed` is the
    word before it was stemmed.
    """

    forms: tuple[str, ...]
    parts: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()
    gram: str = ""
    prefix: str = ""
    others: tuple[tuple[str, ...], ...] = ()
    typed: str = field(default="", compare=False)


@dataclass(frozen=True, slots=True)
class Streams:
    """A text as engines index it, each in order and as often as it occurs.

    `words` tell or are said in passing, `grams` are neighbours (携号, data_roam),
    `characters` the Chinese ones singly.
    """

    words: list[str]
    grams: list[str]
    characters: list[str]


@dataclass(frozen=True, slots=True)
class Clues:
    """What a query says beside its words. It ranks what they find, and finds nothing
    by itself: words inside words, words said in passing, neighbours, characters."""

    pieces: tuple[str, ...] = ()
    passing: tuple[str, ...] = ()
    grams: tuple[str, ...] = ()
    characters: tuple[str, ...] = ()


def readable(text: str) -> str:
    """One line without control characters and halves of characters."""
    return " ".join(_unreadable.sub(" ", text).split())


def normalise(text: str) -> str:
    """NFKC, lower case, simplified Chinese with mainland words (寬頻 -> 宽带)."""
    text = _invisible.sub("", _unreadable.sub(" ", text))
    text = unicodedata.normalize("NFKC", text).casefold()
    text = _accented.sub(_bare, text)
    return _to_simplified(text).casefold() if _has_han(text) else text


def tokens(text: str) -> list[str]:
    """Everything a text can be found by, in order, repeated as often as it occurs."""
    found: list[str] = []
    for run, is_han in _runs(normalise(text)):
        if is_han:
            found += rjieba.cut_for_search(_other_ways.sub(_one_way, run))
        else:
            for match in _words.finditer(run):
                whole, parts = _latin(match.group())
                found += whole
                found += parts
    return [token for token in found if token not in STOP_WORDS]


def streams(text: str) -> Streams:
    """All that a text is ranked by; `tokens` are its telling words."""
    words: list[str] = []
    grams: list[str] = []
    characters: list[str] = []
    for run, is_han in _runs(normalise(text)):
        if is_han:
            run = _other_ways.sub(_one_way, run)
            words += rjieba.cut_for_search(run)
            characters += run
            grams += map("".join, pairwise(run))
            continue
        before = ""
        for match in _words.finditer(run):
            whole, parts = _latin(match.group())
            words += whole
            words += parts
            for part in parts:
                if part not in STOP_WORDS:
                    if before:
                        grams.append(f"{before}_{part}")
                    before = part
    return Streams(words, grams, characters)


def phrase_terms(text: str) -> tuple[tuple[str, str], ...]:
    """(stream, term) that all stand wherever the phrase stands. Chinese is compared by
    its neighbours, since sentences are cut differently."""
    said = streams(text[:MAX_QUERY_CHARS])
    telling = (w for w in said.words if not is_han(w) and w not in STOP_WORDS)
    return (
        *(("words", word) for word in _few(telling)),
        *(("grams", gram) for gram in _few(said.grams)),
        *(("characters", character) for character in _few(said.characters)),
    )


def clues(text: str, words: Iterable[Word]) -> Clues:
    """What the typed text says beside its `query_words`."""
    said = streams(normalise(text[:MAX_QUERY_CHARS])[: 2 * MAX_QUERY_CHARS])
    return Clues(
        pieces=_few(piece for word in words for piece in word.parts),
        passing=_few(word for word in said.words if word in STOP_WORDS),
        grams=_few(gram for gram in said.grams if not STOP_WORDS.issuperset(gram)),
        characters=_few(said.characters),
    )


def query_words(
    text: str, *, complete_last: bool = False, whole: frozenset[str] = frozenset()
) -> tuple[Word, ...]:
    """What somebody asks for; `complete_last` if they may still be typing.

    `whole` are Chinese words that the dictionary doesn't know and shall not cut.
    """
    found: list[Word] = []
    # Compatibility characters grow up to 18 times: cut after normalising as well.
    for run, is_han in _runs(normalise(text[:MAX_QUERY_CHARS])[: 2 * MAX_QUERY_CHARS]):
        if is_han:
            run = _other_ways.sub(_one_way, run)
            found += (_han_word(word) for word in _cut(run, whole))
        else:
            for match in _words.finditer(run):
                forms, parts = _latin(match.group())
                kept = tuple(part for part in parts if part not in STOP_WORDS)
                if forms:
                    found.append(Word(forms, parts=kept, typed=match[0]))
                elif kept:
                    found.append(Word(kept, typed=match[0]))
                if complete_last and match.end() == len(run):
                    found = _with_prefix(found, match.group())
    wanted = [word for word in found if not STOP_WORDS.issuperset(word.forms)]
    return tuple(dict.fromkeys(wanted))[:MAX_QUERY_WORDS]


def query_tokens(text: str) -> list[str]:
    """The words of a query flat, for marking them in a text."""
    return marked_tokens(query_words(text))


def marked_tokens(words: Iterable[Word]) -> list[str]:
    """What `highlight` should mark for these words."""
    return list(
        dict.fromkeys(
            token
            for word in words
            for token in (*word.forms, *word.parts, *chain(*word.others))
        )
    )


def plain_words(text: str, limit: int = 6) -> list[str]:
    """The longest telling words as typed, for a LIKE in the database."""
    telling = (word for word in typed_words(text) if tokens(word))
    return sorted(dict.fromkeys(telling), key=len, reverse=True)[:limit]


def typed_words(text: str) -> list[str]:
    """The words of a query as they were typed, in order."""
    return [
        word
        for run, is_chinese in _runs(readable(text[:MAX_QUERY_CHARS]))
        for word in (rjieba.cut(run) if is_chinese else _words.findall(run))
    ]


def is_unknown(word: str) -> bool:
    """Whether it is a Chinese word of two characters or more not in the dictionary."""
    return len(word) > 1 and is_han(word) and not rjieba.has_word(word)


def is_han(token: str) -> bool:
    """Whether a token is Chinese."""
    return bool(_has_han(token[:1]))


def _cut(run: str, whole: frozenset[str]) -> Iterable[str]:
    present = [word for word in whole if word in run]
    if not present:
        return rjieba.cut(run)
    present.sort(key=len, reverse=True)
    pieces = re.split(f"({'|'.join(present)})", run)
    return chain.from_iterable(
        [piece] if piece in whole else rjieba.cut(piece) for piece in pieces if piece
    )


def _one_way(other: re.Match[str]) -> str:
    return _SAME[other[0]]


def _few(terms: Iterable[str]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(terms))[:MAX_CLUES]


def _runs(text: str) -> Iterable[tuple[str, bool]]:
    """(run, whether it is Chinese) for each stretch of one kind."""
    for place, run in enumerate(_split_han(text)):
        if run:
            yield run, place % 2 == 1


def _latin(compound: str) -> tuple[tuple[str, ...], tuple[str, ...]]:
    """The spellings of the whole of `wi-fi` (wi-fi, wifi), and its parts' stems."""
    parts = _parts.findall(compound)
    stems = tuple(_stem(part[:MAX_WORD_CHARS]) for part in parts)
    if len(parts) == 1:
        return (), stems
    if parts[-1] == "s" and len(parts) == 2 and compound[-2] in "'’":
        return (), stems[:1]
    whole = compound.replace("’", "'")
    if len(whole) > MAX_WORD_CHARS or len(parts) > 4:
        return (), stems
    if "-" in whole or "'" in whole:
        joined = whole.replace("-", "").replace("'", "")
        if joined in STOP_WORDS:  # don't
            return (), ()
        return (whole, joined), stems
    return (whole,), stems


def _han_word(word: str) -> Word:
    inside = [p for p in rjieba.cut_for_search(word) if len(p) == 2 and p != word]
    characters = tuple(dict.fromkeys(word))
    return Word(
        forms=(word,),
        typed=word,
        parts=tuple(dict.fromkeys(inside)),
        characters=characters if len(word) <= 6 else (),
        gram=word if len(word) == 2 and is_unknown(word) else "",
    )


def _with_prefix(words: list[Word], typed: str) -> list[Word]:
    """The last word may be unfinished: let longer ones count too."""
    if len(typed) < 2 or len(typed) > MAX_WORD_CHARS:
        return words
    if not words or typed in STOP_WORDS:
        return [*words, Word((typed,), prefix=typed, typed=typed)]
    last = words[-1]
    return [*words[:-1], replace(last, prefix=typed)]


@lru_cache(maxsize=50_000)
def _stem(word: str) -> str:
    if len(word) > 3 and len(word) <= MAX_WORD_CHARS and word.isascii():
        return porter_stem(word) if word.isalpha() else word
    return word


def _bare(accented: re.Match[str]) -> str:
    """The letter under its marks: one for one, so that nothing moves."""
    letter = unicodedata.normalize("NFD", accented[0])[0]
    return letter if letter.isascii() else accented[0]


# Marks

Span = tuple[int, int, str]


class Highlighter:
    """Marks the words of one query in many texts; made once per query."""

    def __init__(self, query_tokens: Iterable[str]) -> None:
        wanted = [token for token in dict.fromkeys(query_tokens) if token]
        self._tokens = frozenset(wanted)
        self._han = tuple(token for token in wanted if is_han(token))
        latin = [token for token in wanted if not is_han(token)]
        self._simple = tuple(token for token in latin if _parts.fullmatch(token))
        self._whole = tuple(token for token in latin if not _parts.fullmatch(token))
        # A word may end otherwise than its stem (happi: happy), by a letter or two.
        self._stems = {t[:-1] if len(t) > 3 else t for t in self._simple}

    def __bool__(self) -> bool:
        return bool(self._tokens)

    def spans(self, folded: str) -> list[Span]:
        """(start, end, token) of every word found in a normalised text, in order."""
        found: list[Span] = []
        for token in self._han:
            found += ((at, at + len(token), token) for at in _places(token, folded))
        for stem in self._stems:
            for at in _places(stem, folded):
                word = _parts.match(folded, at)
                if word is None or (at and _parts.match(folded, at - 1)):
                    continue
                token = _stem(word[0])
                if token in self._tokens:
                    found.append((at, word.end(), token))
        if self._has_compound(folded):
            found += self._compounds(folded)
        found.sort(key=lambda span: (span[0], -span[1]))
        return _without_overlaps(found)

    def _has_compound(self, folded: str) -> bool:
        """Whether wi-fi may stand there, asked for so or as wifi."""
        if any(whole in folded for whole in self._whole):
            return True
        joined = folded.replace("-", "").replace("'", "").replace("’", "")
        return len(joined) < len(folded) and any(
            joined.count(word) > folded.count(word) for word in self._simple
        )

    def _compounds(self, folded: str) -> Iterable[Span]:
        for match in _compounds.finditer(folded):
            for spelling in _latin(match[0])[0]:
                if spelling in self._tokens:
                    yield match.start(), match.end(), spelling
                    break

    def variety(self, text: str) -> int:
        """How many different words of the query a text holds."""
        return len({token for _, _, token in self.spans(normalise(text))})

    def mark(self, text: str, max_chars: int) -> SafeString:
        """At most `max_chars` of the text around the words, escaped, with <mark>."""
        text = readable(text)
        folded, origin = _fold_with_origin(text)
        spans = _in_original(self.spans(folded), origin, len(text))
        start, end = _window(text, spans, max_chars)
        pieces = ["…" if start else ""]
        at = start
        for span in spans:
            if span[0] < at or span[1] > end:
                continue
            first, last = _whole_characters(text, span[0], span[1])
            if first >= at and last <= end:
                pieces += [escape(text[at:first]), "<mark>", escape(text[first:last])]
                pieces.append("</mark>")
                at = last
        pieces += [escape(text[at:end].rstrip()), "…" if end < len(text) else ""]
        return mark_safe("".join(pieces))  # noqa: S308 - every piece is escaped


def highlight(text: str, query_tokens: Iterable[str], max_chars: int) -> SafeString:
    """Safe HTML of the most telling `max_chars` characters, query words in <mark>."""
    return Highlighter(query_tokens).mark(text, max_chars)


def _places(token: str, text: str) -> Iterable[int]:
    at = text.find(token)
    while at >= 0:
        yield at
        at = text.find(token, at + len(token))


def _without_overlaps(spans: list[Span]) -> list[Span]:
    kept: list[Span] = []
    for span in spans:
        if not kept or span[0] >= kept[-1][1]:
            kept.append(span)
    return kept


def _fold_with_origin(text: str) -> tuple[str, list[int] | None]:
    """The normalised text, and for each of its characters where it came from.

    None instead of a list says that nothing moved, which is nearly always so.
    """
    folded = normalise(text)
    cased = text.casefold()
    if len(cased) == len(text) and not _invisible.search(text):
        if folded == cased:
            return folded, None
        if len(folded) == len(text) and unicodedata.is_normalized("NFKC", text):
            return folded, None
    pieces: list[str] = []
    origin: list[int] = []
    for start, end, is_still in _clusters(text):
        if is_still:
            origin += range(start, end)
            pieces.append(unicodedata.normalize("NFKC", text[start:end]).casefold())
        else:
            piece = normalise(text[start:end])
            origin += [start] * len(piece)
            pieces.append(piece)
    cased = "".join(pieces)
    origin.append(len(text))
    if folded == cased:
        return folded, origin
    return folded, [origin[place] for place in _alignment(cased, folded)]


def _clusters(text: str) -> Iterable[tuple[int, int, bool]]:
    """(start, end, True) where characters change one for one, and in between every
    character with what combines with it, which may become more or fewer."""
    place, size = 0, len(text)
    while place < size:
        still = _still.match(text, place)
        end = still.end() if still else place
        if end < size and end > place and _continues(text, end):
            end -= 1
        if end > place:
            yield place, end, True
            place = end
            continue
        end = place + 1
        while end < size and _continues(text, end):
            end += 1
        yield place, end, False
        place = end


def _alignment(before: str, after: str) -> list[int]:
    """For each character of `after`, and its end, the place it has in `before`."""
    if len(before) == len(after):
        return list(range(len(before) + 1))
    # Words that became longer or shorter (隨身碟, U盘) are matched by what surrounds
    # them, once both are in the same script.
    plain = _character_by_character(before)
    if len(plain) != len(before):
        plain = before
    places: list[int] = []
    matcher = SequenceMatcher(None, plain, after, autojunk=False)
    for kind, start, end, first, last in matcher.get_opcodes():
        if kind == "equal":
            places += range(start, end)
        else:
            places += [start] * (last - first)
    return [*places, len(before)]


def _in_original(spans: list[Span], origin: list[int] | None, size: int) -> list[Span]:
    """The spans where they stand in the text as written."""
    if origin is None:
        return spans
    found: list[Span] = []
    for start, end, token in spans:
        # Several characters may come from one: end where the next one begins.
        while end < len(origin) - 1 and origin[end] <= origin[end - 1]:
            end += 1
        found.append((origin[start], origin[end] if end < len(origin) else size, token))
    return _without_overlaps(found)


def _whole_characters(text: str, start: int, end: int) -> tuple[int, int]:
    while end < len(text) and _continues(text, end):
        end += 1
    while start > 0 and _continues(text, start):
        start -= 1
    return start, end


def _continues(text: str, place: int) -> bool:
    """Whether a cut before `place` would tear what a reader sees as one character."""
    here, before = text[place], text[place - 1]
    if here < "\u0300":
        return False
    if unicodedata.combining(here) or before == "\u200d" or here == "\u200d":
        return True
    if "\ufe00" <= here <= "\ufe0f" or "\U0001f3fb" <= here <= "\U0001f3ff":
        return True
    if "\u1160" <= here <= "\u11ff" or unicodedata.category(here) in ("Mn", "Mc", "Me"):
        return True
    if _is_flag_half(here) and _is_flag_half(before):
        run = place
        while run > 0 and _is_flag_half(text[run - 1]):
            run -= 1
        return (place - run) % 2 == 1
    return False


def _is_flag_half(character: str) -> bool:
    return "\U0001f1e6" <= character <= "\U0001f1ff"


def _window(text: str, spans: list[Span], max_chars: int) -> tuple[int, int]:
    """The stretch of at most `max_chars` with the most different words in it."""
    if len(text) <= max_chars:
        return 0, len(text)
    best, best_count = 0, 0
    inside: Counter[str] = Counter()
    last = 0
    for start, end, token in spans:
        while last < len(spans) and spans[last][1] <= start + max_chars * 3 // 4:
            inside[spans[last][2]] += 1
            last += 1
        if len(inside) > best_count:
            best, best_count = start, len(inside)
        if end <= start + max_chars * 3 // 4:
            inside[token] -= 1
            inside += Counter()
    start = max(0, best - max_chars // 4)
    if start + max_chars >= len(text):
        start = len(text) - max_chars
    start = _good_start(text, start, best)
    end = min(len(text), start + max_chars)
    if end < len(text):
        end = _good_end(text, start, end)
    return start, end


def _good_start(text: str, start: int, latest: int) -> int:
    """Just behind the next stop, or else the next space, before the first word."""
    if start == 0:
        return 0
    for stops in ("。！？；.!?;", "，、,:： "):
        for place in range(start, min(latest, start + 40)):
            if text[place - 1] in stops and (text[place - 1] > "~" or text[place] == " "
                                             or text[place - 1] == " "):  # fmt: skip
                return place + 1 if text[place] == " " else place
    while start < len(text) and _continues(text, start):
        start += 1
    return min(start, latest)


def _good_end(text: str, start: int, end: int) -> int:
    """Not inside a Latin word if a space is near, never inside a character."""
    if text[end].isascii() and text[end].isalnum():
        space = text.rfind(" ", max(start, end - 20), end)
        if space > start:
            return space
    while end > start and _continues(text, end):
        end -= 1
    return end
