"""One question, one address: from an empty search to an article that search finds.

Walked in both languages by people in browsers of their own, on a site that runs its
web server, worker and timers as it would for anybody.
"""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.conftest import INDEXED_WITHIN_SECONDS, Site


@dataclass
class Words:
    """What people type in one language."""

    language: str
    # Help for one asker earns less each time, so each walk has its own two.
    asker: str
    helper: str
    nonsense: str
    title: str
    body: str
    answer: str
    gift: str
    hard_title: str
    hard_body: str
    official: str


ENGLISH = Words(
    language="en",
    asker="asker",
    helper="helper",
    nonsense="zebrafish quokka marmalade",
    title="Zebrafish camera keeps losing the quokka wifi every evening",
    body="Since Monday the zebrafish camera drops off at seven. I restarted it twice.",
    answer="Give the quokka network its own channel, 11 worked here, then pair again.",
    gift="coffee",
    hard_title="Marmalade meter shows wombat units instead of gigabytes in the app",
    hard_body="The app shows my data in wombats since the update. What is one wombat?",
    official="A wombat is a display error of version 9. Update to 9.1, it was mended.",
)
CHINESE = Words(
    language="zh-hans",
    asker="helper",
    helper="agent",
    nonsense="鸭嘴兽摄像头麒麟频道",
    title="鸭嘴兽摄像头每天傍晚都连不上麒麟频道怎么办？",
    body="从周一开始，每到晚上八点摄像头就掉线，重启了两次也没用，求助各位。",
    answer="把麒麟频道单独设成 11 信道，再重新配对一次，我家这样就好了。",
    gift="coffee",
    hard_title="流量页面突然用“袋熊”当单位，一个袋熊等于多少？",
    hard_body="更新以后流量页面显示还剩三个袋熊，客服机器人也看不懂，这是多少？",
    official="“袋熊”是 9.0 版的显示错误，请更新到 9.1 版，单位已经恢复为 GB。",
)


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["english", "chinese"])
def test_a_question_walks_the_whole_loop(
    hall: Site, visit: Callable[..., Page], words: Words
):
    lang = words.language
    asker, helper = visit(words.asker, lang), visit(words.helper, lang)
    manager = visit("manager", lang)

    # Nothing found leads to asking, with the title filled in.
    asker.goto(f"/{lang}/search/?q={words.nonsense}")
    expect(asker.locator("main .question-row, main .rows > li")).to_have_count(0)
    ask = asker.locator(f"a[href^='/{lang}/questions/ask/?title=']").first
    ask.click()
    expect(asker.locator("[name=title]")).to_have_value(words.nonsense)
    thread = post_question(asker, words.title, words.body)
    assert steps_of(asker) == ["asked"]

    # A peer answers, the asker accepts, points arrive.
    before = points_of(helper, lang)
    write_answer(helper, thread, words.answer)
    asker.goto(thread)
    asker.locator("form[action$='/accept/'] button").first.click()
    expect(asker.locator(".answer.is-accepted")).to_have_count(1)
    assert steps_of(asker) == ["asked", "answered", "accepted", "solved"]
    assert points_of(helper, lang) == before + 25

    # A manager prices a gift within reach; the helper redeems it in three screens.
    price_gift(manager, words.gift, cost=20)
    helper.goto(f"/{lang}/rewards/")
    helper.locator(f"a.button[href$='/rewards/{words.gift}/']").click()
    helper.locator("form[action$='/redeem/'] button.is-main").click()
    helper.wait_for_url(re.compile(r"/rewards/redemptions/\d+/"))
    assert points_of(helper, lang) == before + 5

    # Nobody answers the second one in time: it becomes a ticket by itself.
    asker.goto(f"/{lang}/questions/ask/")
    hard = post_question(asker, words.hard_title, words.hard_body)
    hall.command("run_escalations", "--at", hall.later(hours=25))
    asker.goto(f"/{lang}/tickets/")
    expect(asker.locator("main")).to_contain_text(words.hard_title)
    asker.goto(hard)
    assert steps_of(asker) == ["asked", "escalated", "ticket_opened"]

    # The desk answers in the thread, which solves it.
    answer_at_the_desk(visit("desk", lang), words)
    asker.goto(hard)
    expect(asker.locator(".answer.is-official")).to_contain_text(words.official[:20])
    assert steps_of(asker) == [
        "asked",
        "escalated",
        "ticket_opened",
        "official_answer",
        "solved",
    ]

    # An editor makes it an article; the thread says so, and search finds it.
    publish_article(visit("editor", lang), hard)
    asker.goto(hard)
    assert steps_of(asker) == [
        "asked",
        "escalated",
        "ticket_opened",
        "official_answer",
        "solved",
        "article_published",
    ]
    address = f"/{lang}/search/?q={words.hard_title}&type=article"
    first = first_hit_once_indexed(visit(), address, words.hard_title[:10])
    expect(first).to_contain_text(words.hard_title[:10])


