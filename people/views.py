"""Pages about people: profiles, one's own account, notifications, the staff's door."""

from allauth.account.decorators import reauthentication_required
from allauth.account.views import login as allauth_login
from django.conf import settings
from django.contrib import messages
from django.contrib.auth import logout
from django.contrib.auth.decorators import login_required
from django.http import (
    FileResponse,
    Http404,
    HttpRequest,
    HttpResponse,
    HttpResponseRedirect,
)
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone, translation
from django.utils.http import urlencode
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.debug import sensitive_post_parameters
from django.views.decorators.http import require_http_methods, require_safe

from common.errors import Refused, TooMany
from common.freshness import alike_for_visitors, shows
from common.http import post_only, safe_next, see_other
from common.limits import spend
from common.paging import page_of
from common.site_day import site_day
from common.structured import alternates
from common.text import excerpt
from people import actions, own_data, queries, second_factor
from people.adapters import TERMS_DUE
from people.errors import StaffStay, TooManyCopies, TooManySignIns
from people.forms import ApiKeyForm, ProfileForm, TermsForm
from people.models import Person
from people.requests import SignedInRequest

NOTIFICATIONS_PER_PAGE = 30
BIO_IN_DESCRIPTION = 100
DATA_REQUESTS_SHOWN = 20
# So many copies a day: whoever holds somebody's session takes no more.
DATA_COPIES = (5, 86_400)


# Profiles


@require_safe
@alike_for_visitors
def profile(request: HttpRequest, handle: str) -> HttpResponse:
    person = queries.person_at(handle)
    if person is None:
        raise Http404
    if person.is_erased:
        return render(request, "people/erased.html", status=410)
    if not person.is_active:
        raise Http404
    if person.handle != handle:
        return redirect(person, permanent=True)
    shows(person)
    words = _("%(name)s (@%(handle)s): questions, answers and standing.") % {
        "name": person.name,
        "handle": person.handle,
    }
    context = {
        "person": person,
        "description": f"{words} {excerpt(person.bio, BIO_IN_DESCRIPTION)}".strip(),
        "alternates": alternates(_addresses(person)),
    }
    return render(request, "people/profile.html", context)


def _addresses(person: Person) -> dict[str, str]:
    """The profile under each interface language."""
    addresses = {}
    for code, _name in settings.LANGUAGES:
        with translation.override(code):
            addresses[code] = person.get_absolute_url()
    return addresses


@login_required
@require_safe
def me(request: SignedInRequest) -> HttpResponse:
    return redirect(request.user)


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def edit_me(request: SignedInRequest) -> HttpResponse:
    form = ProfileForm(request.POST or None, person=request.user)
    if request.method == "POST" and form.is_valid():
        person = actions.change_profile(
            person=request.user, at=timezone.now(), **form.cleaned_data
        )
        messages.success(request, _("Your profile is saved."))
        return see_other(request, person.get_absolute_url())
    status = 400 if form.errors else 200
    return render(request, "people/edit.html", {"form": form}, status=status)


@login_required
@require_safe
def security(request: SignedInRequest) -> HttpResponse:
    return render(request, "people/security.html")


@never_cache
@login_required
@reauthentication_required
@require_http_methods(["GET", "HEAD", "POST"])
def api_keys(request: SignedInRequest) -> HttpResponse:
    """The keys in force, and a form for a new one, which is shown here only, once."""
    form = ApiKeyForm(request.POST or None)
    now, made, status = timezone.now(), None, 200
    if request.method == "POST" and form.is_valid():
        try:
            made = actions.make_api_key(
                person=request.user, at=now, **form.cleaned_data
            )
            form = ApiKeyForm()
        except Refused as refusal:
            form.add_error(None, str(refusal))
            status = refusal.status
    elif form.errors:
        status = 400
    context = {
        "form": form,
        "made": made,
        "keys": queries.api_keys_of(request.user, now),
        "is_for_members": queries.acts_for_the_house(request.user),
    }
    return render(request, "people/api_keys.html", context, status=status)


@login_required
@reauthentication_required
@post_only
def revoke_api_key(request: SignedInRequest, pk: int) -> HttpResponse:
    if not actions.revoke_api_key(person=request.user, pk=pk, at=timezone.now()):
        raise Http404
    messages.success(request, _("The key is revoked and opens nothing any more."))
    return see_other(request, reverse("people:api_keys"))


# One's own data


@never_cache
@login_required
@second_factor.came_in_just_now
@require_safe
def my_data(request: SignedInRequest) -> HttpResponse:
    context = {
        "asked": queries.data_requests_of(request.user)[:DATA_REQUESTS_SHOWN],
        "is_staff": queries.acts_for_the_house(request.user),
    }
    return render(request, "people/my_data.html", context)


