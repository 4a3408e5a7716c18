"""The community's place in the Wagtail admin and in other rooms' pages."""

from wagtail import hooks
from wagtail.log_actions import LogActionRegistry

from community import slots  # noqa: F401  registers what it fills
from community.audit import ACTIONS
from community.staff_panels import add_panels
from community.staff_screens import ModerationGroup


@hooks.register("register_admin_viewset")
def moderation() -> ModerationGroup:
    return ModerationGroup()


hooks.register("construct_homepage_panels", add_panels)


@hooks.register("register_log_actions")
def log_actions(registry: LogActionRegistry) -> None:
    for action, (label, message) in ACTIONS.items():
        registry.register_action(action, label, message)
