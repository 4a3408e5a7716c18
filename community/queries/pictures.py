"""What is known about the pictures in posts."""

from collections.abc import Collection

from django.conf import settings

from community.models import Attachment


def picture_sizes(addresses: Collection[str]) -> dict[str, tuple[int, int]]:
    """Width and height of those that members uploaded here. In one query."""
    names = {
        address.removeprefix(settings.MEDIA_URL): address
        for address in addresses
        if address.startswith(settings.MEDIA_URL)
    }
    if not names:
        return {}
    rows = Attachment.objects.filter(file__in=names)
    return {
        names[file]: (width, height)
        for file, width, height in rows.values_list("file", "width", "height")
    }
