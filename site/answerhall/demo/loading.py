"""Furnish a site with the demo: people, articles, threads, tickets, gifts.

Everything that members and staff do is done through the rooms' own actions, in the
order of time, so that counters, traces, points and badges are true and not painted.
"""

import heapq
import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from pathlib import Path
from random import Random
from typing import Any

from allauth.account.models import EmailAddress
from django.conf import settings
from django.contrib.auth.models import Group
from django.core.files.base import ContentFile
from django.db import transaction

from answerhall.demo import agents, arranged, giving, pages, pictures, recognition
from common.errors import Refused
from community import actions as community
from community.actions.tagging import make_tag
from community.models import Answer, Circle, Question, Tag
from desk import actions as desk
from desk.models import Ticket, TicketState
from kb.models import ArticlePage
from people.actions import create_person
from people.models import Person
from rewards import actions as rewards
from rewards.queries import gifts_on_offer, spendable
from rewards.setup import (
    offer,
    price,
    release_at_once,
    use_all_parts_of_the_score,
)
from rewards.setup_agents import lead_through_programme
from search.models import PinnedResults

FOLDER = Path(__file__).parent
LANGUAGES = {"en": "en", "zh-hans": "zh_hans"}
PASSWORD = "answerhall-demo"  # noqa: S105  printed by `make run`, refused in production
# What the demo's articles tell members about points.
POINTS = {"accepted": 25, "article_credit": 40, "upvote": 2}

# Who can sign in: handle, name, language, groups, joined days ago.
LOGINS = [
    ("asker", "Robin Asker", "", [], 120),
    ("helper", "Sam Helper", "", [], 400),
    ("agent", "Ming Agent", "", [], 500),
    ("editor", "Eddie Editor", "", ["Editors"], 600),
    ("moderator", "Mo Moderator", "", ["Moderators"], 600),
    ("desk", "Dana Desk", "", ["Desk"], 600),
    ("manager", "Max Manager", "", ["Managers", "Editors"], 700),
]


@dataclass
class Demo:
    now: datetime
    people: dict[str, Person] = field(default_factory=dict)
    circles: dict[str, Circle] = field(default_factory=dict)
    articles: dict[tuple[str, str], ArticlePage] = field(default_factory=dict)
    # A heap of (when, tie-break, what): the past, told in order.
    past: list[tuple[datetime, int, Callable[[datetime], None]]] = field(
        default_factory=list
    )
    ties: Iterator[int] = field(default_factory=count)
    chance: Random = field(default_factory=lambda: Random(7))  # noqa: S311

    def at(self, when: datetime, what: Callable[[datetime], None]) -> None:
        heapq.heappush(self.past, (min(when, self.now), next(self.ties), what))

    def happen(self) -> int:
        done = 0
        while self.past:
            when, _tie, what = heapq.heappop(self.past)
            what(when)
            done += 1
        return done

    def ago(self, **delta: float) -> datetime:
        return self.now - timedelta(**delta)


def is_furnished() -> bool:
    return Person.objects.filter(handle="asker", email="asker@demo.example").exists()


@transaction.atomic
def furnish(*, at: datetime) -> dict[str, int]:
    """Make the demo, all of it or nothing; returns how much of each there is."""
    demo = Demo(now=at)
    _people(demo)
    _circles_and_tags(demo)
    _rules_and_gifts(at)
    giving.prepare(now=at)
    manager = demo.people["manager"]
    recognition.begin(manager=manager, at=demo.ago(days=120))
    recognition.in_the_past(demo.at, now=at)
    arranged.arrange(demo.at, circle=demo.circles["plans"], now=at)
    for language in LANGUAGES:
        _threads(demo, language)
        _articles(demo, language)
    _desk_days(demo)
    agents.in_the_past(
        demo.at, agent=demo.people["agent"], worker=demo.people["desk"], now=at
    )
    happened = demo.happen()
    for language in LANGUAGES:
        _recommendations(demo, language)
    _a_redemption(demo)
    giving.give(people=demo.people, now=demo.now)
    # Two nights: who stays near the top is a candidate, and ranks have moved.
    for days in (7, 0):
        rewards.score_leaders(at=demo.ago(days=days))
    agents.at_every_step(demo.people, now=demo.now)
    recognition.end(manager=manager, honoured=demo.people["helper"], at=demo.now)
    return {
        "people": Person.objects.count(),
        "articles": ArticlePage.objects.live().count(),
        "questions": Question.objects.count(),
        "answers": Answer.objects.count(),
        "gifts": gifts_on_offer(at=at).count(),
        "events": happened,
    }


