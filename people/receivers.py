"""What people do when somebody else announces a fact."""

from typing import Any

from allauth.account.signals import password_changed, password_reset
from allauth.mfa.models import Authenticator
from allauth.mfa.signals import authenticator_added, authenticator_removed
from django.contrib import messages
from django.contrib.auth.models import Group
from django.contrib.auth.signals import user_logged_in
from django.db.models.signals import m2m_changed
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext as _

from people import actions, second_factor
from people.models import Person

FACTORS = (Authenticator.Type.TOTP, Authenticator.Type.WEBAUTHN)
CHANGES = {"post_add", "post_remove", "post_clear"}


@receiver(user_logged_in)
def remember_when_they_signed_in(request: HttpRequest, **_kwargs: Any) -> None:
    request.session[second_factor.SIGNED_IN_AT] = timezone.now().timestamp()


@receiver(user_logged_in)
def who_comes_back_keeps_the_account(
    request: HttpRequest, user: Person, **_kwargs: Any
) -> None:
    if actions.keep_account(person=user, at=timezone.now()):
        words = _("Welcome back. Your account is not closed: everything is as it was.")
        messages.success(request, words, fail_silently=True)


@receiver(authenticator_added)
def a_new_factor_was_just_shown(
    request: HttpRequest, user: Person, authenticator: Authenticator, **_kwargs: Any
) -> None:
    if authenticator.type in FACTORS:
        second_factor.mark(request, user)


@receiver(authenticator_removed)
def without_a_factor_every_session_starts_again(
    request: HttpRequest, user: Person, **_kwargs: Any
) -> None:
    if Authenticator.objects.filter(user=user, type__in=FACTORS).exists():
        return
    second_factor.forget(request)
    actions.end_sessions(user, but=request.session.session_key)


@receiver([password_changed, password_reset])
def a_new_password_ends_other_sessions(
    request: HttpRequest, user: Person, **_kwargs: Any
) -> None:
    actions.end_sessions(user, but=request.session.session_key)
    # Whoever knew the old one may have made a key.
    actions.revoke_api_keys(person=user, at=timezone.now())


@receiver(m2m_changed, sender=Person.groups.through)
def roles_of_a_person_changed(
    instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_kwargs: Any
) -> None:
    if action == "pre_clear" and reverse:
        # After a clear nobody can say whom it touched.
        instance.people_before = list(instance.user_set.all())
    if action not in CHANGES:
        return
    if not reverse:
        people = [instance]
    elif pk_set is not None:
        people = list(Person.objects.filter(pk__in=pk_set))
    else:
        people = instance.people_before
    actions.refresh_standing(people=people, at=timezone.now())


@receiver(m2m_changed, sender=Group.permissions.through)
def rights_of_a_group_changed(
    instance: Any, action: str, reverse: bool, pk_set: set[int] | None, **_kwargs: Any
) -> None:
    if action not in CHANGES:
        return
    groups = Group.objects.filter(pk__in=pk_set or []) if reverse else [instance]
    people = Person.objects.filter(groups__in=groups).distinct()
    actions.refresh_standing(people=people, at=timezone.now())
