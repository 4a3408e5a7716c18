"""Every mail the development site sent, newest first. Production has no such page."""

from email import message_from_bytes, policy
from pathlib import Path

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import path
from django.views.decorators.http import require_safe

SHOWN = 100
app_name = "sent_mail"


@require_safe
def sent_mail(request: HttpRequest) -> HttpResponse:
    if not settings.SHOW_SENT_MAIL:
        raise Http404
    return render(request, "sent_mail.html", {"mails": _newest_mails()})


def _newest_mails() -> list[dict]:
    """Django's file backend keeps one file a connection, mails parted by dashes."""
    folder = Path(getattr(settings, "EMAIL_FILE_PATH", settings.STATE / "mail"))
    files = sorted(folder.glob("*.log"), reverse=True)[:SHOWN]
    mails = []
    for file in files:
        for raw in reversed(file.read_bytes().split(b"\n" + b"-" * 79)):
            mail = message_from_bytes(raw.strip(), policy=policy.default)
            if mail["Subject"] is None:
                continue
            body = mail.get_body(("plain",))
            mails.append(
                {
                    "to": mail["To"],
                    "subject": mail["Subject"],
                    "date": mail["Date"],
                    "text": body.get_content() if body else "",
                }
            )
    return mails[:SHOWN]


urlpatterns = [path("", sent_mail, name="list")]
