"""The pages every installation stands on. Run again, it only adds what is missing."""

from urllib.parse import urlsplit

from django.conf import settings
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from django.db import transaction
from django.utils import translation
from django.utils.translation import gettext as _
from wagtail.models import (
    Collection,
    GroupApprovalTask,
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    Workflow,
    WorkflowPage,
    WorkflowTask,
)

from kb.models import HallPage, HallSettings, TopicIndexPage
from people.registries import EDITORS, MANAGERS, MODERATORS

EDIT_PAGES = ("add_page", "change_page", "publish_page")
KEEP_FILES = (
    ("wagtailimages", ("add_image", "change_image", "choose_image")),
    ("wagtaildocs", ("add_document", "change_document", "choose_document")),
)
REVIEW = "Editors' review"


@transaction.atomic
def setup_pages() -> None:
    """Locales, a hall and a topic index per language, who may edit them, the review."""
    root = _tree_root()
    is_new = not HallPage.objects.exists()
    halls = _halls(root)
    indexes = _indexes(halls)
    _site(halls[0])
    if is_new:
        _clear_what_wagtail_ships(root)
    _let(EDITORS, indexes, EDIT_PAGES)
    _let(MANAGERS, halls, EDIT_PAGES)
    _let_keep_files(EDITORS, MANAGERS)
    _review(indexes)
    HallSettings.load()


def _tree_root() -> Page:
    root = Page.objects.filter(depth=1).first()
    if root is None:
        content_type = ContentType.objects.get_for_model(Page)
        root = Page.add_root(
            title="Root", slug="root", content_type=content_type, locale=_locale("en")
        )
    return root


def _locale(language: str) -> Locale:
    return Locale.objects.get_or_create(language_code=language)[0]


def _halls(root: Page) -> list[HallPage]:
    """In the order of settings.LANGUAGES; each is a translation of the first."""
    halls: list[HallPage] = []
    for language, _name in settings.LANGUAGES:
        locale = _locale(language)
        hall = HallPage.objects.filter(locale=locale).first()
        if hall is None:
            with translation.override(language):
                hall = HallPage(
                    title=_("Service hall"),
                    slug=f"hall-{language}",
                    locale=locale,
                    headline=_("What do you need help with?"),
                    search_hint=_("Say it in a few words"),
                    introduction=_(
                        "Official answers and help from other customers, in one place."
                    ),
                    tiles=_first_tiles(),
                )
            if halls:
                hall.translation_key = halls[0].translation_key
            _stand_below(root, hall)
        halls.append(hall)
    return halls


def _first_tiles() -> list[dict]:
    places = [
        ("articles", "book-2", _("Articles"), _("Official, checked")),
        ("ask", "message-circle-question", _("Ask"), _("Members and staff answer")),
        ("questions", "message-2", _("Questions"), _("What others asked")),
        ("tickets", "ticket", _("My tickets"), _("Who has it, what is next")),
        ("rewards", "gift", _("Rewards"), _("Spend your points")),
        ("leaders", "users-plus", _("Leaders"), _("Who helps most")),
    ]
    return [
        {
            "type": "place",
            "value": {"place": place, "icon": icon, "title": title, "note": note},
        }
        for place, icon, title, note in places
    ]


def _indexes(halls: list[HallPage]) -> list[TopicIndexPage]:
    indexes: list[TopicIndexPage] = []
    for hall in halls:
        index = TopicIndexPage.objects.child_of(hall).first()
        if index is None:
            with translation.override(hall.locale.language_code):
                index = TopicIndexPage(
                    title=_("Articles"),
                    slug="kb",
                    locale=hall.locale,
                    introduction=_(
                        "Official answers, each with the day it was last checked."
                    ),
                )
            if indexes:
                index.translation_key = indexes[0].translation_key
            _stand_below(hall, index)
        indexes.append(index)
    return indexes


def _stand_below(parent: Page, page: Page) -> None:
    # Read again: treebeard counts children on the instance it is given.
    Page.objects.get(pk=parent.pk).add_child(instance=page)
    page.save_revision(log_action=False).publish(log_action=False)
    page.refresh_from_db()


def _site(hall: HallPage) -> None:
    """Wagtail's one site is where the environment says the hall stands."""
    address = urlsplit(settings.BASE_URL)
    port = address.port or (443 if address.scheme == "https" else 80)
    site = Site.objects.filter(is_default_site=True).first() or Site(
        is_default_site=True
    )
    wanted = (address.hostname or "localhost", port, hall.pk)
    if (site.hostname, site.port, site.root_page_id) != wanted:
        site.hostname, site.port, site.root_page_id = wanted
        site.site_name = site.site_name or settings.WAGTAIL_SITE_NAME
        site.save()


def _clear_what_wagtail_ships(root: Page) -> None:
    """Its welcome page, and rights for groups that only share our groups' names."""
    plain_page = ContentType.objects.get_for_model(Page)
    for welcome in root.get_children().filter(content_type=plain_page, numchild=0):
        welcome.delete()
    names = (EDITORS, MODERATORS)
    GroupPagePermission.objects.filter(page=root, group__name__in=names).delete()
    GroupCollectionPermission.objects.filter(group__name=MODERATORS).delete()
    WorkflowPage.objects.filter(page=root).delete()


def _let(group_name: str, pages: list, codenames: tuple[str, ...]) -> None:
    group, _made = Group.objects.get_or_create(name=group_name)
    for permission in _permissions("wagtailcore", codenames):
        for page in pages:
            GroupPagePermission.objects.get_or_create(
                group=group, page_id=page.pk, permission=permission
            )


def _let_keep_files(*group_names: str) -> None:
    collection = Collection.get_first_root_node() or Collection.add_root(name="Root")
    for name in group_names:
        group, _made = Group.objects.get_or_create(name=name)
        for app, codenames in KEEP_FILES:
            for permission in _permissions(app, codenames):
                GroupCollectionPermission.objects.get_or_create(
                    group=group, collection=collection, permission=permission
                )


def _permissions(app: str, codenames: tuple[str, ...]) -> list[Permission]:
    return list(
        Permission.objects.filter(
            content_type__app_label=app, codename__in=codenames
        ).order_by("codename")
    )


def _review(indexes: list[TopicIndexPage]) -> None:
    """A draft handed in is looked at by an editor or a manager before it is public."""
    task = GroupApprovalTask.objects.filter(name=REVIEW).first()
    if task is None:
        task = GroupApprovalTask.objects.create(name=REVIEW)
        task.groups.set(Group.objects.filter(name__in=(EDITORS, MANAGERS)))
    workflow, _made = Workflow.objects.get_or_create(name=REVIEW)
    WorkflowTask.objects.get_or_create(workflow=workflow, task=task)
    for index in indexes:
        WorkflowPage.objects.get_or_create(
            page_id=index.pk, defaults={"workflow": workflow}
        )
