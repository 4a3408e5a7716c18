"""Points come, and go again when their cause is undone."""

from calendar import monthrange
from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Q, QuerySet, Sum

from common.site_day import start_of_site_day
from people.models import Person
from rewards import numbers
from rewards.actions.booking import (
    Kind,
    Purse,
    hall_account,
    lock_purse,
    move,
    owe,
    pay_debt,
    record,
    take_from_lots,
)
from rewards.models import EarnRule, Entry, Lot, Transfer


@transaction.atomic
def award(
    *,
    event: str,
    person: Person | int,
    source_type: str,
    source_id: object,
    at: datetime,
    partner: Person | int | None = None,
    post: int | None = None,
    actor: Person | None = None,
) -> Transfer | None:
    """Give what the rule of this event says; None if that is nothing.

    One cause (event, source) earns once: while its award stands, a repeat changes
    nothing. `post` is the answer the cap per post counts for.
    """
    rule = EarnRule.objects.filter(event=event, enabled=True).first()
    if rule is None:
        return None
    person_id = _pk(person)
    purse = lock_purse(person_id)
    same = Transfer.objects.filter(
        kind=Transfer.Kind.AWARD,
        person_id=person_id,
        reason=event,
        source_type=source_type,
        source_id=str(source_id),
    )
    if _standing(same).exists():
        return None
    wanted = _after_caps_of_rule(rule, person_id, _pk(partner), post, at)
    given = min(wanted, _room_today(rule, person_id, at))
    if wanted == 0:
        return None
    transfer = record(
        kind=Transfer.Kind.AWARD,
        key=f"{event}:{source_type}:{source_id}:{same.count() + 1}",
        person=person_id,
        partner_id=_pk(partner),
        actor=actor,
        reason=event,
        source_type=source_type,
        source_id=source_id,
        data={"wanted": wanted, "post": post},
        at=at,
    )
    _grant(transfer, purse, given, rule, at)
    return transfer


@transaction.atomic
def take_back(
    *,
    event: str,
    person: Person | int,
    source_type: str,
    source_id: object,
    at: datetime,
    actor: Person | None = None,
) -> int:
    """Reverse what this cause earned; returns how many points that were.

    Held points go first, then spendable ones; what was spent already is owed.
    The room this leaves under the day's cap goes to awards the cap had cut.
    """
    purse = lock_purse(_pk(person))
    same = Transfer.objects.filter(
        kind=Transfer.Kind.AWARD,
        person_id=purse.person_id,
        reason=event,
        source_type=source_type,
        source_id=str(source_id),
    )
    total = 0
    days: set[datetime] = set()
    for standing in _standing(same).order_by("pk"):
        total += _reverse(standing, purse, at, actor)
        days.add(standing.at)
    for day in days:
        _refill(purse, day, at)
    return total


def vest_points(*, at: datetime) -> int:
    """Release every held lot whose time has come; returns how many."""
    due = Lot.objects.filter(vests_at__lte=at).order_by("vests_at", "pk")
    released = 0
    for lot_id, owner_id in list(due.values_list("pk", "account__owner_id")):
        with transaction.atomic():
            purse = lock_purse(owner_id)
            lot = Lot.objects.select_for_update(no_key=True).get(pk=lot_id)
            if lot.vests_at is None or lot.vests_at > at:
                continue
            if lot.remaining:
                transfer = record(
                    kind=Transfer.Kind.VEST,
                    key=f"vest:{lot.pk}",
                    person=owner_id,
                    reason="vest",
                    source_type="lot",
                    source_id=lot.pk,
                    at=at,
                )
                move(transfer, purse.held, purse.spendable, lot.remaining)
            lot.account, lot.vests_at = purse.spendable, None
            lot.save(update_fields=["account", "vests_at"])
            released += 1
    return released


def expire_points(*, at: datetime) -> int:
    """Let every lot past its day go; returns how many points that were."""
    vest_points(at=at)
    due = Lot.objects.filter(remaining__gt=0, expires_at__lte=at)
    expired = 0
    for lot_id, owner_id in list(
        due.order_by("expires_at", "pk").values_list("pk", "account__owner_id")
    ):
        with transaction.atomic():
            purse = lock_purse(owner_id)
            lot = Lot.objects.select_for_update(no_key=True).get(pk=lot_id)
            if lot.remaining == 0 or lot.expires_at > at:
                continue
            amount = lot.remaining
            transfer = record(
                kind=Transfer.Kind.EXPIRE,
                # A cancelled order can put points back: then the lot expires again.
                key=f"expire:{lot.pk}:{lot.uses.count()}",
                person=owner_id,
                reason="expire",
                source_type="lot",
                source_id=lot.pk,
                at=at,
            )
            take_from_lots(transfer, purse.spendable, amount, first=[lot.pk])
            move(transfer, purse.spendable, hall_account(Kind.EXPIRED), amount)
            expired += amount
    return expired


