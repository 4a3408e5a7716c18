"""Posts whose HTML an older renderer made."""

from typing import Any

from common import markdown
from community.models import Answer, Comment, Question
from community.queries import picture_sizes

ROWS_AT_ONCE = 5000


def render_anew(most: int = ROWS_AT_ONCE) -> int:
    """Render up to so many old posts again; return how many. Nothing else changes."""
    done = 0
    for model in (Question, Answer, Comment):
        posts: Any = model._default_manager
        old = posts.filter(renderer_version__lt=markdown.RENDERER_VERSION)
        for pk, body in list(
            old.order_by("pk").values_list("pk", "body")[: most - done]
        ):
            rendered = markdown.render(body, picture_sizes)
            # Whoever edits it meanwhile has it rendered: then this finds no row.
            done += posts.filter(pk=pk, body=body).update(
                body_html=rendered.html,
                body_text=rendered.text,
                renderer_version=markdown.RENDERER_VERSION,
            )
    return done
