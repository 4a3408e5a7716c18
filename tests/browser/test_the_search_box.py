"""The search box in a browser: suggestions, keys, and what stays on the device."""

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import Site

Visit = Callable[..., Page]

SIZES = {"phone": {"width": 390, "height": 844}, "desk": {"width": 1280, "height": 900}}


def box(page: Page) -> Locator:
    return page.locator("[data-suggest]")


def test_arrows_choose_enter_opens_and_escape_closes(visit: Visit) -> None:
    page = visit()
    page.goto("/en/search/")
    box(page).press_sequentially("roam")
    options = page.get_by_role("option")
    expect(options.first).to_be_visible()
    expect(box(page)).to_have_attribute("aria-expanded", "true")

    box(page).press("ArrowDown")
    expect(options.first).to_have_attribute("aria-selected", "true")
    active = options.first.get_attribute("id")
    expect(box(page)).to_have_attribute("aria-activedescendant", str(active))

    box(page).press("Escape")
    expect(options.first).to_be_hidden()
    expect(box(page)).to_have_value("roam")
    expect(box(page)).to_have_attribute("aria-expanded", "false")

    box(page).press("ArrowDown")
    expect(options.first).to_be_visible()
    box(page).press("ArrowUp")
    expect(options.last).to_have_attribute("aria-selected", "true")
    address = options.last.get_attribute("href")
    box(page).press("Enter")
    expect(page).to_have_url(re.compile(re.escape(str(address))))


def test_enter_without_a_choice_searches_for_what_is_typed(visit: Visit) -> None:
    page = visit()
    page.goto("/en/")
    box(page).press_sequentially("roaming")
    expect(page.get_by_role("option").first).to_be_visible()

    box(page).press("Enter")

    expect(page).to_have_url(re.compile(r"/en/search/\?q=roaming$"))


def test_chinese_being_composed_is_left_alone(visit: Visit) -> None:
    page = visit()
    page.goto("/zh-hans/search/")
    asked: list[str] = []
    page.on("request", lambda one: asked.append(one.url))
    keyboard = page.context.new_cdp_session(page)
    box(page).click()

    keyboard.send(
        "Input.imeSetComposition",
        {"text": "jifen", "selectionStart": 5, "selectionEnd": 5},
    )
    page.wait_for_timeout(400)
    assert not [one for one in asked if "suggestions" in one]
    keyboard.send("Input.insertText", {"text": "积分"})

    expect(page.get_by_role("option").first).to_be_visible()
    assert box(page).input_value() == "积分"


def test_slash_goes_to_the_box_until_it_is_turned_off(visit: Visit) -> None:
    page = visit()
    page.goto("/en/questions/")
    page.keyboard.press("/")
    expect(box(page)).to_be_focused()
    page.keyboard.type("a/b")
    expect(box(page)).to_have_value("a/b")

    page.goto("/en/search/")
    page.locator("[data-slash]").uncheck()
    page.goto("/en/questions/")
    page.keyboard.press("/")
    expect(box(page)).not_to_be_focused()


@pytest.mark.parametrize("size", SIZES)
def test_searches_are_remembered_here_and_can_be_forgotten(
    visit: Visit, size: str
) -> None:
    page = visit(viewport=SIZES[size])
    for text in ("roaming", "xyzzyq", "points"):
        page.goto(f"/en/search/?q={text}")
    asked: list[str] = []
    page.goto("/en/")
    page.on("request", lambda one: asked.append(one.url))

    box(page).click()

    recent = page.get_by_role("option")
    expect(recent).to_have_text(["points", "roaming"])
    page.get_by_role("button", name="Clear recent searches").click()
    expect(recent.first).to_be_hidden()
    box(page).click()
    expect(recent.first).to_be_hidden()
    # Searches stay on the device: neither looking at them nor clearing them asks.
    assert not [one for one in asked if "/search/" in one]


def test_what_is_opened_is_told_once(visit: Visit, hall: Site) -> None:
    page = visit()
    told: list[str] = []
    page.on(
        "request",
        lambda one: told.append(one.url) if "/search/opened/" in one.url else None,
    )
    page.goto("/en/search/?q=roaming")

    with page.expect_navigation():
        page.locator(".rows h2 a").nth(1).click()
    page.wait_for_timeout(500)

    assert len(told) == 1
    assert "place=2" in told[0]


def test_without_script_it_is_a_plain_form(visit: Visit) -> None:
    page = visit(java_script_enabled=False)
    page.goto("/en/search/")
    expect(page.locator("[data-slash]")).to_be_hidden()

    box(page).fill("roaming")
    page.get_by_role("button", name="Search").click()

    expect(page.locator(".rows h2").first).to_be_visible()
    expect(page.get_by_text("Filters").first).to_be_attached()
