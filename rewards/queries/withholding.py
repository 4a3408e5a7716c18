"""Points that wait because somebody still has to decide about their cause.

Not a copy of which awards those are: whoever is in a live case together deals with
each other on probation, so what they earn meanwhile waits, too.
"""

from collections.abc import Collection

from django.db.models import Q

from rewards.models import Case, CasePerson, Transfer


def withheld_among(person_id: int, transfers: Collection[int]) -> set[int]:
    """Those of a person's transfers whose points must not be released, in 1 query."""
    awards = Transfer.objects.filter(pk__in=transfers, person=person_id)
    return set(awards.filter(in_a_live_case(person_id)).values_list("pk", flat=True))


def is_withheld(award: Transfer) -> bool:
    """Whether this award waits though its time has come."""
    if award.partner_id is None or award.kind != Transfer.Kind.AWARD:
        return False
    mine = Case.objects.live().with_person(award.person_id)
    return mine.filter(
        pk__in=CasePerson.objects.filter(person=award.partner_id).values("case")
    ).exists()


def in_a_live_case(person_id: int) -> Q:
    """Awards of this person through somebody who is in a live case with them."""
    mine = Case.objects.live().with_person(person_id)
    return Q(
        kind=Transfer.Kind.AWARD,
        partner__in=CasePerson.objects.filter(case__in=mine.values("pk"))
        .exclude(person=person_id)
        .values("person"),
    )
