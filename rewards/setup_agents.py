"""What a new site's agent programme begins with, and how the demo's agents join it."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from people.models import Person
from rewards import actions, queries
from rewards.models import (
    Ability,
    AbilityQuestion,
    AgentTerm,
    BonusBand,
    CannedReply,
    Criterion,
    EarnRule,
    Notice,
    Programme,
    ProgrammeTerms,
    Scorecard,
    State,
)
from rewards.models.agents import SERVING
from rewards.models.scorecards import BEST_MARK

TERMS_EN = """\
You help other customers as a volunteer. We give you the badge **Service agent**, a \
bench with your open questions, early notices and a line to our staff.

1. **Be honest and kind.** Say what you know, say when you guess, never ask anybody \
for passwords, codes or their identity card.
2. **Keep early notices to yourself** until the day that stands on them.
3. **Hand over what is not yours to solve.** Bills, contracts and personal data belong \
to our team; your bench has the button.
4. **Quality earns the bonus.** Staff read a small sample of your answers every month. \
No count decides, and no number alone ends your part in the programme.
5. **You are free.** Take a break or leave whenever you like, without a reason. Your \
posts and points stay yours.
"""
TERMS_ZH = """\
您以志愿者身份帮助其他用户。我们为您提供**服务达人**标识、专属工作台、提前通知和官方专线。

1. **诚实友善。** 知道的照实说，不确定的请说明；\
绝不向任何人索要密码、验证码或身份证信息。
2. **提前通知请保密，** 直到通知上注明的公开日期。
3. **不归您解决的请转交。** 账单、合同和个人信息由我们的团队处理，工作台上有转交按钮。
4. **奖励看质量。** 工作人员每月抽读您的少量回答；\
不按数量计算，也不会仅凭一个数字让您退出。
5. **来去自由。** 您可以随时暂停或退出，无需说明理由；您的帖子和积分都归您所有。
"""

# Name and what to look at in both languages, weight, critical.
CRITERIA = [
    ("Accuracy", "准确", "True, current, and for this plan and device.",
     "内容属实、最新，并适用于该套餐和设备。", 30, False),
    ("Completeness", "完整", "Nothing is missing that the asker needs next.",
     "提问人接下来需要的都已说到。", 20, False),
    ("Clarity", "清楚", "Steps in order, plain words.",
     "步骤有序，用词通俗。", 15, False),
    ("Empathy", "体谅", "Takes the trouble seriously, blames nobody.",
     "认真对待对方的困扰，不责怪任何人。", 15, False),
    ("Policy and privacy", "规范与隐私", "Asks for no personal data, promises nothing.",
     "不索要个人信息，不替公司许诺。", 10, True),
    ("Timeliness", "及时", "Came while it still helped.",
     "回答来得及时，仍有帮助。", 10, False),
]  # fmt: skip

BANDS = [
    ("Outstanding", "卓越", 90, 300),
    ("Very good", "优秀", 80, 200),
    ("Good", "良好", 70, 100),
]

ABILITIES: list[dict[str, Any]] = [
    {
        "slug": "privacy",
        "title_en": "Privacy in public threads",
        "title_zh": "公开讨论中的隐私",
        "needed_for": State.SUPPORTED,
        "lesson_en": """\
Everybody can read a thread, and search engines keep it.

- Never ask for a phone number, an identity card, a password or a code in a thread.
- If somebody posts one, say kindly that they should edit it out, and flag the post.
- What needs personal data goes to our team: press **Ask our team** on the thread.
""",
        "lesson_zh": """\
所有人都能看到讨论内容，搜索引擎也会收录。

