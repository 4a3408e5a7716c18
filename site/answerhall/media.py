"""Uploaded files, served so that a browser never runs them."""

import errno
import mimetypes
from pathlib import PurePosixPath
from posixpath import normpath

from django.core.exceptions import SuspiciousOperation
from django.core.files.base import File
from django.core.files.storage import default_storage
from django.http import FileResponse, Http404, HttpRequest
from django.views.decorators.http import require_safe

from community.models.attachments import PRIVATE_FOLDER
from desk.queries import may_see_picture

PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"}
_NOT_A_FILE = {
    errno.EISDIR,
    errno.ELOOP,
    errno.ENAMETOOLONG,
    errno.ENOENT,
    errno.ENOTDIR,
}


@require_safe
def serve(request: HttpRequest, name: str) -> FileResponse:
    path = PurePosixPath(name)
    # One spelling for each file: ".." would lead into a folder that is not asked about.
    if path.suffix.lower() not in PICTURES or normpath(name) != name:
        # Documents are served by Wagtail's own view, which checks who may read them.
        raise Http404
    is_private = name.startswith(PRIVATE_FOLDER)
    if is_private and not may_see_picture(request.user, name):
        raise Http404
    stored = _open(name)
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response = FileResponse(stored, content_type=content_type)
    response["Content-Length"] = stored.size
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = (
        "private, no-store" if is_private else "public, max-age=31536000, immutable"
    )
    return response


def _open(name: str) -> File:
    """The file, wherever it lies. A store that does not answer is no missing file."""
    try:
        return default_storage.open(name)
    except (SuspiciousOperation, ValueError):
        raise Http404 from None
    except OSError as error:
        # A remote store raises FileNotFoundError without a number.
        if error.errno in _NOT_A_FILE or isinstance(error, FileNotFoundError):
            raise Http404 from None
        raise
