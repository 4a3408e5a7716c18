"""The few pages that belong to no room."""

from django.conf import settings
from django.contrib.staticfiles.storage import staticfiles_storage
from django.db import connection
from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from django.views.decorators.cache import cache_control
from django.views.decorators.http import require_POST, require_safe

from answerhall.languages import CODES, language_of_unprefixed
from common import outbox
from common.errors import Refused
from common.http import safe_next
from common.middleware import refused
from kb.models import HallSettings
from people.actions import change_language
from search.queries import index_health


@require_safe
def to_a_language(request: HttpRequest) -> HttpResponse:
    response = redirect(f"/{language_of_unprefixed(request)}/")
    patch_vary_headers(response, ("Accept-Language", "Cookie"))
    return response


@require_POST
def choose_language(request: HttpRequest) -> HttpResponse:
    """A signed-in person's choice is kept; `next` is the page in that language."""
    language = request.POST.get("language", "")
    if request.user.is_authenticated and language in CODES:
        change_language(person=request.user, language=language)
    return redirect(safe_next(request, "/"))


@require_safe
@cache_control(public=True, max_age=300)
def theme(request: HttpRequest) -> HttpResponse:
    """The operator's colour, as two custom properties."""
    hall = HallSettings.load()
    return HttpResponse(
        f":root{{--hue:{hall.hue};--tone:{hall.tone}}}", content_type="text/css"
    )


@require_safe
def favicon(request: HttpRequest) -> HttpResponse:
    return redirect(staticfiles_storage.url("answerhall/favicon.ico"), permanent=True)


@require_safe
def healthz(request: HttpRequest) -> HttpResponse:
    return HttpResponse("ok\n", content_type="text/plain")


@require_safe
def readyz(request: HttpRequest) -> HttpResponse:
    """200 while database, index and queue all answer, else 503. Names no internals."""
    now = timezone.now()
    parts = {"database": False, "index": False, "queue": False}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts["database"] = True
        parts["index"] = index_health().ok
        waiting = outbox.oldest_due_seconds(now)
        in_time = waiting < settings.ANSWERHALL_QUEUE_ALARM_SECONDS
        parts["queue"] = in_time and outbox.dead_count() == 0
    except Exception:  # noqa: BLE001  whatever is broken, the answer is "not ready"
        parts.setdefault("database", False)
    return JsonResponse(parts, status=200 if all(parts.values()) else 503)


class FormNotTrusted(Refused):
    status = 403
    title = _("This form could not be trusted")
    sentence = _(
        "The page was open for a long time, or the request came from another site. "
        "Nothing was changed. Go back, reload the page and send it once more."
    )


def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:  # noqa: ARG001
    """The form is too old or came from elsewhere. What was typed is shown again."""
    return refused(request, FormNotTrusted())