def _grant(
    transfer: Transfer, purse: Purse, amount: int, rule: EarnRule, at: datetime
) -> None:
    if amount == 0:
        return
    held = rule.vest_days > 0
    account = purse.held if held else purse.spendable
    move(transfer, hall_account(Kind.ISSUED), account, amount)
    Lot.objects.create(
        account=account,
        transfer=transfer,
        granted=amount,
        remaining=amount,
        vests_at=at + timedelta(days=rule.vest_days) if held else None,
        expires_at=months_later(at, numbers.EXPIRES_AFTER_MONTHS),
    )
    pay_debt(transfer, purse)


def _reverse(award: Transfer, purse: Purse, at: datetime, actor: Person | None) -> int:
    amount = _given([award.pk])
    transfer = record(
        kind=Transfer.Kind.REVERSAL,
        key=f"reverse:{award.pk}",
        person=purse.person_id,
        partner_id=award.partner_id,
        actor=actor,
        reason=award.reason,
        source_type=award.source_type,
        source_id=award.source_id,
        data=award.data,
        reverses=award,
        at=at,
    )
    own_lots = list(award.lots.values_list("pk", flat=True))
    clawback = hall_account(Kind.CLAWBACK)
    missing = amount
    for account in (purse.held, purse.spendable):
        part = min(missing, account.balance)
        if part:
            take_from_lots(transfer, account, part, first=own_lots)
            move(transfer, account, clawback, part)
            missing -= part
    if missing:
        owe(purse.person_id, missing)
    return amount


def _refill(purse: Purse, day_at: datetime, at: datetime) -> None:
    """Pay what the day's cap had cut, now that there is room under it again."""
    start = start_of_site_day(day_at)
    cut = _standing(
        Transfer.objects.filter(
            kind=Transfer.Kind.AWARD,
            person_id=purse.person_id,
            at__gte=start,
            at__lt=start + timedelta(days=1),
        )
    ).order_by("pk")
    rules = {rule.event: rule for rule in EarnRule.objects.filter(enabled=True)}
    wanted: dict[tuple[str, str, str], list[Transfer]] = {}
    for transfer in cut:
        cause = (transfer.reason, transfer.source_type, transfer.source_id)
        wanted.setdefault(cause, []).append(transfer)
    for transfers in wanted.values():
        first = transfers[0]
        rule = rules.get(first.reason)
        missing = first.data["wanted"] - _given([t.pk for t in transfers])
        if rule is None or missing <= 0:
            continue
        more = min(missing, _room_today(rule, purse.person_id, day_at))
        if more <= 0:
            continue
        number = Transfer.objects.filter(
            idem_key__startswith=f"refill:{first.pk}:"
        ).count()
        transfer = record(
            kind=Transfer.Kind.AWARD,
            key=f"refill:{first.pk}:{number + 1}",
            person=purse.person_id,
            partner_id=first.partner_id,
            reason=first.reason,
            source_type=first.source_type,
            source_id=first.source_id,
            data=first.data,
            at=first.at,
        )
        _grant(transfer, purse, more, rule, at)


def _standing(awards: QuerySet[Transfer]) -> QuerySet[Transfer]:
    return awards.filter(reversed_by__isnull=True)


def _after_caps_of_rule(
    rule: EarnRule,
    person_id: int,
    partner_id: int | None,
    post: int | None,
    at: datetime,
) -> int:
    wanted = rule.points
    standing = _standing(
        Transfer.objects.filter(
            kind=Transfer.Kind.AWARD, person_id=person_id, reason=rule.event
        )
    ).exclude(idem_key__startswith="refill:")
    if rule.fades_per_pair and partner_id is not None:
        before = standing.filter(
            partner_id=partner_id, at__gt=at - numbers.PAIR_WINDOW
        ).count()
        percents = numbers.PAIR_PERCENT
        wanted = wanted * percents[min(before, len(percents) - 1)] // 100
    if rule.per_post_cap is not None and post is not None:
        had = sum(t.data["wanted"] for t in standing.filter(data__post=post))
        wanted = max(0, min(wanted, rule.per_post_cap - had))
    return wanted


def _room_today(rule: EarnRule, person_id: int, at: datetime) -> int:
    """Points the person may still earn on the site's day of `at` under this rule."""
    if rule.daily_cap is None:
        return rule.points
    start = start_of_site_day(at)
    today = _standing(
        Transfer.objects.filter(
            kind=Transfer.Kind.AWARD,
            person_id=person_id,
            at__gte=start,
            at__lt=start + timedelta(days=1),
        )
    )
    return max(0, rule.daily_cap - _given(today.values("pk")))


def _given(transfers) -> int:  # noqa: ANN001  ids or a subquery of them
    issued = Q(transfer__in=transfers, debit__kind=Kind.ISSUED)
    return Entry.objects.filter(issued).aggregate(n=Sum("amount"))["n"] or 0


def months_later(moment: datetime, months: int) -> datetime:
    """The same day so many months on, or that month's last day."""
    index = moment.month - 1 + months
    year, month = moment.year + index // 12, index % 12 + 1
    day = min(moment.day, monthrange(year, month)[1])
    return moment.replace(year=year, month=month, day=day)


def _pk(person: Person | int | None) -> int | None:
    return person.pk if isinstance(person, Person) else person
