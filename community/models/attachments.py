"""Pictures members put into their posts. Never mixed with the editors' images."""

from secrets import token_urlsafe

from django.conf import settings
from django.db import models

# Of pictures that not everybody may see; who hands files out asks first.
PRIVATE_FOLDER = "uploads/private/"


def _random_path(attachment: "Attachment", filename: str) -> str:
    folder = PRIVATE_FOLDER if attachment.is_private else "uploads/"
    suffix = filename.rpartition(".")[2].lower()
    return f"{folder}{token_urlsafe(16)}.{suffix}"


class Attachment(models.Model):
    owner = models.ForeignKey(settings.AUTH_USER_MODEL, models.PROTECT)
    file = models.ImageField(
        upload_to=_random_path, width_field="width", height_field="height"
    )
    width = models.PositiveIntegerField()
    height = models.PositiveIntegerField()
    at = models.DateTimeField()
    is_private = models.BooleanField(default=False)

    class Meta:
        indexes = [
            models.Index(fields=["owner", "-at"], name="attachment_by_owner"),
            models.Index(fields=["file"], name="attachment_by_file"),
        ]

    def __str__(self) -> str:
        return self.file.name or ""
