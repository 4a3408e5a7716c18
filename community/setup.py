"""What a new site needs so that people can ask at all."""

from community.models import Circle


def setup_circles() -> None:
    """Make one general circle if there is none. Runs again without a change."""
    if not Circle.objects.exists():
        Circle.objects.create(
            slug="general",
            name_en="General",
            name_zh="综合",
            about_en="Everything that has no circle of its own yet.",
            about_zh="还没有专属圈子的问题都可以发在这里。",
        )
