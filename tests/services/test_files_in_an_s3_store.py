"""Uploaded files in a store that speaks S3, and what happens when it is silent.

The store is moto's server: the real protocol over HTTP, through boto3.
"""

import io
from collections.abc import Iterator

import boto3
import pytest
from django.core.files.base import ContentFile
from django.core.files.images import ImageFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import SimpleUploadedFile
from django.core.management import call_command
from django.test import Client
from django_tasks_db.models import DBTaskResult
from moto.server import ThreadedMotoServer
from PIL import Image
from wagtail.models import Collection, CollectionViewRestriction

from answerhall.settings.files import storage_at
from community.models import Attachment
from kb.models import ArticleDocument, ArticleImage

pytestmark = [pytest.mark.services, pytest.mark.django_db]

BUCKET = "hall"


@pytest.fixture(scope="module")
def store() -> Iterator[str]:
    server = ThreadedMotoServer("127.0.0.1", port=0, verbose=False)
    server.start()
    host, port = server.get_host_and_port()
    yield f"{host}:{port}"
    server.stop()


@pytest.fixture
def bucket(store, settings):
    """An empty bucket the site keeps its files in."""
    client = boto3.client(
        "s3",
        endpoint_url=f"http://{store}",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    )
    bucket = boto3.resource(
        "s3",
        endpoint_url=f"http://{store}",
        region_name="us-east-1",
        aws_access_key_id="key",
        aws_secret_access_key="secret",
    ).Bucket(BUCKET)
    if BUCKET not in [known["Name"] for known in client.list_buckets()["Buckets"]]:
        bucket.create()
    bucket.objects.delete()
    address = f"s3://key:secret@{store}/{BUCKET}/site?region=us-east-1&tls=0"
    settings.STORAGES = settings.STORAGES | {"default": storage_at(address)}
    return bucket


def keys(bucket) -> list[str]:
    return sorted(stored.key for stored in bucket.objects.all())


def photo() -> SimpleUploadedFile:
    exif = Image.Exif()
    exif[0x010E] = "31.2304N,121.4737E"
    target = io.BytesIO()
    Image.new("RGB", (640, 480), "red").save(target, "JPEG", exif=exif)
    return SimpleUploadedFile("../my photo.jpg", target.getvalue(), "image/jpeg")


def phone() -> ImageFile:
    return ImageFile(photo().file, "phone.jpg")


def test_a_members_picture_goes_to_the_store_and_comes_back_through_the_site(
    bucket, site, asker, client_of
):
    answer = client_of(asker).post(
        "/en/uploads/", {"picture": photo()}, headers={"accept": "application/json"}
    )

    address = answer.json()["url"]
    [key] = keys(bucket)
    assert address.startswith("/media/uploads/")
    assert key == address.replace("/media/", "site/")
    stored = bucket.Object(key).get()["Body"].read()
    assert b"31.2304N" not in stored
    shown = Client().get(address)
    assert b"".join(shown.streaming_content) == stored
    assert shown["Content-Type"] == "image/jpeg"
    assert shown["Content-Length"] == str(len(stored))
    assert shown["Content-Security-Policy"] == "default-src 'none'; sandbox"
    assert shown["X-Content-Type-Options"] == "nosniff"


def test_an_editors_picture_is_shown_in_sizes_made_from_the_store(bucket, site):
    image = ArticleImage.objects.create(title="A phone", file=phone())

    rendition = ArticleImage.objects.get(pk=image.pk).get_rendition("width-320")

    assert rendition.url.startswith("/media/images/phone")
    assert len(keys(bucket)) == 2
    shown = Client().get(rendition.url)
    picture = Image.open(io.BytesIO(b"".join(shown.streaming_content)))
    assert picture.size == (320, 240)


def test_two_files_of_one_name_are_both_kept(bucket):
    first = default_storage.save("images/a.png", ContentFile(b"one"))
    second = default_storage.save("images/a.png", ContentFile(b"two"))

    assert first != second
    assert default_storage.open(first).read() == b"one"
    assert default_storage.open(second).read() == b"two"


@pytest.mark.parametrize(
    "address",
    [
        "uploads/none.png",
        "../secret.png",
        "..%2fsecret.png",
        "%2e%2e/secret.png",
        "uploads/../../secret.png",
    ],
)
def test_nobody_reads_beside_the_sites_folder(bucket, client, address):
    bucket.put_object(Key="secret.png", Body=b"another site's")

    assert client.get(f"/media/{address}").status_code == 404


@pytest.fixture
def contract(bucket, site) -> ArticleDocument:
    """A document only signed-in people may read."""
    closed = Collection.get_first_root_node().add_child(name="Members only")
    CollectionViewRestriction.objects.create(
        collection=closed, restriction_type="login"
    )
    document = ArticleDocument(title="Contract", collection=closed)
    document.file.save("contract.pdf", ContentFile(b"%PDF-1.7 secret terms"))
    return document


def test_a_document_is_read_by_whoever_may(contract, asker, client_of):
    response = client_of(asker).get(contract.url)

    assert b"".join(response.streaming_content) == b"%PDF-1.7 secret terms"
    assert response["Content-Type"] == "application/pdf"
    assert response["Content-Security-Policy"] == "default-src 'none'"
    assert response["X-Content-Type-Options"] == "nosniff"


def test_a_document_is_not_read_by_strangers(contract, client):
    behind_the_form = client.get(contract.url)
    around_the_form = client.get(contract.file.url)

    assert behind_the_form.status_code == 302
    assert behind_the_form["Location"].startswith("/accounts/login/")
    assert around_the_form.status_code == 404


@pytest.mark.django_db(transaction=True)
def test_a_deleted_picture_leaves_the_store_and_no_key_in_the_queue(bucket, site):
    """Committed for good: the worker opens and closes connections as it likes."""
    image = ArticleImage.objects.create(title="A phone", file=phone())

    image.delete()

    [task] = DBTaskResult.objects.filter(task_path__endswith="from_storage_task")
    assert "secret" not in str(task.args_kwargs)
    call_command("db_worker", batch=True, interval=0, verbosity=0)
    assert keys(bucket) == []


@pytest.fixture
def silent(bucket, settings):
    """The store is gone: nobody listens where it was."""
    default_storage.save("uploads/a.png", ContentFile(b"picture"))
    address = f"s3://key:secret@127.0.0.1:9/{BUCKET}/site?region=us-east-1&tls=0"
    settings.STORAGES = settings.STORAGES | {"default": storage_at(address)}


def test_when_the_store_is_silent_pictures_are_missing_for_a_while(silent, client):
    response = client.get("/media/uploads/a.png")

    assert response.status_code == 503
    assert response["Retry-After"] == "30"
    assert response["Cache-Control"] == "private, no-store"


def test_when_the_store_is_silent_an_upload_says_so(silent, site, asker, client_of):
    response = client_of(asker).post("/zh-hans/uploads/", {"picture": photo()})

    assert response.status_code == 503
    assert "图片和文件暂时无法访问" in response.content.decode()
    assert not Attachment.objects.exists()
