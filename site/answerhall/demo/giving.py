"""Good causes, a week of double points, and a commendation in the demo."""

from datetime import datetime, timedelta

from community.models import Answer, Voice
from people.models import Person
from rewards import actions as rewards
from rewards.queries import spendable
from rewards.queries.giving import charities_with_sums
from rewards.setup import list_charities, run_campaign

CAUSES = (
    {
        "slug": "phones-without-fear",
        "title_en": "Phones without fear",
        "title_zh": "银龄数字课堂",
        "description_en": "Volunteers sit with older neighbours until the phone does "
        "what they want: calls, health codes, a picture of the grandchildren. "
        "100 points pay for one afternoon.",
        "description_zh": "志愿者陪长辈学会用手机：打电话、亮健康码、看孙辈照片。"
        "100 积分支持一个下午的课。",
    },
    {
        "slug": "signal-for-mountain-schools",
        "title_en": "Signal for mountain schools",
        "title_zh": "山区学校联网计划",
        "description_en": "Small village schools get a data line and someone who looks "
        "after it. 1,000 points are a month of lessons online.",
        "description_zh": "为山区小学接通宽带。1,000 积分等于一个月的在线课堂。",
    },
)


def prepare(*, now: datetime) -> None:
    """Before anything happens: what earns double, and whom points can be given to."""
    run_campaign(
        title_en="Double points week",
        title_zh="双倍积分周",
        factor_percent=200,
        starts_at=now - timedelta(days=24),
        ends_at=now - timedelta(days=17),
        events=["accepted"],
        budget=2_000,
    )
    list_charities(*CAUSES)


def give(*, people: dict[str, Person], now: datetime) -> None:
    """Some of what was earned goes to the causes, and staff commend an answer."""
    generous = sorted(
        (one for one in people.values() if not one.email and spendable(one) >= 40),
        key=lambda one: (-spendable(one), one.handle),
    )
    causes = [charity for charity, _points in charities_with_sums()]
    for number, person in enumerate(generous[:4]):
        rewards.donate(
            person=person,
            charity=causes[number % len(CAUSES)],
            points=20 if number % 2 else 30,
            key="demo",
            at=now - timedelta(minutes=20 - number),
        )
    answers = Answer.objects.visible().filter(
        author=people["helper"], voice__in=(Voice.MEMBER, Voice.AGENT)
    )
    answer = answers.select_related("question", "author").order_by("-pk").first()
    if answer is not None:
        rewards.commend(
            answer=answer,
            points=15,
            reason="Asked back twice until it was clear. 耐心追问，讲得很清楚。",
            by=people["moderator"],
            at=now - timedelta(minutes=9),
        )
