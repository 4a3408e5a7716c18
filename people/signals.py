"""What people announce, inside the transaction of the change."""

from django.dispatch import Signal

# person, at
person_created = Signal()
# person, old, new, at: the badge beside the name changed
standing_changed = Signal()
# person, at: their profile page shows something else
profile_changed = Signal()
# person, at: everything that named them must forget it
person_erased = Signal()
