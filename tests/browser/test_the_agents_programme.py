"""A member becomes a service agent, works at the bench, and is one no longer.

Walked in both languages by a manager and a member in browsers of their own.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pytest
from playwright.sync_api import Page, expect

from tests.browser.conftest import Site
from tests.browser.test_the_loop import post_question


@dataclass
class Words:
    language: str
    member: str
    welcome: str
    question: str
    body: str
    reply: str


ENGLISH = Words(
    language="en",
    member="pendragon",
    welcome="My bench",
    question="Walrus router blinks violet since the storm on Tuesday",
    body="The walrus router blinks violet since the storm. I unplugged it for an hour.",
    reply="A port-in takes up to three working days.",
)
CHINESE = Words(
    language="zh-hans",
    member="qingshan",
    welcome="我的工作台",
    question="海象路由器周二暴雨后一直闪紫灯怎么办？",
    body="海象路由器从周二暴雨以后一直闪紫灯，拔掉电源一个小时也没有恢复，求助。",
    reply="携入审核最长三个工作日。",
)
MAKE_MEMBER = """
from allauth.account.models import EmailAddress
from django.utils import timezone
from people.actions import create_person
person = create_person(
    handle="{name}", display_name="{name}", email="{name}@demo.example",
    password="answerhall-demo", accepts_terms=True, language="{language}",
    at=timezone.now() - timezone.timedelta(days=90),
)
EmailAddress.objects.filter(user=person).update(verified=True)
"""


@pytest.mark.parametrize("words", [ENGLISH, CHINESE], ids=["english", "chinese"])
def test_a_member_becomes_an_agent_and_is_one_no_longer(
    hall: Site, visit: Callable[..., Page], words: Words
):
    lang = words.language
    made = MAKE_MEMBER.format(name=words.member, language=lang)
    hall.command("shell", "-c", made)
    manager, member = visit("manager", lang), visit(words.member, lang)
    bench = f"/{lang}/agents/"
    assert member.goto(bench).status == 404

    # Found, evaluated, invited: three decisions of a manager.
    manager.goto("/admin/rewards/agents/")
    manager.fill("[name=handle]", words.member)
    manager.locator("form:has([name=handle]) button").click()
    expect(manager.locator("button[name=evaluate]")).to_be_visible()
    for fieldset in manager.locator("fieldset:has(input[value='3'])").all():
        fieldset.locator("input[value='3']").check()
    manager.click("button[name=evaluate]")
    manager.click("button[name=invite]")
    expect(manager.locator("button[name=evaluate]")).to_have_count(0)
    file = manager.url

    # Accepted: their own.
    member.goto(bench)
    assert "/agents/invitation/" in member.url
    member.click("button[name=accept]")

    # Supported: the training is passed.
    for slug, lines in (("privacy", (2, 3)), ("handing-over", (2, 1))):
        member.goto(f"{bench}training/{slug}/")
        for group, line in zip(
            member.locator("#test fieldset").all(), lines, strict=True
        ):
            group.locator(f"input[value='{line}']").check()
        member.click("#test button[type=submit]")
        member.wait_for_url(f"**{bench}training/")
    member.goto(bench)
    expect(member.locator("h1")).to_have_text(words.welcome)
    fits = "document.documentElement.scrollWidth <= window.innerWidth"
    member.set_viewport_size({"width": 360, "height": 740})
    assert member.evaluate(fits)

    # A canned reply goes into the answer after what was typed.
    asker = visit("asker", lang)
    asker.goto(f"/{lang}/questions/ask/")
    thread = post_question(asker, words.question, words.body)
    member.goto(thread)
    area = "#yours textarea[name=body]"
    member.fill(area, "Hello!")
    member.locator("#replies summary").click()
    member.locator("#replies a").first.click()
    expect(member.locator(area)).to_contain_text(words.reply)
    assert member.input_value(area).startswith("Hello!")

    # The end counts with the next click, in the session that is open.
    manager.goto(file)
    manager.locator(".staff-ask summary").click()
    manager.click("button[name=end]")
    expect(manager.locator(".staff-ask")).to_have_count(0)
    assert member.goto(bench).status == 404
    member.goto(thread)
    expect(member.locator("#replies")).to_have_count(0)
