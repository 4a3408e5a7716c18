"""What the knowledge base does in the background."""

from datetime import datetime, timedelta

from django.core.management import call_command

from common.timers import timer
from kb.actions import draw_outdated_bodies


@timer("kb.redraw_bodies", every=timedelta(minutes=5))
def redraw_bodies(_at: datetime) -> str | None:
    """After a release or a new picture; readers meanwhile get a body drawn for them."""
    drawn = draw_outdated_bodies()
    return f"{drawn} drawn" if drawn else None


@timer("kb.publish_scheduled", every=timedelta(minutes=1))
def publish_scheduled(_at: datetime) -> None:
    """Wagtail's own: pages whose hour has come go live, expired ones go."""
    call_command("publish_scheduled", verbosity=0)
