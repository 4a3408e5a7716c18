"""What a line of the ledger is about: the post, order, member or cause behind it."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import Model
from django.urls import reverse

from community.models import Answer
from people.models import Person
from rewards.models import Campaign, Charity, Gift, Lot, ManualAward, Transfer

# What is longer fits in no key of a database.
KEY_DIGITS = 19


@dataclass(frozen=True)
class Link:
    """Where a cause is to be seen; `language` is that of its title, if it has one."""

    url: str
    title: str
    language: str = ""


@dataclass
class Subject:
    """A transfer with what it is about; `is_hidden` when that is shown to nobody."""

    transfer: Transfer
    answer: Answer | None = None
    gift: Gift | None = None
    partner: Person | None = None
    charity: Charity | None = None
    manual: ManualAward | None = None
    campaign: Campaign | None = None
    is_hidden: bool = False

    @property
    def link(self) -> Link | None:
        """The cause, if the person may look at it."""
        if self.answer is not None:
            question = self.answer.question
            url = self.answer.get_absolute_url()
            return Link(url, question.title, question.language)
        if self.gift is not None and self.transfer.source_type == "redemption":
            order = [self.transfer.source_id]
            return Link(reverse("rewards:redemption", args=order), self.gift.title)
        if self.charity is not None:
            return Link(self.charity.get_absolute_url(), self.charity.title)
        if self.partner is not None:
            return Link(self.partner.get_absolute_url(), self.partner.name)
        return None


def add_subjects(rows: Sequence[Subject]) -> None:
    """Find what the lines are about, in a query for each kind of thing there is."""
    lots = _found(Lot.objects.select_related("transfer"), _ids(rows, "lot"))
    # What is released or expires is about what it was given for.
    causes = {id(row): _cause(row.transfer, lots) for row in rows}
    manual = _found(ManualAward.objects, _of(causes.values(), "manual_award"))
    answer_ids = _of(causes.values(), "answer")
    answer_ids |= {one.answer_id for one in manual.values() if one.answer_id}
    answers = _found(Answer.objects.select_related("question"), answer_ids)
    charities = _found(Charity.objects, _of(causes.values(), "charity"))
    people = _found(Person.objects, _of(causes.values(), "person"))
    gifts = _found(Gift.objects, {t.data["gift"] for t in _all(rows, "gift")})
    campaigns = _found(
        Campaign.objects, {t.data["campaign"] for t in _all(rows, "campaign")}
    )
    for row in rows:
        kind, number = causes[id(row)]
        row.gift = gifts.get(row.transfer.data.get("gift", 0))
        row.campaign = campaigns.get(row.transfer.data.get("campaign", 0))
        row.charity = charities.get(number) if kind == "charity" else None
        row.manual = manual.get(number) if kind == "manual_award" else None
        if kind == "person":
            member = people.get(number)
            seen = member is not None and not member.is_erased and member.is_active
            row.partner, row.is_hidden = (member if seen else None), not seen
        if row.manual is not None and row.manual.kind == ManualAward.Kind.COMMENDATION:
            kind, number = "answer", row.manual.answer_id or 0
        if kind == "answer":
            answer = answers.get(number)
            seen = answer and answer.is_visible and answer.question.is_visible
            row.answer, row.is_hidden = (answer if seen else None), not seen


def _cause(transfer: Transfer, lots: dict[int, Any]) -> tuple[str, int]:
    if transfer.source_type == "lot":
        lot = lots.get(_number(transfer))
        if lot is None or lot.transfer.source_type == "lot":
            return "", 0
        transfer = lot.transfer
    return transfer.source_type, _number(transfer)


def _number(transfer: Transfer) -> int:
    """The key of a row, if that is what the source is; 0 is nobody's."""
    is_key = transfer.source_id.isdecimal() and len(transfer.source_id) < KEY_DIGITS
    return int(transfer.source_id) if is_key else 0


def _ids(rows: Iterable[Subject], kind: str) -> set[int]:
    return {_number(r.transfer) for r in rows if r.transfer.source_type == kind}


def _of(causes: Iterable[tuple[str, int]], kind: str) -> set[int]:
    return {number for name, number in causes if name == kind}


def _all(rows: Iterable[Subject], name: str) -> list[Transfer]:
    return [row.transfer for row in rows if name in row.transfer.data]


def _found(rows: Any, ids: set[int]) -> dict[int, Any]:
    found: dict[int, Model] = rows.in_bulk(ids) if ids else {}
    return found