def post_question(page: Page, title: str, body: str) -> str:
    page.fill("[name=title]", title)
    page.fill("[name=body]", body)
    page.select_option("select[name=circle]", index=1)
    page.locator("form:has([name=title]) button.is-main").click()
    page.wait_for_url(re.compile(r"/questions/\d+/[a-z0-9-]+/"))
    return page.url


def write_answer(page: Page, thread: str, body: str) -> None:
    page.goto(thread)
    form = page.locator("form[action$='/answer/']")
    form.locator("[name=body]").fill(body)
    form.locator("button.is-main").click()
    page.wait_for_url(re.compile(r"#answer-\d+"))


def steps_of(page: Page) -> list[str]:
    """The public trace of the open thread, in order."""
    rows = page.locator(".trace ol.trace-steps > [data-event]")
    return [row.get_attribute("data-event") or "" for row in rows.all()]


def points_of(page: Page, language: str) -> int:
    page.goto(f"/{language}/rewards/")
    shown = page.locator(".purse-sum span").first.inner_text()
    return int(re.sub(r"\D", "", shown))


def price_gift(page: Page, slug: str, *, cost: int) -> None:
    page.goto("/admin/snippets/rewards/gift/")
    for link in page.locator("a[href*='/rewards/gift/edit/']").all():
        page.goto(link.get_attribute("href") or "")
        if page.locator("[name=slug]").input_value() == slug:
            break
        page.go_back()
    page.fill("[name=cost]", str(cost))
    page.locator("button[type=submit].action-save").first.click()
    page.wait_for_url(re.compile("/rewards/gift/$"))


def answer_at_the_desk(page: Page, words: Words) -> None:
    # By its subject: more tickets than a page holds may be due before this one.
    page.goto("/admin/desk/")
    page.fill("form.desk-filters [name=words]", words.hard_title[:12])
    page.locator("form.desk-filters button[type=submit]").click()
    page.locator(".desk-list a", has_text=words.hard_title[:12]).first.click()
    take = page.locator("form[action$='/take/'] button")
    if take.count():
        take.click()
    page.check("[name=to][value=official]")
    page.fill("form[action$='/write/'] [name=body]", words.official)
    page.select_option("[name=after]", "resolve")
    page.locator("form[action$='/write/'] button[type=submit]").click()
    expect(page.locator("section.desk-talk")).to_contain_text(words.official[:12])


def publish_article(page: Page, thread: str) -> None:
    """One click makes the draft; publishing it is the editor's own step."""
    page.goto(thread)
    page.locator("button[name=as_suggested]").click()
    page.wait_for_url(re.compile(r"/admin/pages/\d+/edit/"))
    page.locator("[data-w-dropdown-target=toggle]").last.click()
    page.locator("button[name=action-publish]").click()
    page.wait_for_url(re.compile(r"/admin/pages/\d+/$"))


def first_hit_once_indexed(page: Page, address: str, text: str) -> Locator:
    """The worker indexes within moments; until then other articles may come first."""
    deadline = time.monotonic() + INDEXED_WITHIN_SECONDS
    first = page.locator("main .question-row, main .rows > li").first
    while True:
        page.goto(address)
        if first.filter(has_text=text).count() or time.monotonic() > deadline:
            return first
        time.sleep(1)
