"""Somebody puts a picture into a post."""

from datetime import datetime

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from common.images import clean_image
from community import numbers
from community.actions import guarding
from community.models import Attachment
from people.models import Person


def attach_picture(
    *, person: Person, upload: UploadedFile, at: datetime, is_private: bool = False
) -> Attachment:
    """Keep a picture under a random name, drawn anew. Raises BadImage.

    A private one is shown to its owner, and to whom a room above lets see it.
    """
    # Counted before it is looked at: drawing costs more than counting.
    guarding.spend("upload", person, at, *numbers.UPLOAD_LIMITS)
    image = clean_image(upload)
    with transaction.atomic():
        return Attachment.objects.create(
            owner=person,
            file=image.content,
            width=image.width,
            height=image.height,
            at=at,
            is_private=is_private,
        )