@never_cache
@login_required
@post_only
@second_factor.came_in_just_now
def copy_of_my_data(request: SignedInRequest) -> HttpResponseBase:
    """Everything as one file."""
    person, now = request.user, timezone.now()
    try:
        spend("people.data_copy", str(person.pk), DATA_COPIES)
    except TooMany as refusal:
        raise TooManyCopies(retry_after=refusal.retry_after or 0) from refusal
    copy = own_data.write_copy(person=person, at=now)
    actions.note_copy_taken(person=person, at=now)
    return FileResponse(
        copy,
        as_attachment=True,
        filename=f"{person.pk}-{site_day(now).isoformat()}.json",
        content_type="application/json",
    )


@never_cache
@login_required
@second_factor.came_in_just_now
@require_http_methods(["GET", "HEAD", "POST"])
def close_account(request: SignedInRequest) -> HttpResponse:
    """Say what closing means; then do it and say good-bye in the same answer."""
    if request.method == "POST":
        closing = actions.ask_to_close(person=request.user, at=timezone.now())
        logout(request)
        return render(request, "people/closing.html", {"due_at": closing.due_at})
    if queries.acts_for_the_house(request.user):
        raise StaffStay
    return render(request, "people/close_account.html")


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def terms(request: SignedInRequest) -> HttpResponse:
    """Ask for the present terms. Reading on stays possible; posting waits for this."""
    target = safe_next(request, reverse("people:me"))
    form = TermsForm(request.POST or None)
    if request.method == "POST" and form.is_valid():
        actions.accept_terms(person=request.user, at=timezone.now())
        request.session.pop(TERMS_DUE, None)
        return see_other(request, target)
    status = 400 if form.errors else 200
    return render(
        request, "people/terms.html", {"form": form, "next": target}, status=status
    )


# Notifications


@login_required
@require_safe
def notifications(request: SignedInRequest) -> HttpResponse:
    page = page_of(
        queries.notifications_of(request.user),
        request.GET.get("page"),
        per_page=NOTIFICATIONS_PER_PAGE,
    )
    rows = [(row, queries.sentence_of(row)) for row in page]
    return render(request, "people/notifications.html", {"page": page, "rows": rows})


@login_required
@post_only
def read_notifications(request: SignedInRequest, pk: int | None = None) -> HttpResponse:
    actions.mark_read(person=request.user, pk=pk, at=timezone.now())
    return see_other(request, safe_next(request, reverse("people:notifications")))


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def notification_choices(request: SignedInRequest) -> HttpResponse:
    if request.method == "POST":
        for wish in queries.notification_wishes(request.user):
            actions.choose_notifications(
                person=request.user,
                kinds=wish.kinds,
                on_site=f"site-{wish.key}" in request.POST,
                by_mail=f"mail-{wish.key}" in request.POST,
            )
        actions.choose_marketing(
            person=request.user,
            is_wanted="marketing" in request.POST,
            at=timezone.now(),
        )
        messages.success(request, _("Your choices are saved."))
        return see_other(request, reverse("people:notification_choices"))
    context = {
        "wishes": queries.notification_wishes(request.user),
        "wants_marketing": queries.wants_marketing(request.user),
    }
    return render(request, "people/notification_choices.html", context)


# The staff's door: Wagtail's own sign-in and reset pages are never reached


@never_cache
@sensitive_post_parameters("password")
def staff_sign_in(request: HttpRequest) -> HttpResponse:
    """Lead to the one door. What is posted here counts as tries at that door."""
    if request.method != "POST":
        query = urlencode({"next": safe_next(request, reverse("wagtailadmin_home"))})
        return HttpResponseRedirect(f"{reverse('account_login')}?{query}")
    # Wagtail's form calls it `username`; whoever tries passwords here does too.
    login = request.POST.get("login") or request.POST.get("username", "")
    try:
        spend("people.staff_sign_in", login.strip().lower(), (5, 300))
    except TooMany as refusal:
        raise TooManySignIns(retry_after=refusal.retry_after or 300) from refusal
    posted = request.POST.copy()
    posted["login"] = login
    request.POST = posted  # type: ignore[assignment]
    return allauth_login(request)


@never_cache
def staff_reset(request: HttpRequest, rest: str = "") -> HttpResponse:  # noqa: ARG001
    return redirect("account_reset_password")


def too_many_requests(request: HttpRequest) -> HttpResponse:  # noqa: ARG001
    """django-allauth's limits answer in the house's words (handler429)."""
    raise TooManySignIns(retry_after=60)
