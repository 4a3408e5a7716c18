"""Pictures for shared pages: drawn when first asked for, kept, never of what is hidden.

The address of a picture holds a key of the words in it. What is stored lies under a
name nobody can derive from that, so the media folder shows no picture of a thread
that was hidden since.
"""

import io
import math
import unicodedata
from collections.abc import Callable, Iterable
from dataclasses import astuple
from datetime import datetime, timedelta
from functools import lru_cache
from pathlib import PurePosixPath

import pylopdf_fonts_zh_cn
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.crypto import salted_hmac
from django.views.decorators.http import require_safe
from PIL import Image, ImageDraw, ImageFont
from wagtail.models import Page

from answerhall.context import hall_facts
from answerhall.languages import CODES
from common.freshness import alike_for_visitors, shows
from common.sharing import HEIGHT, WIDTH, SharePicture, hall_picture
from common.timers import timer
from community import sharing as threads
from community.models import Question
from kb import sharing as pages
from kb.freshness import ARTICLES
from kb.models import HallSettings
from kb.models.pages import HALL_DEPTH

FOLDER = "share"
KEEP_UNASKED = timedelta(days=60)
A_DAY = 86_400

MARGIN = 80
# The largest at which the whole title finds room.
TITLE_SIZES = (72, 62, 54, 46)
TITLE_HEIGHT = 335
LINE = 1.36
SMALL = 34
CANVAS, INK, SOFT = (251, 249, 245), (32, 38, 46), (92, 100, 110)
# What must not begin a line in Chinese, and what must not end one.
NOT_FIRST = frozenset(",.!?:;)]}%、。】》」』”’…~·，．！？：；）］｝％")
NOT_LAST = frozenset("([{【《「『“‘（［｛")


