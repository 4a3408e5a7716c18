"""What setup_site puts in place for the knowledge base."""

import pytest
from django.contrib.auth.models import Group, Permission
from django.contrib.contenttypes.models import ContentType
from wagtail.models import (
    GroupCollectionPermission,
    GroupPagePermission,
    Locale,
    Page,
    Site,
    WorkflowPage,
)

from kb import queries
from kb.models import HallPage, TopicIndexPage
from kb.setup import setup_pages


def test_each_language_has_a_hall_and_topics_that_know_each_other(site):
    english, chinese = queries.hall("en"), queries.hall("zh-hans")

    assert queries.translations(english) == {"en": "/en/", "zh-hans": "/zh-hans/"}
    assert chinese.headline == "您遇到了什么问题？"
    assert queries.translations(queries.topic_index("zh-hans")) == {
        "en": "/en/kb/",
        "zh-hans": "/zh-hans/kb/",
    }


def test_setting_up_again_adds_nothing_and_keeps_what_editors_wrote(site):
    hall = queries.hall("en")
    hall.headline = "How can we help?"
    hall.save_revision().publish()
    counted = [
        model.objects.count()
        for model in (Page, Site, GroupPagePermission, GroupCollectionPermission)
    ]

    setup_pages()

    assert counted == [
        model.objects.count()
        for model in (Page, Site, GroupPagePermission, GroupCollectionPermission)
    ]
    assert queries.hall("en").headline == "How can we help?"


def test_editors_write_articles_and_managers_arrange_the_hall_too(
    topic, editor, manager, moderator
):
    hall, index = queries.hall("en"), queries.topic_index("en")

    assert index.permissions_for_user(editor).can_add_subpage()
    assert topic.permissions_for_user(editor).can_publish()
    assert not hall.permissions_for_user(editor).can_edit()
    assert hall.permissions_for_user(manager).can_edit()
    assert topic.permissions_for_user(manager).can_publish()
    assert not topic.permissions_for_user(moderator).can_edit()


@pytest.fixture
def empty_site(db):
    """As Wagtail's own migrations leave it, before ours is set up."""
    for group in Group.objects.all():
        group.page_permissions.all().delete()
    Group.objects.all().delete()
    Site.objects.all().delete()
    for page in Page.objects.filter(depth=1):
        page.delete()
    Locale.objects.all().delete()


def test_what_wagtail_ships_is_cleared_away(empty_site):
    Locale.objects.create(language_code="en")
    plain_page = ContentType.objects.get_for_model(Page)
    root = Page.add_root(title="Root", slug="root", content_type=plain_page)
    welcome = Page(title="Welcome!", slug="home", content_type=plain_page)
    root.add_child(instance=welcome)
    Site.objects.create(hostname="localhost", root_page=welcome, is_default_site=True)
    moderators = Group.objects.create(name="Moderators")
    publish = Permission.objects.get(codename="publish_page")
    GroupPagePermission.objects.create(group=moderators, page=root, permission=publish)

    setup_pages()

    assert not Page.objects.filter(slug="home").exists()
    assert Site.objects.get().root_page == queries.hall("en").page_ptr
    assert not GroupPagePermission.objects.filter(group=moderators).exists()


def test_a_draft_handed_in_is_published_by_the_review(make_draft, editor, rf):
    draft = make_draft()
    workflow = WorkflowPage.objects.get(page=queries.topic_index("en")).workflow

    state = workflow.start(draft, editor)
    state.current_task_state.approve(user=editor)

    assert queries.visible_articles([draft.pk]) == {draft.pk}


def test_halls_and_topic_indexes_are_made_by_setup_alone():
    assert not HallPage.is_creatable
    assert not TopicIndexPage.is_creatable
