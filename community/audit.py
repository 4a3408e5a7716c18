"""What staff did to posts, in Wagtail's log beside what they did to pages."""

from typing import Any

from django.db.models import Model
from django.utils.translation import gettext_lazy as _
from wagtail.log_actions import log

from community.models.posts import Post
from people.models import Person

ACTIONS = {
    "community.hide": (_("Hide a post"), _("Post hidden")),
    "community.publish": (_("Publish a post"), _("Post published")),
    "community.delete": (_("Delete a post"), _("Post deleted")),
    "community.restore": (_("Restore a post"), _("Post restored")),
    "community.uphold": (_("Uphold a report"), _("Report upheld, post hidden")),
    "community.dismiss": (_("Dismiss a report"), _("Report dismissed")),
    "community.merge": (_("Merge threads"), _("Thread merged into another")),
    "community.place": (_("Move a thread"), _("Circle or language changed")),
}


def note_on_others(action: str, post: Post, person: Person, **data: Any) -> None:
    """Like note, but what authors do with their own posts is nobody's business."""
    if post.author_id != person.pk:
        note(action, post, person, **data)


def note(action: str, thing: Model, person: Person, **data: Any) -> None:
    """Call it in the transaction of the act."""
    log(instance=thing, action=f"community.{action}", user=person, data=data)
