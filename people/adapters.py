"""How django-allauth signs people up and in here."""

from smtplib import SMTPException
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialApp
from django import forms
from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.core.mail import EmailMessage
from django.http import Http404, HttpRequest, HttpResponse
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.http import url_has_allowed_host_and_scheme, urlencode
from django.utils.translation import get_language, override

from common import outbox
from common.errors import Refused
from people import actions, queries
from people.errors import TooManySignIns
from people.models import Person

TERMS_DUE = "terms_due"
TOO_MANY = {"too_many_login_attempts", "rate_limited"}
RETRY_AFTER_SECONDS = 300
MAIL_KIND = "people.account_mail"


def _our_address(name: str, *args: str) -> str:
    return f"{settings.BASE_URL}{reverse(name, args=args)}"


class AccountAdapter(DefaultAccountAdapter):
    # Refusals

    def validation_error(self, code: str, *args: Any) -> forms.ValidationError:
        """Too many tries are no mistake in the form: they answer 429."""
        if code in TOO_MANY:
            raise TooManySignIns(retry_after=RETRY_AFTER_SECONDS)
        return super().validation_error(code, *args)

    # Signing up

    def save_user(
        self,
        request: HttpRequest,
        user: Person,
        form: forms.BaseForm,
        commit: bool = True,
    ) -> Person:
        details = form.cleaned_data
        user.display_name = details["display_name"]
        user.language = get_language() or ""
        super().save_user(request, user, form, commit=False)
        user.handle = details["handle"] or user.handle
        if commit:
            actions.save_new(user)
        return user

    def populate_username(self, request: HttpRequest, user: Person) -> None:  # noqa: ARG002
        """Never from the e-mail address: a handle is public."""
        if not user.handle:
            user.handle = actions.generated_handle(user.display_name)

    def clean_username(self, username: str, shallow: bool = False) -> str:  # noqa: ARG002
        try:
            return actions.free_handle(username)
        except Refused as refusal:
            raise forms.ValidationError(str(refusal)) from refusal

    # Signing in

    def is_safe_url(self, url: str | None) -> bool:
        """Only this host: a link that carries our name must stay with us."""
        return url_has_allowed_host_and_scheme(
            url,
            allowed_hosts={self.request.get_host()},
            require_https=self.request.is_secure(),
        )

    def post_login(
        self, request: HttpRequest, user: Person, **kwargs: Any
    ) -> HttpResponse:
        """New terms are asked for once the person is known, before they go on."""
        response = super().post_login(request, user, **kwargs)
        if not queries.missing_consents(user):
            return response
        request.session[TERMS_DUE] = True
        query = urlencode({"next": response["Location"]})
        # The same response: whoever heard of the sign-in may have set a cookie on it.
        response["Location"] = f"{reverse('people:terms')}?{query}"
        return response

    # Mail

    def format_email_subject(self, subject: str) -> str:
        return f"[{settings.WAGTAIL_SITE_NAME}] {subject}"

    def render_mail(
        self,
        template_prefix: str,
        email: str | list[str],
        context: dict[str, Any],
        headers: dict[str, str] | None = None,
    ) -> EmailMessage:
        """Plain text in the reader's language, with links to our own address only."""
        person = context.get("user") or Person.objects.filter(email=email).first()
        with override((person and person.language) or get_language()):
            context = context | {
                # Never what the Host header made of it.
                "signup_url": _our_address("account_signup"),
                "site_name": settings.WAGTAIL_SITE_NAME,
            }
            subject = render_to_string(f"{template_prefix}_subject.txt", context)
            body = render_to_string(f"{template_prefix}_message.txt", context)
        return EmailMessage(
            subject=self.format_email_subject(" ".join(subject.split())),
            body=body.strip() + "\n",
            from_email=self.get_from_email(),
            to=[email] if isinstance(email, str) else email,
            headers=headers,
        )

    def send_account_already_exists_mail(self, email: str) -> None:
        # A new account's password is hashed: without it the answer comes sooner, which
        # tells a stranger whose address is known here.
        if password := self.request.POST.get("password1"):
            make_password(password)
        context = {"password_reset_url": _our_address("account_reset_password")}
        self.send_mail("account/email/account_already_exists", email, context)

    def get_reset_password_from_key_url(self, key: str) -> str:
        uid, token = key.split("-", 1)
        return _our_address("account_reset_password_from_key", uid, token)

    def send_mail(
        self, template_prefix: str, email: str, context: dict[str, Any]
    ) -> None:
        """Send at once: somebody waits for it. If the server is down, try again."""
        message = self.render_mail(template_prefix, email, {"email": email} | context)
        try:
            message.send()
        except (OSError, SMTPException):
            now = timezone.now()
            outbox.put(
                MAIL_KIND,
                f"{template_prefix} {email} {now.timestamp()}",
                {"to": message.to, "subject": message.subject, "body": message.body},
                at=now,
            )


class SocialAccountAdapter(DefaultSocialAccountAdapter):
    def get_app(
        self, request: HttpRequest, provider: str, client_id: str | None = None
    ) -> SocialApp:
        """A house the settings do not name has no door here."""
        try:
            return super().get_app(request, provider, client_id=client_id)
        except SocialApp.DoesNotExist as unknown:
            raise Http404 from unknown

    def is_auto_signup_allowed(self, request: HttpRequest, sociallogin: Any) -> bool:  # noqa: ARG002
        """Nobody joins without having read what they agree to."""
        return False

    def get_signup_form_initial_data(self, sociallogin: Any) -> dict[str, Any]:
        data = sociallogin.account.extra_data
        info = data.get("userinfo", data)
        name = info.get("name") or info.get("nickname") or ""
        return super().get_signup_form_initial_data(sociallogin) | {
            "display_name": str(name)[:60]
        }

    def save_user(
        self, request: HttpRequest, sociallogin: Any, form: Any = None
    ) -> Person:
        if form is None:
            raise ValueError("Social sign-up goes through the form with the terms.")
        return super().save_user(request, sociallogin, form)
