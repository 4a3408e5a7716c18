"""Uploaded files in an S3-compatible store, handed out by this site alone.

The bucket stays private: addresses of files are ours, so that what the site says about
them (type, sandbox, who may read) holds wherever they lie.
"""

import logging
from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any

from boto3.exceptions import Boto3Error
from botocore.config import Config
from botocore.exceptions import BotoCoreError, ClientError
from django.conf import settings
from django.core.files.base import File
from django.utils.encoding import filepath_to_uri
from django.utils.translation import gettext_lazy as _
from storages.backends.s3 import S3Storage

from common.errors import Refused

logger = logging.getLogger(__name__)

RETRY_AFTER_SECONDS = 30


class FilesUnreachable(Refused):
    """The store does not answer, or does not let us in."""

    status = 503
    title = _("Pictures and files cannot be reached")
    sentence = _(
        "Our store for pictures and files does not answer. Nothing was uploaded or"
        " changed. Please try again in a minute."
    )
    retry_after = RETRY_AFTER_SECONDS


@contextmanager
def _store_answers() -> Iterator[None]:
    try:
        yield
    except (Boto3Error, BotoCoreError, ClientError) as error:
        logger.exception("The file store does not answer")
        raise FilesUnreachable from error


class S3Files(S3Storage):
    def __init__(self, *, addressing_style: str = "auto", **options: Any) -> None:
        super().__init__(
            file_overwrite=False,
            default_acl=None,
            max_memory_size=4 * 1024 * 1024,
            client_config=Config(
                signature_version="s3v4",
                s3={"addressing_style": addressing_style},
                # Somebody waits for the page: better no picture than no answer.
                connect_timeout=3,
                read_timeout=10,
                retries={"mode": "standard", "total_max_attempts": 2},
                # boto3's newer checksums are unknown to many compatible stores.
                request_checksum_calculation="when_required",
                response_checksum_validation="when_required",
            ),
            **options,
        )

    def deconstruct(self) -> tuple[str, list, dict]:
        """The site's store, whatever it is: tasks keep this, and no key with it."""
        return "django.core.files.storage.DefaultStorage", [], {}

    def url(self, name: str, *_args: Any, **_kwargs: Any) -> str:
        return f"{settings.MEDIA_URL}{filepath_to_uri(name)}"

    def _open(self, name: str, mode: str = "rb") -> File:
        with _store_answers():
            stored = super()._open(name, mode)
            if "r" in mode:
                # Fetched now, not when half of an answer is already written.
                stored.open()
            return stored

    def _save(self, name: str, content: File) -> str:
        with _store_answers():
            return super()._save(name, content)

    def delete(self, name: str) -> None:
        with _store_answers():
            super().delete(name)

    def exists(self, name: str) -> bool:
        with _store_answers():
            return super().exists(name)

    def size(self, name: str) -> int:
        with _store_answers():
            return super().size(name)
