"""A gift kept and confirmed, and a turn waited for, in both languages on a phone."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site

PHONE = {"viewport": {"width": 390, "height": 844}}
TURN_COMES_WITHIN_MS = 60_000

RICH = """
from django.utils import timezone
from people.models import Person
from rewards import actions
from rewards.models import Gift
Gift.objects.filter(slug="tote").update(cost=20)
actions.propose_award(person=Person.objects.get(handle="{handle}"), points=100,
    reason="To try gifts with.", by=Person.objects.get(handle="manager"),
    key="browser-{handle}", at=timezone.now())
"""
DROP = """
from datetime import timedelta
from django.utils import timezone
from rewards.models import Gift
Gift.objects.update_or_create(slug="{slug}", defaults=dict(title_en="Turn", cost=20,
    title_zh="次序", stock=1, is_drop=True,
    opens_at=timezone.now() + timedelta(minutes={minutes})))
"""

BOTH = pytest.mark.parametrize(
    ("language", "who"), [("en", "helper"), ("zh-hans", "agent")]
)


@pytest.fixture
def rich(hall: Site, who: str) -> None:
    hall.command("shell", "-c", RICH.format(handle=who))


@BOTH
def test_a_gift_is_kept_and_confirmed_in_four_screens(
    rich: None, visit: Callable[..., Page], language: str, who: str
):
    page = visit(who, language, **PHONE)
    page.goto(f"/{language}/rewards/")
    page.locator(f"a.button[href='/{language}/rewards/tote/']").click()
    page.locator("button[formaction$='/hold/']").click()
    page.wait_for_url(re.compile(r"/rewards/redemptions/\d+/"))
    expect(page.locator("[data-countdown]")).to_have_text(re.compile(r"1[45]:\d\d"))

    page.locator("form[action$='/confirm/'] button.is-main").click()

    expect(page.locator("[data-countdown]")).to_have_count(0)
    expect(page.locator("form[action$='/confirm/']")).to_have_count(0)
    expect(page.locator("main")).to_contain_text("R-")


@BOTH
def test_a_turn_comes_to_who_waits_and_survives_reload_and_another_device(
    hall: Site, rich: None, visit: Callable[..., Page], language: str, who: str
):
    slug = f"turn-{language}"
    hall.command("shell", "-c", DROP.format(slug=slug, minutes=30))
    phone = visit(who, language, **PHONE)
    phone.goto(f"/{language}/rewards/{slug}/")
    phone.locator("form[action$='/enter/'] button").click()
    phone.wait_for_url(re.compile("/waiting/"))
    expect(phone.locator("form[action$='/leave/']")).to_be_visible()
    phone.reload()
    expect(phone.locator("form[action$='/leave/']")).to_be_visible()
    without_script = visit(who, language, java_script_enabled=False)
    without_script.goto(f"/{language}/rewards/{slug}/waiting/")
    expect(without_script.locator("form[action$='/leave/']")).to_be_visible()

    hall.command("shell", "-c", DROP.format(slug=slug, minutes=-1))

    phone.wait_for_url(
        re.compile(r"/rewards/redemptions/\d+/"), timeout=TURN_COMES_WITHIN_MS
    )
    without_script.goto(f"/{language}/rewards/{slug}/waiting/")
    assert without_script.url == phone.url
    without_script.locator("form[action$='/confirm/'] button.is-main").click()
    expect(without_script.locator("form[action$='/confirm/']")).to_have_count(0)
    phone.reload()
    expect(phone.locator("form[action$='/confirm/']")).to_have_count(0)
