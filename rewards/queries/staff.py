"""Who of our team is in charge of what."""

from django.db.models import Q, QuerySet

from people.models import Person


def in_charge(codename: str) -> QuerySet[Person]:
    """Who holds a permission of this room, through a group or as superuser."""
    through = Q(
        groups__permissions__content_type__app_label="rewards",
        groups__permissions__codename=codename,
    )
    people = Person.objects.filter(through | Q(is_superuser=True), is_active=True)
    return people.distinct().order_by("pk")
