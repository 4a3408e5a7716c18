"""What people do later: mail, and sweeping up after sessions."""

from datetime import datetime, timedelta
from typing import Any

from allauth.usersessions.models import UserSession
from django.conf import settings
from django.contrib.sessions.models import Session
from django.core.mail import EmailMessage
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import override

from common.outbox import handles
from common.timers import timer
from people import actions, queries, registries
from people.actions import MAIL_KIND as NOTIFICATION_MAIL
from people.adapters import MAIL_KIND as ACCOUNT_MAIL
from people.models import Notification
from people.names import unlinked


@handles(ACCOUNT_MAIL)
def send_account_mail(payloads: list[dict[str, Any]], at: datetime) -> None:  # noqa: ARG001
    for mail in payloads:
        EmailMessage(subject=mail["subject"], body=mail["body"], to=mail["to"]).send()


@handles(NOTIFICATION_MAIL)
def mail_notification(payloads: list[dict[str, Any]], at: datetime) -> None:
    for payload in payloads:
        notification = (
            Notification.objects.select_related("person")
            .filter(pk=payload["id"])
            .first()
        )
        if notification and (mail := _mail_of(notification, at)):
            mail.send()


def _mail_of(notification: Notification, at: datetime) -> EmailMessage | None:
    person = notification.person
    language = person.language or settings.LANGUAGE_CODE
    with timezone.override(person.zone):
        sentence = queries.sentence_of(notification, language)
    if not (sentence and person.email and person.is_active):
        return None
    path = _path_of(notification, at)
    with override(language):
        choices = reverse("people:notification_choices")
        body = render_to_string(
            "people/mail/notification.txt",
            {
                "sentence": unlinked(sentence),
                "url": f"{settings.BASE_URL}{path}" if path else "",
                "choices_url": f"{settings.BASE_URL}{choices}",
                "site_name": settings.WAGTAIL_SITE_NAME,
            },
        )
    subject = f"[{settings.WAGTAIL_SITE_NAME}] {' '.join(unlinked(sentence).split())}"
    return EmailMessage(subject=subject[:180], body=body, to=[person.email])


def _path_of(notification: Notification, at: datetime) -> str:
    known = registries.notification_kinds().get(notification.kind)
    if known is None or known.mail_path is None:
        return notification.url
    return known.mail_path(notification, at)


@timer("people.sessions", every=timedelta(days=1))
def forget_ended_sessions(at: datetime) -> str:
    ended = Session.objects.filter(expire_date__lt=at).delete()[0]
    living = Session.objects.values("session_key")
    UserSession.objects.exclude(session_key__in=living).delete()
    return f"{ended} sessions"


@timer("people.closing", every=timedelta(hours=1))
def erase_those_who_left(at: datetime) -> str:
    return f"{actions.close_accounts(at=at)} accounts"