- 绝不在讨论中索要手机号、身份证、密码或验证码。
- 如果有人发了这些内容，请友善提醒对方编辑删除，并举报该帖。
- 需要个人信息才能办理的事交给我们的团队：在讨论页点**请官方处理**。
""",
        "questions": [
            (
                "Somebody writes their phone number into a question. What do you do?",
                "有人把手机号写进了问题里，您怎么做？",
                [
                    ("Call them", "给对方打电话"),
                    (
                        "Ask them to edit it out, and flag the post",
                        "提醒对方编辑删除，并举报该帖",
                    ),
                    ("Quote it in the answer", "在回答中引用这个号码"),
                ],
                2,
            ),
            (
                "To check a bill you would need the customer's account. You …",
                "要查账单需要用户的账户信息，您应该……",
                [
                    ("ask for their password", "请对方提供密码"),
                    ("guess", "凭经验猜测"),
                    ("hand the thread to our team", "把讨论转交官方团队"),
                ],
                3,
            ),
        ],
    },
    {
        "slug": "handing-over",
        "title_en": "Handing over to our team",
        "title_zh": "转交官方团队",
        "needed_for": State.SUPPORTED,
        "lesson_en": """\
You may hand a thread to our team at once; customers wait first. So do it when it helps:

- an outage, a wrong bill, a contract, a threat to complain: hand it over now;
- a setting, a device, a plan comparison: answer it, or leave it to others.

Your bench shows what became of each thread, and our answer stands in the thread itself.
""",
        "lesson_zh": """\
您可以立即把讨论转交官方，而普通用户要等一段时间，所以请用在需要的地方：

- 故障、账单错误、合同、扬言投诉：立即转交；
- 设置、设备、套餐比较：由您回答，或留给其他用户。

工作台会显示每次转交的结果，官方答复也会发回原讨论。
""",
        "questions": [
            (
                "Which thread do you hand over at once?",
                "哪个讨论应当立即转交？",
                [
                    ("“Which plan suits two lines?”", "“两个号码哪个套餐合适？”"),
                    ("“I was billed twice this month.”", "“这个月被重复扣费了。”"),
                    ("“How do I turn on VoLTE?”", "“怎么打开 VoLTE？”"),
                ],
                2,
            ),
            (
                "Where do you see what became of it?",
                "在哪里看到转交的结果？",
                [
                    ("On your bench and in the thread", "在工作台和原讨论中"),
                    ("Nowhere", "看不到"),
                    ("Only in an e-mail", "只在邮件里"),
                ],
                1,
            ),
        ],
    },
    {
        "slug": "clear-answers",
        "title_en": "Answers that are read",
        "title_zh": "让人看得懂的回答",
        "needed_for": State.REWARDED,
        "lesson_en": """\
People read you on a phone, annoyed. Begin with the answer, then the steps, one a \
line. Name the menu as it stands on the screen. Link the official article. Say what \
to do when it does not work.
""",
        "lesson_zh": """\
