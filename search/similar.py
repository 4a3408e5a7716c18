"""What else is about the same: found by the engine ahead of time, read by its id.

To ask the engine costs a page more than all the rest of it. So it is asked when a thing
is new or called otherwise, and again after a while, when there is more to choose from.
"""

from collections.abc import Iterable, Mapping, Sequence
from datetime import datetime, timedelta

from django.db.models import CharField, Exists, OuterRef, QuerySet, Value
from django.db.models.functions import Cast, Concat
from haystack import connections
from haystack.utils import get_model_ct

from common import outbox
from common.freshness import changed, shows
from common.prepared import prepared
from search import analyser, queries
from search.engines.base import Wanted
from search.indexes import HallIndex
from search.models import SimilarThings

OUTBOX_KIND = "search.similar"
KEPT_OF_A_KIND = 6
LOOKED_AT = 30
# Of the score that the thing itself has for its own title and tags.
WORTH_SHOWING = 0.1
AGAIN_AFTER = timedelta(days=14)
AT_ONCE = 500
A_CROWD = 50


def similar_to(label: str, pk: object) -> dict[str, list[int]]:
    """Primary keys by kind (article, question), the most alike first.

    Found some time ago: ask whether they may still be seen. One query.
    """
    one = f"{label}.{pk}"
    shows(_name(one))
    row = next(iter(_rows(one)), None)
    return row.similar if row else {kind: [] for kind in queries.KINDS}


@prepared
def _rows(one: str) -> QuerySet[SimilarThings]:
    return SimilarThings.objects.filter(pk=one)


def ask_again_if_renamed(
    shown: Sequence[Mapping], gone: Sequence[str], at: datetime
) -> None:
    """Have what was indexed looked up soon, unless that was done under this name.

    A crowd waits for the timer, which takes it bit by bit.
    """
    SimilarThings.objects.filter(pk__in=gone).delete()
    if len(shown) > A_CROWD:
        return
    named = {one["id"]: _text(one) for one in shown}
    known = SimilarThings.objects.filter(pk__in=named).values_list("pk", "text")
    for one in named.keys() - {pk for pk, text in known if text == named[pk]}:
        outbox.put(OUTBOX_KIND, f"similar:{one}", {"id": one}, at=at)


def find_similar(ids: Sequence[str], at: datetime) -> int:
    """Ask the engine for each of these that anybody may see; return how many.

    Without an index none; the timer asks again.
    """
    if not queries.index_health().ok:
        return 0
    rows = [
        SimilarThings(
            id=shown["id"], text=_text(shown), similar=_found_for(shown), found_at=at
        )
        for shown in _shown_now(ids)
    ]
    SimilarThings.objects.bulk_create(
        rows,
        update_conflicts=True,
        unique_fields=["id"],
        update_fields=["text", "similar", "found_at"],
    )
    changed(*(_name(row.id) for row in rows))
    return len(rows)


def find_what_is_due(at: datetime) -> int:
    """Look up some of those never looked up, the newest first, then the oldest ones."""
    due: list[str] = []
    unified = connections["default"].get_unified_index()
    for model, index in unified.get_indexes().items():
        start = f"{get_model_ct(model)}."
        due += [
            f"{start}{pk}" for pk in _never_looked_up(index, start, AT_ONCE - len(due))
        ]
    old = SimilarThings.objects.filter(found_at__lt=at - AGAIN_AFTER)
    due += old.order_by("found_at").values_list("pk", flat=True)[: AT_ONCE - len(due)]
    if count := find_similar(due, at):
        # What isn't public any more has nothing similar to show.
        SimilarThings.objects.filter(pk__in=due, found_at__lt=at).delete()
    return count


def _never_looked_up(index: HallIndex, start: str, most: int) -> Iterable[int]:
    things = index.index_queryset()
    # To look for one that is missing would ask for each of a million.
    if SimilarThings.objects.filter(pk__startswith=start).count() >= things.count():
        return []
    own_id = Concat(Value(start), Cast(OuterRef("pk"), CharField()))
    missing = things.filter(~Exists(SimilarThings.objects.filter(pk=own_id)))
    return missing.order_by("-pk").values_list("pk", flat=True)[:most]


def _shown_now(ids: Sequence[str]) -> Iterable[Mapping]:
    by_label: dict[str, list[str]] = {}
    for one in ids:
        label, _dot, pk = one.rpartition(".")
        by_label.setdefault(label, []).append(pk)
    unified = connections["default"].get_unified_index()
    for model, index in unified.get_indexes().items():
        if pks := by_label.get(get_model_ct(model)):
            for thing in index.index_queryset().filter(pk__in=pks):
                yield index.shown(thing)


def _found_for(shown: Mapping) -> dict[str, list[int]]:
    text = _text(shown)
    words = analyser.query_words(text)
    wanted = Wanted(
        words=words,
        clues=analyser.clues(text, words),
        filters={"language": [shown["language"]]},
        limit=LOOKED_AT,
    )
    found = queries.engine().find(wanted).shown if words else []
    own = next((score for one, score in found if one["id"] == shown["id"]), 0.0)
    similar: dict[str, list[int]] = {kind: [] for kind in queries.KINDS}
    for one, score in found:
        of_its_kind = similar.setdefault(one["kind"], [])
        is_near = score >= WORTH_SHOWING * own and one["id"] != shown["id"]
        if is_near and len(of_its_kind) < KEPT_OF_A_KIND:
            of_its_kind.append(int(one["pk"]))
    return similar


def _text(shown: Mapping) -> str:
    """What it is about, in few words."""
    text = " ".join((shown["title"], *shown["tag_names"]))
    return text[: analyser.MAX_QUERY_CHARS]


def _name(one: str) -> str:
    return f"similar:{one}"
