"""What searches led to, made of the log; nothing in it knows who searched.

One visitor looking for the same words on one day counts as one search, however often
the page was opened. It *served* when something was opened and nobody went on to ask.
It *failed* when they went on to ask, or opened nothing and found nothing or looked for
something else later that day. Of the rest nobody knows: the answer may have stood in
the list.
"""

from collections import Counter, defaultdict
from collections.abc import Collection, Iterable
from dataclasses import dataclass, field
from datetime import date
from typing import NamedTuple

from search import registries
from search.models import QueryLog

# The newest ones tell enough, and a report stays quick on a busy site.
MOST_SEARCHES = 50_000
# Fewer searches of a kind say little about how it serves.
ENOUGH_JUDGED = 3


class Logged(NamedTuple):
    pk: int
    day: date
    visitor: str
    text: str
    language: str
    results: int
    opened: int | None
    opened_id: str
    asked: bool


@dataclass
class Look:
    """One visitor looking for the same words on one day."""

    results: int = 0
    opened: int | None = None
    opened_id: str = ""
    asked: bool = False
    last: int = 0
    went_on: bool = False

    def add(self, row: Logged) -> None:
        self.results = row.results
        if self.opened is None and row.opened is not None:
            self.opened, self.opened_id = row.opened, row.opened_id
        self.asked = self.asked or row.asked
        self.last = row.pk

    @property
    def served(self) -> bool:
        return self.opened is not None and not self.asked

    @property
    def failed(self) -> bool:
        in_vain = self.opened is None and (not self.results or self.went_on)
        return self.asked or in_vain


@dataclass
class Line:
    """All who looked for the same words in the same language."""

    text: str
    language: str
    searches: int = 0
    in_vain: int = 0
    opened: int = 0
    again: int = 0
    asked: int = 0
    served: int = 0
    failed: int = 0
    places: int = 0
    last_on: date = date.min
    pages: Counter[str] = field(default_factory=Counter)
    helpful_percent: int | None = None

    def add(self, look: Look, day: date) -> None:
        self.searches += 1
        self.in_vain += not look.results
        self.asked += look.asked
        self.again += look.opened is None and look.went_on
        self.served += look.served
        self.failed += look.failed
        self.last_on = max(self.last_on, day)
        if look.opened is not None:
            self.opened += 1
            self.places += look.opened
            if look.opened_id:
                self.pages[look.opened_id] += 1

    @property
    def opened_percent(self) -> int:
        return round(100 * self.opened / self.searches)

    @property
    def mean_place(self) -> float | None:
        return round(self.places / self.opened, 1) if self.opened else None

    @property
    def judged(self) -> int:
        return self.served + self.failed

    @property
    def served_percent(self) -> int | None:
        return round(100 * self.served / self.judged) if self.judged else None


def searched_since(day: date) -> list[Line]:
    """A line for all words looked for from this day on; one query."""
    rows = (
        QueryLog.objects.filter(day__gte=day)
        .order_by("-pk")
        .values_list(*Logged._fields, named=False)[:MOST_SEARCHES]
    )
    return lines(Logged(*row) for row in reversed(rows))


def lines(rows: Iterable[Logged]) -> list[Line]:
    """The rows, oldest first, as lines in no order."""
    visits: dict[tuple[date, str], dict[tuple[str, str], Look]] = defaultdict(dict)
    for row in rows:
        looks = visits[row.day, row.visitor]
        looks.setdefault((row.text, row.language), Look()).add(row)
    found: dict[tuple[str, str], Line] = {}
    for (day, _visitor), looks in visits.items():
        last_words = max(looks, key=lambda words: looks[words].last)
        for words, look in looks.items():
            look.went_on = words[0] != last_words[0]
            if words not in found:
                found[words] = Line(*words)
            found[words].add(look, day)
    return list(found.values())


def in_vain(found: Collection[Line]) -> list[Line]:
    """What nothing was found for, the most wanted first."""
    some = [line for line in found if line.in_vain]
    return sorted(some, key=lambda line: (-line.in_vain, line.text, line.language))


def opened(found: Collection[Line]) -> list[Line]:
    """The most frequent first, with what is opened after them."""
    return sorted(found, key=lambda line: (-line.searches, line.text, line.language))


def by_satisfaction(found: Collection[Line]) -> list[Line]:
    """Those that fail most people first, of which enough is known."""
    known = [line for line in found if line.judged >= ENOUGH_JUDGED]
    return sorted(
        known,
        key=lambda line: (line.served_percent, -line.failed, line.text, line.language),
    )


def add_votes(shown: Collection[Line]) -> None:
    """Note on each line how many of a hundred votes on the pages opened say that they
    helped. One query for each kind of page."""
    votes = registries.helpfulness({one for line in shown for one in line.pages})
    for line in shown:
        mine = [votes[one] for one in line.pages if one in votes]
        if total := sum(total for _helped, total in mine):
            helped = sum(helped for helped, _total in mine)
            line.helpful_percent = round(100 * helped / total)