def _read(*parts: str) -> dict[str, Any]:
    with FOLDER.joinpath(*parts).open("rb") as file:
        return tomllib.load(file)


# People


def _people(demo: Demo) -> None:
    for handle, name, language, groups, days in LOGINS:
        person = create_person(
            handle=handle,
            display_name=name,
            email=f"{handle}@demo.example",
            password=PASSWORD,
            language=language,
            accepts_terms=True,
            allow_reserved=True,
            at=demo.ago(days=days),
        )
        EmailAddress.objects.filter(user=person).update(verified=True)
        person.groups.set(Group.objects.filter(name__in=groups))
        demo.people[handle] = Person.objects.get(pk=person.pk)
    manager = demo.people["manager"]
    lead_through_programme(
        person=demo.people["agent"], by=manager, at=demo.ago(days=499)
    )
    for folder in LANGUAGES.values():
        for row in _read(folder, "people.toml")["person"]:
            _member(demo, row, manager)


def _member(demo: Demo, row: dict[str, Any], manager: Person) -> None:
    joined = demo.ago(days=row["joined_days_ago"])
    person = create_person(
        handle=row["handle"],
        display_name=row["display_name"],
        bio=row["bio"],
        at=joined,
    )
    if row.get("staff"):
        person.groups.set(Group.objects.filter(name__in=["Editors", "Desk"]))
    if row.get("agent"):
        lead_through_programme(person=person, by=manager, at=joined + timedelta(days=1))
    demo.people[row["handle"]] = Person.objects.get(pk=person.pk)


# Circles, tags, rules, gifts


def _circles_and_tags(demo: Demo) -> None:
    for position, row in enumerate(_read("circles.toml")["circle"], start=1):
        circle, _made = Circle.objects.update_or_create(
            slug=row["slug"], defaults=row | {"position": position}
        )
        demo.circles[circle.slug] = circle
    for row in _read("tags.toml")["tag"]:
        english = _tag(row["en"], "en")
        chinese = _tag(row["zh"], "zh-hans")
        if english != chinese and chinese.translation_of is None:
            chinese.translation_of = english
            chinese.save(update_fields=["translation_of"])


def _tag(name: str, language: str) -> Tag:
    return make_tag(name, language=language)


def _rules_and_gifts(at: datetime) -> None:
    price(POINTS)
    # Who tries the demo wants to spend what they earn a minute ago.
    release_at_once()
    use_all_parts_of_the_score()
    for row in _read("gifts.toml")["gift"]:
        drawing = ContentFile(pictures.draw(row["picture"]))
        codes = row.pop("codes", 0)
        if opens_in := row.pop("opens_in_minutes", 0):
            row["opens_at"] = at + timedelta(minutes=opens_in)
        gift = offer(**row | {"picture": drawing})
        if codes:
            made_up = [f"LW-{gift.pk:02}-{number:04}" for number in range(codes)]
            rewards.add_codes(gift=gift, codes=made_up)


# Threads


def _threads(demo: Demo, language: str) -> None:
    for row in _read(LANGUAGES[language], "threads.toml")["thread"]:
        demo.at(
            demo.ago(hours=row["asked_hours_ago"]),
            partial(_ask, demo, language, row),
        )


