"""People in the Wagtail admin."""

from wagtail import hooks

from people.staff_screens import NO_BULK_ACTIONS

for action in NO_BULK_ACTIONS:
    # After Wagtail's own, whose names these take.
    hooks.register("register_bulk_action", action, order=100)
