"""Which changes to people make pages stale that name them."""

from collections.abc import Iterable
from typing import Any

from django.db.models.signals import post_save
from django.dispatch import receiver

from common.freshness import changed
from people.models import Person
from people.signals import profile_changed, standing_changed

# The name of "who is a member, and under which name".
MEMBERS = "members"
# Written at every sign-in; no page shows them.
UNSEEN_FIELDS = frozenset({"last_login", "password"})


@receiver(post_save, sender=Person)
def looks_different(
    instance: Person,
    created: bool,
    update_fields: Iterable[str] | None = None,
    **_kwargs: Any,
) -> None:
    if created or (update_fields and UNSEEN_FIELDS.issuperset(update_fields)):
        return
    changed(instance, MEMBERS)


@receiver([profile_changed, standing_changed])
def is_introduced_differently(person: Person, **_kwargs: Any) -> None:
    changed(person)
