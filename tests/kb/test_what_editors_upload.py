"""Editors' pictures and files: what they give away, and to whom."""

import io

import pytest
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse
from PIL import Image
from wagtail.models import Collection, CollectionViewRestriction

from kb.models import ArticleDocument, ArticleImage

SECRET = b"31.2304N,121.4737E"


def photo(kind: str = "JPEG") -> SimpleUploadedFile:
    exif = Image.Exif()
    exif[0x010E] = SECRET.decode()
    exif[0x8825] = {1: "N", 2: (31.0, 13.0, 49.0)}
    target = io.BytesIO()
    Image.new("RGB", (640, 480), "red").save(target, kind, exif=exif)
    return SimpleUploadedFile(f"Our shop.{kind.lower()}", target.getvalue())


@pytest.fixture
def upload(editor, client_of, site):
    client = client_of(editor)

    def send(address: str, name: str, **fields: object):
        root = Collection.get_first_root_node()
        return client.post(
            address, {name: photo(), "title": "Shop", "collection": root.pk} | fields
        )

    return send


def kept(stored) -> bytes:
    with stored.file.open() as content:
        return content.read()


@pytest.mark.parametrize(
    ("address", "name"),
    [("add", "file"), ("add_multiple", "files[]")],
)
def test_a_picture_on_a_page_does_not_tell_where_it_was_taken(upload, address, name):
    upload(reverse(f"wagtailimages:{address}"), name)

    image = ArticleImage.objects.get()
    rendition = image.get_rendition("width-320")
    assert image.file.name.startswith("original_images/Our_shop")
    assert SECRET not in kept(image)
    assert SECRET not in kept(rendition)
    assert dict(Image.open(io.BytesIO(kept(rendition))).getexif()) == {}


@pytest.mark.parametrize("kind", ["PNG", "WEBP"])
def test_whatever_its_kind(upload, kind):
    upload(reverse("wagtailimages:add"), "file", file=photo(kind))

    assert SECRET not in kept(ArticleImage.objects.get())


def test_what_is_no_picture_is_refused_with_a_sentence(upload):
    page = SimpleUploadedFile("shop.png", b"\x89PNG\r\n\x1a\n<script>alert(1)</script>")

    answer = upload(reverse("wagtailimages:add"), "file", file=page)

    assert answer.context["form"].errors["file"]
    assert not ArticleImage.objects.exists()


def test_a_strangers_way_to_a_private_file_leads_to_the_one_door(site, client):
    closed = Collection.get_first_root_node().add_child(name="Members only")
    CollectionViewRestriction.objects.create(
        collection=closed, restriction_type="login"
    )
    document = ArticleDocument(title="Contract", collection=closed)
    document.file.save("contract.pdf", ContentFile(b"%PDF-1.7 secret terms"))

    answer = client.get(document.url)

    assert answer.status_code == 302
    assert answer["Location"].startswith("/accounts/login/")


def test_no_password_is_shared_to_open_files(make_person, client_of, site):
    folder = Collection.get_first_root_node().add_child(name="Contracts")
    linda = make_person("linda-gong")
    linda.is_superuser = True
    linda.save()

    answer = client_of(linda).get(
        reverse("wagtailadmin_collections:set_privacy", args=[folder.pk])
    )

    choices = answer.json()["html"]
    assert 'value="login"' in choices
    assert 'value="password"' not in choices
