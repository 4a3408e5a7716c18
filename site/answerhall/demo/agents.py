"""The agents' programme of the demo: somebody at every step, and a bench in use."""

from collections.abc import Callable
from datetime import datetime, timedelta
from functools import partial
from typing import Any

from community.models import Question, Tag
from desk import actions as desk
from desk.models import Ticket
from people.models import Person
from rewards import actions as rewards, setup_agents as programme
from rewards.months import month_bounds, months_later

TOPICS_OF_THE_AGENT = 8
BONUS_MONTHS = 2
# Days since each ability was proven: the first certificate soon ends.
PROVEN_DAYS_AGO = (345, 130, 60)

# What Ming Agent handed to our team: hours ago, and what it said hours later.
HANDED_OVER: list[dict[str, Any]] = [
    {
        "title": "The same 69 yuan twice, same day, same second",
        "hours_ago": 29,
        "answered_hours_ago": 22,
        "reply": (
            "We looked: the app charged you once, the second 69.00 is a hold that our "
            "side forgot to release. It is lifted since this morning, and the bank "
            "shows it within three days. Sorry, and thank you for not posting the "
            "statement."
        ),
    },
    {
        "title": "No signal in the whole of Lantern Lane since the tram works began",
        "hours_ago": 4,
    },
]

NOTICES: list[dict[str, Any]] = [
    {
        "title_en": "Night works in Linwan, Friday 1 to 3 a.m.",
        "title_zh": "临湾周五凌晨 1 点至 3 点网络割接",
        "body_en": (
            "Calls and data drop for up to **ten minutes** in the old town and at the "
            "port. Phones come back by themselves; nobody has to restart anything. "
            "The public notice goes out on Thursday at noon."
        ),
        "body_zh": (
            "老城区和港口一带的通话和上网会中断，最长 **10 分钟**，之后自动恢复，"
            "无需重启手机。面向用户的公告周四中午发布。"
        ),
        "hours_ago": 5,
        "public_in_days": 2,
    },
    {
        "title_en": "The 129 plan gets 20 GB more from the 1st",
        "title_zh": "129 元套餐下月 1 日起增加 20GB",
        "body_en": (
            "Nobody has to do anything, and the price stays. If somebody asks why the "
            "app still shows the old amount: it changes on the 1st, not before."
        ),
        "body_zh": (
            "无需办理，价格不变。如果有人问 App 里为什么还是旧流量：1 日才会更新。"
        ),
        "hours_ago": 50,
        "public_in_days": 6,
    },
]
REPLIES = [
    {
        "title_en": "Port-in is stuck in review",
        "title_zh": "携入一直在审核中",
        "body_en": (
            "A port-in takes up to three working days. If it stands still longer:\n\n"
            "1. Look whether the old operator still bills the line.\n"
            "2. Take the photo of your card again, in daylight, without a flash.\n"
            "3. Send it in the app under **Me → Orders → Port-in**.\n\n"
            "Nothing moves after another day? Tell me here, without your number."
        ),
        "body_zh": (
            "携入审核最长三个工作日。超过时间请这样做：\n\n"
            "1. 确认原运营商已无欠费和合约；\n"
            "2. 在自然光下重新拍摄证件，不要开闪光灯；\n"
            "3. 在 App 的 **我的 → 订单 → 携号转网** 里重新提交。\n\n"
            "再过一天还没动静，请在这里告诉我，不要写号码。"
        ),
    },
    {
        "title_en": "No data after landing abroad",
        "title_zh": "出境后没有网络",
        "body_en": (
            "Switch data roaming on, then flight mode on and off. If the bar still "
            "stays empty, choose the network by hand under **Mobile → Networks**."
        ),
        "body_zh": (
            "请先打开数据漫游，再开关一次飞行模式。"
            "如果仍没有信号，请在 **移动网络 → 网络运营商** 里手动选择网络。"
        ),
    },
]
WHY = "Patient with beginners, names the menus exactly."
TALK = [
    ("agent", "Three people asked about dropped calls in Linwan since noon. Known?"),
    (
        "manager",
        "Yes: a fibre cut near the port, repaired by four. Please say so; the public "
        "notice follows in ten minutes.",
    ),
    (
        "agent",
        "Thank you, I have told them. One of them needs a call-back, handed over.",
    ),
]
# Somebody else's line: nobody has answered it yet.
ASKED_ON_THE_LINE = (
    "号卡小吴",
    "最近好几位用户问：二次实名核验短信里的链接还会带吗？我该怎么统一答复他们？",
)


HappenAt = Callable[[datetime, Callable[[datetime], None]], None]


def in_the_past(
    happen_at: HappenAt, *, agent: Person, worker: Person, now: datetime
) -> None:
    """Hand threads over while they are fresh; our team answers one of them."""
    for row in HANDED_OVER:
        asked_at = now - timedelta(hours=row["hours_ago"])
        happen_at(asked_at, partial(_hand_over, agent, row["title"]))
        if "reply" in row:
            answered_at = now - timedelta(hours=row["answered_hours_ago"])
            happen_at(answered_at, partial(_answer_officially, worker, row))


def _hand_over(agent: Person, title: str, at: datetime) -> None:
    question = Question.objects.get(title=title)
    desk.request_escalation(person=agent, question=question, at=at)


def _answer_officially(worker: Person, row: dict[str, Any], at: datetime) -> None:
    ticket = Ticket.objects.get(closed_at=None, question__title=row["title"])
    desk.take(ticket=ticket, by=worker, at=at - timedelta(hours=1))
    desk.post_reply_to_thread(
        ticket=ticket, by=worker, body=row["reply"], resolve=True, at=at
    )


def at_every_step(people: dict[str, Person], *, now: datetime) -> None:
    """Candidates, an evaluation, an invitation; notices, replies, a talk, bonuses."""
    manager, agent = people["manager"], people["agent"]
    rewards.find_candidates(at=now)
    programme.evaluate_and_invite(by=manager, note=WHY, at=now - timedelta(hours=1))
    for row in NOTICES:
        words = {key: row[key] for key in row if key[:5] in ("title", "body_")}
        programme.publish_notice(
            by=manager,
            starts_at=now - timedelta(hours=row["hours_ago"]),
            public_at=now + timedelta(days=row["public_in_days"]),
            at=now,
            **words,
        )
    for row in REPLIES:
        programme.offer_reply(**row)
    rewards.keep_reply(
        person=agent,
        language="en",
        title="Ask for the model",
        body="Which phone is it, and which version does it say under **About**?",
    )
    for minutes, (who, body) in enumerate(TALK):
        said_at = now - timedelta(hours=3) + timedelta(minutes=9 * minutes)
        rewards.write_on_line(agent=agent, by=people[who], body=body, at=said_at)
    rewards.settle_line(agent=agent, by=manager, at=now)
    handle, body = ASKED_ON_THE_LINE
    other = people[handle]
    rewards.write_on_line(
        agent=other, by=other, body=body, at=now - timedelta(minutes=50)
    )
    used = Tag.objects.filter(synonym_of=None).order_by("-question_count", "pk")
    rewards.choose_topics(person=agent, tags=used[:TOPICS_OF_THE_AGENT])
    programme.prove_abilities(
        moments=[now - timedelta(days=days) for days in PROVEN_DAYS_AGO]
    )
    rewards.remind_of_certificates(at=now)
    this_month = month_bounds(now.date())[0]
    for back in range(1, BONUS_MONTHS + 1):
        month = months_later(this_month, -back).date()
        programme.give_bonuses(by=manager, month=month, at=now)
