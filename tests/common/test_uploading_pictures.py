import io
import re
import struct
import zlib

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, PngImagePlugin

from common.images import BadImage, ImageTooLarge, TooManyPixels, clean_image

SECRET = b"31.2304N,121.4737E"


def upload(content: bytes, name: str = "photo.jpg") -> SimpleUploadedFile:
    return SimpleUploadedFile(name, content, content_type="image/jpeg")


def picture(kind: str, size=(40, 20), mode="RGB", **options) -> bytes:
    target = io.BytesIO()
    Image.new(mode, size, options.pop("color", None) or 0).save(target, kind, **options)
    return target.getvalue()


def opened(clean) -> Image.Image:
    clean.content.seek(0)
    return Image.open(io.BytesIO(clean.content.read()))


@pytest.mark.parametrize(
    ("kind", "kept_as", "suffix"),
    [
        ("JPEG", "JPEG", ".jpg"),
        ("PNG", "PNG", ".png"),
        ("WEBP", "WEBP", ".webp"),
        ("GIF", "PNG", ".png"),
    ],
)
def test_a_picture_is_kept_in_its_size_under_a_new_name(kind, kept_as, suffix):
    clean = clean_image(upload(picture(kind), "../../etc/passwd.php"))

    assert (clean.width, clean.height, clean.suffix) == (40, 20, suffix)
    assert re.fullmatch(r"[0-9a-f]{32}\." + suffix[1:], clean.content.name)
    assert opened(clean).format == kept_as
    assert opened(clean).size == (40, 20)


def test_two_uploads_of_one_picture_get_two_names():
    photo = picture("JPEG")

    assert clean_image(upload(photo)).content.name != (
        clean_image(upload(photo)).content.name
    )


def _jpeg_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x8825] = {1: "N", 2: (31.0, 13.0, 49.0)}
    return picture("JPEG", exif=exif, comment=SECRET, icc_profile=SECRET * 9)


def _png_with_place() -> bytes:
    notes = PngImagePlugin.PngInfo()
    notes.add_text("Location", SECRET.decode())
    notes.add_itxt("XML:com.adobe.xmp", SECRET.decode())
    return picture("PNG", pnginfo=notes, icc_profile=SECRET * 9)


def _webp_with_place() -> bytes:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    return picture("WEBP", exif=exif, xmp=SECRET, icc_profile=SECRET)


@pytest.mark.parametrize("make", [_jpeg_with_place, _png_with_place, _webp_with_place])
def test_where_and_with_what_it_was_taken_is_not_kept(make):
    photo = make()

    kept = clean_image(upload(photo)).content.read()

    assert SECRET in photo or make is _png_with_place
    assert SECRET not in kept
    shown = Image.open(io.BytesIO(kept))
    assert not shown.getexif()
    assert not {"icc_profile", "comment", "xmp", "exif", "Location"} & set(shown.info)


def test_a_photo_taken_sideways_is_turned_upright():
    exif = Image.Exif()
    exif[0x0112] = 6

    clean = clean_image(upload(picture("JPEG", exif=exif)))

    assert (clean.width, clean.height) == (20, 40)


def test_a_photo_whose_camera_notes_are_broken_is_kept_without_them():
    clean = clean_image(upload(picture("WEBP", exif=b"Exif\0\0" + SECRET)))

    assert SECRET not in clean.content.read()


def test_an_animation_keeps_its_first_picture():
    frames = [Image.new("RGB", (8, 8), color) for color in ("red", "blue")]
    target = io.BytesIO()
    frames[0].save(target, "GIF", save_all=True, append_images=frames[1:])

    shown = opened(clean_image(upload(target.getvalue())))

    assert getattr(shown, "n_frames", 1) == 1
    assert shown.convert("RGB").getpixel((0, 0)) == (255, 0, 0)


def test_a_phones_photo_with_a_second_one_behind_it_keeps_the_first():
    second = Image.new("RGB", (40, 20), "blue")
    photo = picture("MPO", color="red", save_all=True, append_images=[second])

    clean = clean_image(upload(photo))

    assert clean.suffix == ".jpg"
    assert opened(clean).format == "JPEG"
    assert opened(clean).getpixel((0, 0))[0] > 200


@pytest.mark.parametrize("mode", ["1", "L", "LA", "P", "RGBA", "I;16"])
def test_every_kind_of_png_is_kept(mode):
    assert clean_image(upload(picture("PNG", mode=mode))).suffix == ".png"


def test_what_is_see_through_stays_so():
    clean = clean_image(upload(picture("PNG", mode="RGBA")))

    assert opened(clean).mode == "RGBA"


def test_a_printers_photo_is_shown_in_a_screens_colours():
    assert opened(clean_image(upload(picture("JPEG", mode="CMYK")))).mode == "RGB"


SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
NO_PICTURES = {
    "an empty file": b"",
    "a drawing with script": SVG,
    "a page": b"<!DOCTYPE html><script>alert(1)</script>",
    "a document": b"%PDF-1.7\n",
    "a torn photo": picture("JPEG")[:200],
    "a torn drawing": picture("PNG")[:60],
    "a page that begins like a GIF": b"GIF89a/*<script>alert(1)</script>*/",
    "a format we do not take": picture("TIFF"),
    "an icon": picture("ICO", size=(16, 16)),
    "a printer's program": b"%!PS-Adobe-3.0 EPSF-3.0\n%%BoundingBox: 0 0 9 9\n",
}


@pytest.mark.parametrize("content", NO_PICTURES.values(), ids=NO_PICTURES)
def test_what_is_no_picture_is_refused_whatever_its_name(content):
    with pytest.raises(BadImage) as refusal:
        clean_image(upload(content, "photo.png"))

    assert refusal.value.status == 400


@pytest.mark.parametrize("kind", ["JPEG", "PNG", "GIF", "WEBP"])
def test_a_page_hidden_behind_a_picture_is_not_kept(kind):
    kept = clean_image(upload(picture(kind) + b"<script>alert(1)</script>"))

    assert b"<script>" not in kept.content.read()


def test_a_picture_of_more_than_four_megabytes_is_refused():
    with pytest.raises(ImageTooLarge) as refusal:
        clean_image(upload(picture("PNG") + b"\0" * 4 * 1024 * 1024))

    assert refusal.value.status == 413
    assert "larger than 4 MB" in str(refusal.value)


def _png_header(width: int, height: int) -> bytes:
    """A PNG that claims its size and holds no pixel: only the header can be read."""

    def chunk(kind: bytes, content: bytes) -> bytes:
        check = zlib.crc32(kind + content)
        return (
            struct.pack(">I", len(content)) + kind + content + struct.pack(">I", check)
        )

    header = struct.pack(">IIBBBBB", width, height, 8, 2, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", b"")


@pytest.mark.parametrize("size", [(5000, 4001), (16_000, 16_000), (60_000, 60_000)])
def test_a_picture_bomb_is_refused_by_its_header(size):
    with pytest.raises(TooManyPixels) as refusal:
        clean_image(upload(_png_header(*size)))

    assert "20 million pixels" in str(refusal.value)
