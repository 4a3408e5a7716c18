"""What editors find in the Wagtail admin, and what stays closed to others."""

import csv
import re

import pytest
from django.contrib.staticfiles import finders
from django.urls import reverse
from wagtail.log_actions import log

from kb import actions, queries
from kb.models import HallSettings
from kb.staff_screens import as_text


def test_editors_come_straight_to_their_articles(editor, client_of):
    client = client_of(editor)

    home = client.get(reverse("wagtailadmin_home")).content.decode()
    opened = client.get(reverse("kb_open_articles", args=["zh-hans"]))

    assert reverse("kb_open_articles", args=["en"]) in home
    index = queries.topic_index("zh-hans")
    assert opened["Location"] == reverse("wagtailadmin_explore", args=[index.pk])
    assert client.get(opened["Location"]).status_code == 200


def test_the_editor_of_an_article_opens_with_every_block(
    editor, client_of, make_article
):
    article = make_article(
        blocks=[
            {"type": "text", "value": "<p>a</p>"},
            {
                "type": "table",
                "value": {
                    "caption": "",
                    "columns": [{"type": "text", "heading": "A"}],
                    "rows": [{"values": ["1"]}],
                },
            },
        ]
    )

    response = client_of(editor).get(
        reverse("wagtailadmin_pages:edit", args=[article.pk])
    )

    assert response.status_code == 200
    assert "typed_table_block" in response.content.decode()


def test_a_title_writes_no_address_and_its_field_starts_no_script(
    article, editor, client_of
):
    page = client_of(editor).get(reverse("wagtailadmin_pages:edit", args=[article.pk]))

    (field,) = re.findall(r"<[^>]+ name=.title.[^>]*>", page.content.decode())
    assert "w-sync" not in field
    assert "placeholder" in field


@pytest.mark.parametrize(("who", "reads"), [("editor", True), ("moderator", False)])
def test_only_editors_read_the_titles_of_drafts(
    request, client_of, make_draft, topic, who, reads
):
    make_draft(title="Leaving us")
    client = client_of(request.getfixturevalue(who))

    listed = client.get(reverse("wagtailadmin_choose_page_child", args=[topic.pk]))

    assert ("Leaving us" in listed.content.decode()) is reads


def test_the_table_blocks_own_script_is_served():
    assert finders.find("typed_table_block/js/typed_table_block.js")


def test_managers_brand_the_hall_and_editors_do_not(editor, manager, client_of):
    address = reverse(
        "wagtailsettings:edit", args=["kb", "hallsettings", HallSettings.load().pk]
    )

    assert client_of(manager).get(address).status_code == 200
    assert client_of(editor).get(address).status_code == 302


@pytest.mark.parametrize("role", ["moderator", "desk_agent", "asker"])
def test_who_writes_no_articles_cannot_open_one(role, article, client_of, request):
    person = request.getfixturevalue(role)

    response = client_of(person).get(
        reverse("wagtailadmin_pages:edit", args=[article.pk])
    )

    assert response.status_code in (302, 403, 404)


def test_what_readers_said_is_a_report_that_runs_nothing(
    editor, asker, client_of, article, clock
):
    actions.give_feedback(
        article=article,
        is_helpful=False,
        reason="outdated",
        note="=HYPERLINK(1)",
        voter_key="a",
        at=clock.now,
    )
    address = reverse("kb_feedback_report")

    page = client_of(editor).get(address).content.decode()
    export = client_of(editor).get(address, {"export": "csv"}).getvalue().decode()

    assert "It is out of date or wrong" in page
    assert "=HYPERLINK(1)" in page
    (row,) = list(csv.DictReader(export.splitlines()))
    assert row["Note"] == "'=HYPERLINK(1)"
    assert client_of(asker).get(address).status_code in (302, 403, 404)


@pytest.mark.parametrize(
    "report", ["wagtailadmin_reports:aging_pages", "wagtailadmin_reports:site_history"]
)
def test_wagtails_own_reports_hold_no_formulas_either(
    editor, client_of, make_article, report
):
    article = make_article(title="=HYPERLINK(1)")
    log(instance=article, action="wagtail.edit", user=editor)

    answer = client_of(editor).get(reverse(report), {"export": "csv"})

    cells = [
        cell
        for row in csv.reader(answer.getvalue().decode().splitlines())
        for cell in row
    ]
    assert "'=HYPERLINK(1)" in cells
    assert "=HYPERLINK(1)" not in cells


@pytest.mark.parametrize("text", ["=1", "+1", "-1", "@A", "＝1", "\t=1"])
def test_a_spreadsheet_never_takes_a_note_for_a_formula(text):
    assert as_text(text) == f"'{text}"


def test_pages_offer_no_restrictions_that_search_would_not_know(article):
    assert article.private_page_options == []
