"""Pictures for posts."""

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render
from django.utils import timezone
from django.views.decorators.http import require_http_methods

from common.errors import Refused
from community import actions
from community.forms import PictureForm, retry_headers, stays_in_form
from community.models import Attachment
from community.views.finding import member, signed_in
from community.views.showing import show_form

TEMPLATE = "community/uploads.html"


@signed_in
@require_http_methods(["GET", "HEAD", "POST"])
def uploads(request: HttpRequest, *, is_private: bool = False) -> HttpResponse:
    """A form without script; for the editor, JSON with the Markdown to put in."""
    if request.method != "POST":
        return render(request, TEMPLATE, {"form": PictureForm()})
    form = PictureForm(request.POST, request.FILES)
    attachment, refused = None, None
    if form.is_valid():
        try:
            attachment = actions.attach_picture(
                person=member(request),
                upload=form.cleaned_data["picture"],
                at=timezone.now(),
                is_private=is_private,
            )
            form = PictureForm()
        except Refused as refusal:
            stays_in_form(refusal)
            form.add_error("picture", str(refusal))
            refused = refusal
    if request.accepts("text/html"):
        context = {
            "attachment": attachment,
            "snippet": _markdown(attachment) if attachment else "",
        }
        return show_form(request, form, context, template=TEMPLATE, refusal=refused)
    if attachment:
        answer = {"url": attachment.file.url, "markdown": _markdown(attachment)}
        return JsonResponse(answer, status=201)
    words = " ".join(str(error) for error in form.errors.get("picture", []))
    status = refused.status if refused else form.status
    return JsonResponse({"error": words}, status=status, headers=retry_headers(refused))


def _markdown(attachment: Attachment) -> str:
    return f"![]({attachment.file.url})"
