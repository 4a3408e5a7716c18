"""Uploaded files, served so that a browser never runs them."""

import mimetypes
from pathlib import Path

from django.conf import settings
from django.core.exceptions import SuspiciousFileOperation
from django.http import FileResponse, Http404, HttpRequest
from django.utils._os import safe_join
from django.views.decorators.http import require_safe

PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".avif"}


@require_safe
def serve(request: HttpRequest, name: str) -> FileResponse:
    try:
        path = Path(safe_join(settings.MEDIA_ROOT, name))
    except (SuspiciousFileOperation, ValueError):
        raise Http404 from None
    if path.suffix.lower() not in PICTURES or not path.is_file():
        # Documents are served by Wagtail's own view, which checks who may read them.
        raise Http404
    content_type = mimetypes.guess_type(path.name)[0] or "application/octet-stream"
    response = FileResponse(path.open("rb"), content_type=content_type)
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    response["Cache-Control"] = "public, max-age=31536000, immutable"
    return response