def _ask(demo: Demo, language: str, row: dict[str, Any], at: datetime) -> None:
    question = community.ask(
        person=demo.people[row["asker"]],
        title=row["title"],
        body=row["body"],
        circle=demo.circles[row["circle"]],
        tags=row["tags"],
        language=language,
        at=at,
    )
    Question.objects.filter(pk=question.pk).update(view_count=row["views"])
    crowd = _crowd(demo, but={row["asker"]})
    for person in crowd[: row["me_too"]]:
        demo.at(
            _sometime(demo, at),
            partial(_me_too, person, question),
        )
    # Two in three who have it too also say that it is well asked.
    for person in crowd[: row["me_too"] * 2 // 3]:
        demo.at(_sometime(demo, at), partial(_vote, person, question, 1))
    for answer in row.get("answer", []):
        demo.at(
            at + timedelta(minutes=answer["after_minutes"]),
            partial(_answer, demo, question, row, answer, at),
        )


def _answer(
    demo: Demo,
    question: Question,
    row: dict[str, Any],
    answer: dict[str, Any],
    asked_at: datetime,
    at: datetime,
) -> None:
    author = demo.people[answer["by"]]
    posted = community.answer(
        person=author,
        question=Question.objects.get(pk=question.pk),
        body=answer["body"],
        at=at,
    )
    crowd = _crowd(demo, but={answer["by"]})
    up, down = answer.get("up", 0), answer.get("down", 0)
    for place, person in enumerate(crowd[: up + down]):
        value = 1 if place < up else -1
        demo.at(
            _sometime(demo, at),
            partial(_vote, person, posted, value),
        )
    for remark in answer.get("comment", []):
        demo.at(
            asked_at + timedelta(minutes=remark["after_minutes"]),
            partial(_comment, demo.people[remark["by"]], posted, remark["body"]),
        )
    if answer.get("accepted"):
        accepted_at = asked_at + timedelta(minutes=answer["accepted_after_minutes"])
        demo.at(accepted_at, partial(_accept, demo, row, posted))


def _me_too(person: Person, question: Question, at: datetime) -> None:
    community.me_too(person=person, question=question, on=True, at=at)


def _comment(person: Person, answer: Answer, body: str, at: datetime) -> None:
    post = Answer.objects.get(pk=answer.pk)
    community.comment(person=person, post=post, body=body, at=at)


def _accept(demo: Demo, row: dict[str, Any], answer: Answer, at: datetime) -> None:
    answer = Answer.objects.select_related("question").get(pk=answer.pk)
    community.accept(person=demo.people[row["asker"]], answer=answer, at=at)
    if key := row.get("becomes_article"):
        language = answer.question.language
        demo.at(
            at + timedelta(days=1),
            partial(_article_from_thread, demo, language, key, answer),
        )


def _vote(person: Person, post: Question | Answer, value: int, at: datetime) -> None:
    post.refresh_from_db()
    try:
        community.vote(person=person, post=post, value=value, at=at)
    except Refused:
        # A down-vote takes some reputation; whoever lacks it stays silent.
        return


def _crowd(demo: Demo, but: set[str]) -> list[Person]:
    crowd = [
        person
        for handle, person in demo.people.items()
        if handle not in but and not person.email
    ]
    demo.chance.shuffle(crowd)
    return crowd


def _sometime(demo: Demo, after: datetime) -> datetime:
    """Most readers come soon after a post, a few much later."""
    hours = min(demo.chance.expovariate(1 / 30), 24 * 30)
    return min(after + timedelta(hours=hours), demo.now)


# Articles


def _articles(demo: Demo, language: str) -> None:
    read = _read(LANGUAGES[language], "articles.toml")
    from_threads = {
        row.get("becomes_article")
        for row in _read(LANGUAGES[language], "threads.toml")["thread"]
    }
    pages.make_documents(language, at=demo.now)
    pages.arrange_hall(language)
    topics = {row["key"]: pages.make_topic(language, row) for row in read["topic"]}
    for row in read["article"]:
        if row["key"] in from_threads:
            continue
        demo.at(
            demo.ago(days=row["published_days_ago"]),
            partial(
                pages.publish_article,
                demo.articles,
                language,
                row,
                topics[row["topic"]],
                demo.people[row["author"]],
            ),
        )


def _recommendations(demo: Demo, language: str) -> None:
    for row in _read(LANGUAGES[language], "articles.toml")["article"]:
        if queries := row.get("recommended_for"):
            article = demo.articles[row["key"], language]
            PinnedResults.objects.create(
                queries=queries, things=[f"{article._meta.label_lower}.{article.pk}"]
            )


def _article_from_thread(
    demo: Demo, language: str, key: str, answer: Answer, at: datetime
) -> None:
    rows = _read(LANGUAGES[language], "articles.toml")
    row = next(row for row in rows["article"] if row["key"] == key)
    topic_row = next(t for t in rows["topic"] if t["key"] == row["topic"])
    editor = demo.people[row["author"]]
    draft = community.draft_article(
        question=Question.objects.get(pk=answer.question_id),
        answers=[answer],
        topic=pages.make_topic(language, topic_row),
        by=editor,
        at=at,
    )
    pages.publish_article(demo.articles, language, row, None, editor, at, draft=draft)


# Desk and rewards


def _desk_days(demo: Demo) -> None:
    """What waited too long became tickets; the desk solved two of them today.

    Of earlier ones it asked something, so that its queue is long, but not late.
    """
    for days in range(10, -1, -1):
        demo.at(demo.ago(days=days, hours=7), _escalate)
        if days:
            demo.at(demo.ago(days=days, hours=4), partial(_ask_back, demo))
    for title, reply in DESK_REPLIES.items():
        demo.at(demo.ago(hours=4), partial(_solve_at_the_desk, demo, title, reply))


def _escalate(at: datetime) -> None:
    desk.run_escalations(at=at)


def _ask_back(demo: Demo, at: datetime) -> None:
    waiting = Ticket.objects.filter(state=TicketState.NEW, opened_by=None)
    worker = demo.people["desk"]
    for ticket in waiting.exclude(subject__in=DESK_REPLIES).order_by("pk"):
        desk.take(ticket=ticket, by=worker, at=at - timedelta(hours=1))
        body = QUESTIONS_BACK[ticket.question.language if ticket.question else "en"]
        desk.reply_to_asker(ticket=ticket, by=worker, body=body, at=at, ask_back=True)


def _solve_at_the_desk(demo: Demo, title: str, reply: str, at: datetime) -> None:
    ticket = Ticket.objects.get(closed_at=None, question__title=title)
    worker = demo.people["desk"]
    desk.take(ticket=ticket, by=worker, at=at - timedelta(hours=1))
    desk.post_reply_to_thread(ticket=ticket, by=worker, body=reply, resolve=True, at=at)


QUESTIONS_BACK = {
    "en": (
        "Thank you for waiting. We have looked at what we can see from here, and need "
        "one thing from you: since when exactly, and is it the same with another phone "
        "or at another place? Answer here, nobody else reads it."
    ),
    "zh-hans": (
        "让您久等了。后台能看到的我们已经查过，还需要您补充一点：具体从什么时候开始？"
        "换一部手机或换个地方还会这样吗？请直接在这里回复，只有您和工作人员能看到。"
    ),
}
DESK_REPLIES = {
    "I ordered the 199 plan with my thumb in the tram. How do I un-order it?": (
        "A plan change can be taken back until the last day of the month, because it "
        "only starts on the 1st. We have cancelled yours: nothing was charged, and "
        "your old plan goes on as it was. For next time: **Me → Plan → Pending change "
        "→ Cancel**, or call **10066**."
    ),
    "携转成功两天了，有几个平台的验证码就是收不到": (
        "让您久等了。携转后部分平台的短信通道需要重新登记号码归属，一般 48 小时内完成；"
        "您的号码有两家平台没有同步，我们今天已经补登记。请关机一分钟再开机，"
        "重新获取验证码；如果还有收不到的平台，把平台名称写在下面，"
        "或拨打 **10066**，工单和本页是关联的。"
    ),
}


def _a_redemption(demo: Demo) -> None:
    helper = max(
        (person for person in demo.people.values() if not person.email),
        key=lambda person: spendable(person),
    )
    gift = gifts_on_offer(at=demo.now).filter(is_drop=False).order_by("cost").first()
    if gift is not None and spendable(helper) >= gift.cost:
        rewards.redeem(
            person=helper, gift=gift, key="demo-redemption", at=demo.ago(hours=30)
        )


def password_works() -> bool:
    """Whether a demo account can still be entered with the printed password."""
    handles = [row[0] for row in LOGINS]
    people = Person.objects.filter(
        handle__in=handles, email__endswith="@demo.example", is_active=True
    )
    return any(person.check_password(PASSWORD) for person in people)


def hello(url: str) -> str:
    names = ", ".join(row[0] for row in LOGINS)
    return (
        f"Answerhall: {url}  sign in at {url}accounts/login/ as NAME@demo.example / "
        f"{PASSWORD}  NAME: {names}"
        + ("" if settings.ANSWERHALL_STAFF_MFA == "required" else "  (staff MFA: off)")
    )
