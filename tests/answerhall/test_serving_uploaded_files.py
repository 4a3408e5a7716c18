"""What members and editors upload comes back as a picture or not at all."""

import io

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from PIL import Image

from answerhall.settings.files import FOLDER, storage_at

IN_MEMORY = {"BACKEND": "django.core.files.storage.InMemoryStorage"}
IN_A_FOLDER = {"BACKEND": "django.core.files.storage.FileSystemStorage"}


def picture(color: str = "red") -> bytes:
    target = io.BytesIO()
    Image.new("RGB", (40, 20), color).save(target, "PNG")
    return target.getvalue()


@pytest.fixture(params=[IN_A_FOLDER, IN_MEMORY], ids=["folder", "no folder"])
def kept(request, settings, tmp_path):
    """Wherever files lie, with or without a path on this machine."""
    settings.MEDIA_ROOT = tmp_path
    settings.STORAGES = settings.STORAGES | {"default": request.param}
    default_storage.save("uploads/a.png", ContentFile(picture()))
    default_storage.save("uploads/page.html", ContentFile(b"<script>alert(1)</script>"))
    default_storage.save("uploads/drawing.svg", ContentFile(b"<svg onload='x()'/>"))
    return default_storage


def test_a_picture_is_handed_out_where_nothing_can_run(client, kept, db):
    response = client.get("/media/uploads/a.png")

    assert b"".join(response.streaming_content) == picture()
    assert response["Content-Type"] == "image/png"
    assert response["Content-Length"] == str(len(picture()))
    assert response["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert response["X-Content-Type-Options"] == "nosniff"
    assert response["Cache-Control"] == "public, max-age=31536000, immutable"


@pytest.mark.parametrize(
    "address",
    [
        "uploads/page.html",
        "uploads/drawing.svg",
        "uploads/b.png",
        "uploads",
        "../answerhall.sqlite3",
        "../../etc/passwd",
        "%2e%2e/%2e%2e/etc/x.png",
        "..%2f..%2fetc%2fx.png",
        "/etc/x.png",
        "a" * 300 + ".png",
        "a/" * 3000 + ".png",
        r"..\..\x.png",
    ],
)
def test_anything_else_is_not_found(client, kept, address, db):
    assert client.get(f"/media/{address}").status_code == 404


@pytest.mark.parametrize("address", ["folder.png", "a.png/b.png"])
def test_folders_and_files_taken_for_each_other_are_not_found(
    client, settings, tmp_path, address, db
):
    settings.MEDIA_ROOT = tmp_path
    (tmp_path / "folder.png").mkdir()
    (tmp_path / "a.png").write_bytes(picture())

    assert client.get(f"/media/{address}").status_code == 404


def test_without_an_address_files_lie_in_the_media_folder():
    assert storage_at("") == FOLDER


def test_an_address_names_store_bucket_folder_and_key():
    options = storage_at("s3://key:se%2Fcret@s3.example:9000/hall/site/a?region=eu-1")

    assert options["OPTIONS"] == {
        "bucket_name": "hall",
        "location": "site/a",
        "access_key": "key",
        "secret_key": "se/cret",
        "region_name": "eu-1",
        "endpoint_url": "https://s3.example:9000",
        "addressing_style": "path",
    }


def test_amazons_own_store_needs_no_host_and_a_role_no_key():
    options = storage_at("s3:///hall?region=cn-north-1")["OPTIONS"]

    assert options == {
        "bucket_name": "hall",
        "location": "",
        "region_name": "cn-north-1",
    }


def test_only_a_store_next_door_is_reached_without_tls():
    options = storage_at("s3://k:s@127.0.0.1:9000/hall?tls=0")["OPTIONS"]

    assert options["endpoint_url"] == "http://127.0.0.1:9000"


@pytest.mark.parametrize(
    "address",
    [
        "https://s3.example/hall",
        "s3://key:secret@s3.example",
        "s3://key@s3.example/hall",
        "s3://key:secret@s3.example/hall?acl=public",
    ],
)
def test_an_address_that_cannot_be_meant_stops_the_start_and_keeps_the_secret(address):
    with pytest.raises(ImproperlyConfigured) as refusal:
        storage_at(address)

    assert "secret" not in str(refusal.value)
