"""What all our pages share: readable ASCII addresses that collide with nothing."""

from contextvars import ContextVar
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.core.exceptions import ValidationError
from django.db import transaction
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _
from wagtail.admin.forms import WagtailAdminPageForm
from wagtail.admin.panels import TitleFieldPanel
from wagtail.models import Page, PageViewRestriction, Revision

from common.text import pinyin_slug

# Tree root, then halls.
HALL_DEPTH = 2
# Addresses under a hall that other rooms answer; "kb" is the topic index's own.
RESERVED_SLUGS = frozenset(
    {
        "answers",
        "articles",
        "circles",
        "kb",
        "leaders",
        "members",
        "notifications",
        "questions",
        "rewards",
        "search",
        "tickets",
        "uploads",
    }
)

# Fields that nobody outside sees: Wagtail saves them alone with every draft.
UNSEEN_FIELDS = frozenset(
    {
        "draft_title",
        "expired",
        "has_unpublished_changes",
        "latest_revision",
        "latest_revision_created_at",
        "locked",
        "locked_at",
        "locked_by",
        "numchild",
    }
)


class KbPageForm(WagtailAdminPageForm):
    """An empty address is filled from the title when the page is saved."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if "slug" in self.fields:
            self.fields["slug"].required = False
        if self.instance.pk is None:
            # So that the page can look for a free address beside its future siblings.
            self.instance._cached_parent_obj = self.parent_page


@dataclass(frozen=True)
class Publication:
    """Who publishes and, for history, when; unset while Wagtail's editor does."""

    at: datetime | None = None
    by: Any = None


_publication: ContextVar[Publication | None] = ContextVar("publication", default=None)


class TitlePanel(TitleFieldPanel):
    """Wagtail's, without its script.

    That would fill the address with the Latin letters of the title only, and fails on
    a page without an address to fill.
    """

    class BoundPanel(TitleFieldPanel.BoundPanel):
        def get_attrs(self) -> dict[str, Any]:
            return {"placeholder": self.get_placeholder()}


class KbPage(Page):
    """Gives every page a pinyin slug and keeps other rooms' addresses free."""

    slug: Any
    base_form_class = KbPageForm
    content_panels = [TitlePanel("title")]

    # The knowledge base is open: a restricted page would leak through search.
    private_page_options: list[str] = []
    # Which entry of the main menu is marked while this page is shown.
    nav_current = "kb"

    class Meta:
        abstract = True

    def get_absolute_url(self) -> str:
        """The path under the language's prefix; no query once the locale is known.

        A hall's own slug is not part of it: /hall-en/kb/sim/ stands at /en/kb/sim/.
        """
        below_hall = self.url_path.split("/", 2)[2]
        return f"/{self.content_language}/{below_hall}"

    @property
    def content_language(self) -> str:
        return self.locale.language_code

    def get_view_restrictions(self) -> QuerySet[PageViewRestriction]:
        """Asked at every visit; there are none unless somebody restricts the root."""
        if not PageViewRestriction.objects.exists():
            return PageViewRestriction.objects.none()
        return super().get_view_restrictions()

    def get_context(self, request: HttpRequest, *args: Any, **kwargs: Any) -> dict:
        context = super().get_context(request, *args, **kwargs)
        context["nav_current"] = self.nav_current
        return context

    @transaction.atomic
    def publish(
        self,
        revision: Revision,
        user: Any = None,
        *args: Any,
        at: datetime | None = None,
        **kwargs: Any,
    ) -> None:
        """Wagtail's publishing, whoever started it: what follows from it belongs to it.

        A revision with a date in the future is only scheduled: nothing is announced.
        """
        token = _publication.set(Publication(at, user))
        try:
            super().publish(revision, user, *args, **kwargs)
        finally:
            _publication.reset(token)

    def went_public(self, revision: Revision) -> None:
        """Wagtail published this revision, from whichever screen, command or timer.

        Its editor publishes without Page.publish; this is the one place all ways meet.
        """
        how = _publication.get() or Publication()
        if how.at is not None:
            first, last = self.first_published_at, self.last_published_at  # type: ignore[has-type]
            is_first = first == last
            self.last_published_at = how.at
            if is_first:
                self.first_published_at = how.at
            self.save(update_fields=["first_published_at", "last_published_at"])
        self.announce_publication(by=how.by or revision.user)

    def announce_publication(self, by: Any) -> None:
        """For pages whose publication is a fact others wait for."""

    def full_clean(self, *args: Any, **kwargs: Any) -> None:
        self._settle_address()
        super().full_clean(*args, **kwargs)

    def minimal_clean(self) -> None:
        """What Wagtail checks for a draft; an address is settled for drafts too."""
        self._settle_address()
        super().minimal_clean()

    def _settle_address(self) -> None:
        parent_is_known = bool(self.path or getattr(self, "_cached_parent_obj", None))
        if not parent_is_known:
            return
        if not self.slug and self.title:
            wanted = pinyin_slug(self.title)
            if self._is_reserved(wanted):
                wanted += "-page"
            self.slug = self._get_autogenerated_slug(wanted)
        elif self._is_reserved(self.slug):
            message = _(
                "“%(slug)s” is the address of another part of the hall. "
                "Choose another word for this page."
            ) % {"slug": self.slug}
            raise ValidationError({"slug": message})

    def _is_reserved(self, slug: str) -> bool:
        return slug in RESERVED_SLUGS and self.get_parent().depth == HALL_DEPTH
