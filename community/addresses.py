"""Verbs that stand under a post in addresses, and slugs that must not look like one."""

# What changes something about a post, as in questions/7/vote/.
VERBS = frozenset(
    {
        "accept",
        "answer",
        "article",
        "comment",
        "delete",
        "edit",
        "flag",
        "follow",
        "hide",
        "history",
        "me-too",
        "merge",
        "place",
        "remove",
        "reopen",
        "restore",
        "unaccept",
        "vote",
    }
)


def spelled_slug(slug: str) -> str:
    """A slug that is also a verb wears a hyphen in its address."""
    return f"{slug}-" if slug in VERBS else slug