对方往往在手机上、带着烦躁看您的回答。先给结论，再列步骤，一步一行；\
菜单名称照屏幕原样写；附上官方文章链接；最后说明不成功时怎么办。
""",
        "questions": [
            (
                "What comes first in an answer?",
                "回答的第一句应该是什么？",
                [
                    ("How long you have been a customer", "您用了多少年"),
                    ("The answer", "结论"),
                    ("Why the asker is wrong", "提问人错在哪里"),
                ],
                2,
            )
        ],
    },
]  # fmt: skip


def setup_programme() -> None:
    """Make what is missing; what managers changed stays as they want it."""
    if not Programme.objects.exists():
        Programme.objects.create()
    if ProgrammeTerms.newest() is None:
        ProgrammeTerms.objects.create(text_en=TERMS_EN, text_zh=TERMS_ZH)
    if not Scorecard.objects.exists():
        _first_scorecard()
    if not BonusBand.objects.exists():
        for english, chinese, percent, points in BANDS:
            BonusBand.objects.create(
                title_en=english,
                title_zh=chinese,
                from_percent=percent,
                points=points,
            )
    if not Ability.objects.exists():
        for position, ability in enumerate(ABILITIES):
            _first_ability(position, ability)
    # Bands say how many points; the rule says when they vest and expire.
    EarnRule.objects.get_or_create(
        event=EarnRule.Event.AGENT_BONUS, defaults={"points": BANDS[-1][-1]}
    )


def lead_through_programme(*, person: Person, by: Person, at: datetime) -> None:
    """Take every step with a member, as a manager and they themselves would.

    For the demo: best marks, the newest terms, and every test passed.
    """
    setup_programme()
    actions.nominate(person=person, by=by, at=at)
    actions.evaluate(person=person, marks=_marks(BEST_MARK), by=by, at=at)
    actions.invite(person=person, by=by, at=at)
    terms = ProgrammeTerms.newest()
    if terms is not None:
        actions.accept_invitation(
            person=person, terms=terms, language=person.language or "en", at=at
        )
    for ability in Ability.objects.filter(enabled=True, needed_for=State.SUPPORTED):
        _pass(person, ability, at)
    person.refresh_from_db(fields=["standing"])


def evaluate_and_invite(*, by: Person, note: str, at: datetime) -> None:
    """Judge the first two candidates, and invite one of them."""
    found = AgentTerm.objects.filter(state=State.FOUND).select_related("person")
    for place, term in enumerate(found.order_by("pk")[:2]):
        person = term.person
        actions.evaluate(person=person, marks=_marks(3), by=by, note=note, at=at)
        if place == 0:
            actions.invite(person=person, by=by, at=at)


def publish_notice(*, by: Person, at: datetime, **fields: Any) -> None:
    """Store an early notice and tell every agent who may read it now."""
    notice = Notice.objects.create(made_by=by, **fields)
    actions.tell_agents(notice=notice, at=at)


def offer_reply(**fields: str) -> None:
    """Give all agents a canned reply."""
    CannedReply.objects.create(**fields)


def prove_abilities(*, moments: Sequence[datetime]) -> None:
    """Let all who serve pass every test again, the first at the first moment."""
    abilities = list(Ability.objects.filter(enabled=True))
    for term in AgentTerm.objects.filter(state__in=SERVING).select_related("person"):
        for ability, moment in zip(abilities, moments, strict=True):
            _pass(term.person, ability, moment)


def give_bonuses(*, by: Person, month: date, at: datetime) -> None:
    """Read everybody who wrote in the month, and give each the band that fits."""
    for term in AgentTerm.objects.filter(state__in=SERVING).select_related("person"):
        person = term.person
        for place, answer in enumerate(actions.sample_of(person, month)):
            marks = _marks(BEST_MARK - place % 2)
            actions.judge_answer(
                person=person, answer=answer, month=month, marks=marks, by=by, at=at
            )
        band = queries.sample_page(term, month, by).suggested
        if band is not None:
            actions.give_bonus(person=person, month=month, band=band, by=by, at=at)


def _marks(mark: int) -> dict[int, int]:
    scorecard = Scorecard.objects.prefetch_related("criteria")[0]
    return {one.pk: mark for one in scorecard.criteria.all()}


def _pass(person: Person, ability: Ability, at: datetime) -> None:
    right = dict(ability.questions.values_list("pk", "right"))
    actions.take_test(person=person, ability=ability, choices=right, at=at)


def _first_scorecard() -> None:
    scorecard = Scorecard.objects.create()
    for place, (english, chinese, help_en, help_zh, weight, critical) in enumerate(
        CRITERIA
    ):
        Criterion.objects.create(
            scorecard=scorecard,
            sort_order=place,
            title_en=english,
            title_zh=chinese,
            help_en=help_en,
            help_zh=help_zh,
            weight=weight,
            is_critical=critical,
        )


def _first_ability(position: int, values: dict[str, Any]) -> None:
    fields = {key: value for key, value in values.items() if key != "questions"}
    ability = Ability.objects.create(position=position, **fields)
    for place, (english, chinese, choices, right) in enumerate(values["questions"]):
        AbilityQuestion.objects.create(
            ability=ability,
            sort_order=place,
            text_en=english,
            text_zh=chinese,
            choices_en="\n".join(one for one, _two in choices),
            choices_zh="\n".join(two for _one, two in choices),
            right=right,
        )