@require_safe
@alike_for_visitors
def picture(request: HttpRequest, kind: str, pk: str, key: str) -> HttpResponse:
    """The page's picture; under an old key, the way to the present one."""
    wanted = FINDERS[kind](int(pk), key)
    if wanted is None:
        raise Http404
    if wanted.key != key:
        return redirect(wanted.path)
    response = HttpResponse(_stored(wanted), content_type="image/png")
    response.headers["Cache-Control"] = f"public, max-age={A_DAY}"
    # Other sites show it beside a link to this one.
    response.headers["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def _thread(pk: int, _key: str) -> SharePicture | None:
    rows = Question.objects.visible().select_related("circle")
    question = rows.only("title", "language", "circle").filter(pk=pk).first()
    if question is None:
        return None
    shows(question)
    return threads.picture_of(question)


def _page(pk: int, _key: str) -> SharePicture | None:
    rows = Page.objects.live().public().filter(depth__gte=HALL_DEPTH, pk=pk)
    page = rows.select_related("locale").first()
    if page is None:
        return None
    shows(ARTICLES)
    return pages.picture_of(page.specific)


def _hall(pk: int, key: str) -> SharePicture | None:
    """Which language is meant, the key says."""
    known = [hall_picture(hall_facts(code).name, code) for code in CODES]
    asked = (one for one in known if (one.pk, one.key) == (pk, key))
    return next(asked, None)


FINDERS: dict[str, Callable[[int, str], SharePicture | None]] = {
    threads.KIND: _thread,
    pages.KIND: _page,
    "halls": _hall,
}
PATTERN = (
    rf"^share/(?P<kind>{'|'.join(FINDERS)})/"
    r"(?P<pk>[1-9][0-9]{0,17})-(?P<key>[0-9a-f]{16})\.png$"
)


def _stored(wanted: SharePicture) -> bytes:
    hall = HallSettings.load()
    name_of_hall = hall_facts(wanted.language).name
    look = (*astuple(wanted), wanted.key, name_of_hall, hall.hue, hall.tone)
    digest = salted_hmac("answerhall.share", repr(look), algorithm="sha256").hexdigest()
    name = f"{FOLDER}/{digest[:2]}/{digest[2:42]}.png"
    try:
        with default_storage.open(name) as kept:
            return kept.read()
    except FileNotFoundError:
        drawn = draw(wanted, name_of_hall, hall.hue, float(hall.tone))
        default_storage.save(name, ContentFile(drawn))
        return drawn


@timer("share_pictures_pruning", every=timedelta(days=7))
def prune(at: datetime) -> str:
    """Forget old pictures; whoever asks for one gets it drawn again."""
    removed = 0
    for folder in _listed(FOLDER)[0]:
        place = PurePosixPath(FOLDER, folder)
        for file in _listed(str(place))[1]:
            name = str(place / file)
            if at - default_storage.get_modified_time(name) > KEEP_UNASKED:
                default_storage.delete(name)
                removed += 1
    return f"{removed} removed"


def _listed(folder: str) -> tuple[list[str], list[str]]:
    try:
        return default_storage.listdir(folder)
    except FileNotFoundError:
        return [], []


# Drawing


def draw(wanted: SharePicture, hall: str, hue: int, tone: float) -> bytes:
    """A PNG of 1200 by 630: the hall's name, the title in up to four lines."""
    accent = _rgb(0.44, tone, hue)
    image = Image.new("RGB", (WIDTH, HEIGHT), CANVAS)
    paper = ImageDraw.Draw(image)
    paper.rectangle((0, 0, WIDTH, 18), fill=_rgb(0.34, 0.07, hue))
    _door(paper, MARGIN, 70, accent)
    paper.text((MARGIN + 74, 72), _fit(_shown(hall), SMALL), INK, _font(SMALL))
    size, lines = _laid_out(_shown(wanted.title))
    step = round(size * LINE)
    top = HEIGHT - MARGIN - 20 - step * len(lines)
    if wanted.kicker:
        words = _fit(_shown(wanted.kicker), SMALL)
        paper.text((MARGIN, top - 58), words, accent, _font(SMALL))
    for number, line in enumerate(lines):
        place = (MARGIN, top + number * step)
        # The font has one weight; a thin outline makes it bolder.
        paper.text(place, line, INK, _font(size), stroke_width=1)
    paper.rectangle((MARGIN, HEIGHT - 58, MARGIN + 120, HEIGHT - 52), fill=accent)
    written = io.BytesIO()
    colours = image.quantize(64, dither=Image.Dither.NONE)
    colours.save(written, "PNG", optimize=True)
    return written.getvalue()


def _door(paper: ImageDraw.ImageDraw, x: int, y: int, colour: tuple) -> None:
    """The house's mark: an arch with a door in it."""
    paper.rounded_rectangle((x, y, x + 50, y + 56), 25, colour)
    paper.rectangle((x, y + 28, x + 50, y + 56), fill=colour)
    paper.rounded_rectangle((x + 12, y + 12, x + 38, y + 46), 13, CANVAS)
    paper.rectangle((x + 12, y + 28, x + 38, y + 46), fill=CANVAS)
    paper.line(
        [(x + 19, y + 29), (x + 24, y + 34), (x + 32, y + 24)], colour, 4, "curve"
    )


@lru_cache(maxsize=8)
def _font(size: int) -> ImageFont.FreeTypeFont:
    return ImageFont.truetype(pylopdf_fonts_zh_cn.sans_path(), size)


def _shown(words: str) -> str:
    """Without what the font has no picture for: emoji, unassigned, private."""
    kept = (
        char
        for char in unicodedata.normalize("NFC", words)
        if unicodedata.category(char) not in ("So", "Cs", "Co", "Cn", "Cc", "Cf")
        and not "\ufe00" <= char <= "\ufe0f"
    )
    return " ".join("".join(kept).split())


def _laid_out(title: str) -> tuple[int, list[str]]:
    """The largest size at which the title fits; at the smallest it is cut."""
    lines, most = [""], 1
    for size in TITLE_SIZES:
        lines, most = list(_lines(title, size)), int(TITLE_HEIGHT / LINE / size)
        if len(lines) <= most:
            return size, lines
    last = _head(lines[most - 1], TITLE_SIZES[-1], "…") + "…"
    return TITLE_SIZES[-1], [*lines[: most - 1], last]


def _lines(title: str, size: int) -> Iterable[str]:
    line = ""
    for piece in _short_pieces(title, size):
        longer = f"{line}{piece}"
        if not line or _width(longer.rstrip(), size) <= WIDTH - 2 * MARGIN:
            line = longer
            continue
        yield line.rstrip()
        line = piece
    if line.strip():
        yield line.rstrip()


def _short_pieces(title: str, size: int) -> Iterable[str]:
    """One word alone may be wider than the picture."""
    for piece in _pieces(title):
        rest = piece
        while _width(rest.rstrip(), size) > WIDTH - 2 * MARGIN:
            head = _head(rest, size)
            yield head
            rest = rest[len(head) :]
        yield rest


def _pieces(title: str) -> Iterable[str]:
    """What may stand at the beginning of a line: words, and Chinese characters."""
    piece = ""
    for char in title:
        before = piece[-1:]
        breaks = before == " " or (
            bool(before)
            and (_is_wide(char) or _is_wide(before))
            and char not in NOT_FIRST
            and char != " "
            and before not in NOT_LAST
        )
        if breaks:
            yield piece
            piece = ""
        piece += char
    if piece:
        yield piece


def _is_wide(char: str) -> bool:
    return unicodedata.east_asian_width(char) in "WF"


def _fit(words: str, size: int) -> str:
    if _width(words, size) <= WIDTH - 2 * MARGIN - 74:
        return words
    return _head(words.rstrip("…"), size, "…") + "…"


def _head(words: str, size: int, more: str = "") -> str:
    """As much as fits on a line; at least one character."""
    low, high = 1, len(words)
    while low < high:
        middle = (low + high + 1) // 2
        if _width(words[:middle] + more, size) <= WIDTH - 2 * MARGIN - 74 * bool(more):
            low = middle
        else:
            high = middle - 1
    return words[:low]


def _width(words: str, size: int) -> float:
    return _font(size).getlength(words)


def _rgb(lightness: float, chroma: float, hue: float) -> tuple[int, int, int]:
    """oklch as the style sheet has it, in the colours a PNG knows."""
    a = chroma * math.cos(math.radians(hue))
    b = chroma * math.sin(math.radians(hue))
    long = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3
    medium = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3
    short = (lightness - 0.0894841775 * a - 1.2914855480 * b) ** 3
    linear = (
        4.0767416621 * long - 3.3077115913 * medium + 0.2309699292 * short,
        -1.2684380046 * long + 2.6097574011 * medium - 0.3413193965 * short,
        -0.0041960863 * long - 0.7034186147 * medium + 1.7076147010 * short,
    )
    red, green, blue = (_byte(part) for part in linear)
    return red, green, blue


def _byte(linear: float) -> int:
    light = min(max(linear, 0.0), 1.0)
    encoded = (
        12.92 * light if light <= 0.0031308 else 1.055 * light ** (1 / 2.4) - 0.055
    )
    return round(255 * encoded)
