"""Uploaded pictures: checked before they are decoded, then drawn anew.

What is kept is our own encoding of the pixels: no position or camera (EXIF), no second
file hidden behind the first, no name chosen by the sender.
"""

import io
import struct
from contextlib import suppress
from dataclasses import dataclass
from uuid import uuid4

from django.core.files.base import ContentFile
from django.core.files.uploadedfile import UploadedFile
from django.utils.translation import gettext_lazy as _
from PIL import Image, ImageOps

from common.errors import Refused

MAX_BYTES = 4 * 1024 * 1024
MAX_PIXELS = 20_000_000
_FORMATS = ("PNG", "JPEG", "GIF", "WEBP")
# A GIF's first picture fits a PNG. MPO: a phone's JPEG with more behind it.
_KEPT_AS = {
    "PNG": ("PNG", ".png"),
    "GIF": ("PNG", ".png"),
    "JPEG": ("JPEG", ".jpg"),
    "MPO": ("JPEG", ".jpg"),
    "WEBP": ("WEBP", ".webp"),
}
_BROKEN = (
    OSError,
    SyntaxError,
    ValueError,
    EOFError,
    struct.error,
    Image.DecompressionBombError,
)


class BadImage(Refused):
    """A picture that cannot be kept."""

    title = _("This picture was not kept")
    sentence = _(
        "This file is not a picture we can read. Nothing was uploaded. Choose a JPEG,"
        " PNG, GIF or WebP picture."
    )


class ImageTooLarge(BadImage):
    status = 413
    sentence = _(
        "This picture is larger than %(megabytes)d MB. Nothing was uploaded. Make it"
        " smaller, or take a screenshot of the part that matters."
    )


class TooManyPixels(BadImage):
    sentence = _(
        "This picture has more than %(megapixels)d million pixels. Nothing was"
        " uploaded. Make it smaller, or take a screenshot of the part that matters."
    )


@dataclass(frozen=True)
class CleanImage:
    """A picture to save: its name is random, and its suffix tells what it is."""

    content: ContentFile
    width: int
    height: int
    suffix: str


def clean_image(upload: UploadedFile) -> CleanImage:
    """Check and redraw a picture. Raises BadImage.

    An animation keeps its first picture; one taken sideways is turned upright.
    """
    if (upload.size or 0) > MAX_BYTES:
        raise ImageTooLarge(megabytes=MAX_BYTES // 1024**2)
    upload.seek(0)
    raw = upload.read(MAX_BYTES + 1)
    if len(raw) > MAX_BYTES:
        raise ImageTooLarge(megabytes=MAX_BYTES // 1024**2)
    try:
        picture = Image.open(io.BytesIO(raw), formats=_FORMATS)
    except Image.DecompressionBombError as error:
        raise TooManyPixels(megapixels=MAX_PIXELS // 1_000_000) from error
    except _BROKEN as error:
        raise BadImage from error
    # Known from the header: nothing has been decoded yet.
    if picture.width * picture.height > MAX_PIXELS:
        raise TooManyPixels(megapixels=MAX_PIXELS // 1_000_000)
    try:
        return _redrawn(picture)
    except _BROKEN as error:
        raise BadImage from error


def _redrawn(picture: Image.Image) -> CleanImage:
    kind, suffix = _KEPT_AS[picture.format or ""]
    picture.seek(0)
    picture.load()
    # Notes of the camera that cannot be read are no reason to refuse its picture.
    with suppress(*_BROKEN):
        ImageOps.exif_transpose(picture, in_place=True)
    see_through = kind != "JPEG" and picture.has_transparency_data
    pixels = picture.convert("RGBA" if see_through else "RGB")
    # Comments, profiles and the like travel here; the encoders would write them again.
    pixels.info.clear()
    target = io.BytesIO()
    if kind == "PNG":
        pixels.save(target, kind)
    else:
        pixels.save(target, kind, quality=85)
    content = ContentFile(target.getvalue(), name=f"{uuid4().hex}{suffix}")
    return CleanImage(content, pixels.width, pixels.height, suffix)
