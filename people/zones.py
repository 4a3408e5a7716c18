"""Time zones a person may choose."""

from functools import cache
from zoneinfo import available_timezones

AREAS = (
    "Africa",
    "America",
    "Asia",
    "Atlantic",
    "Australia",
    "Europe",
    "Indian",
    "Pacific",
)


@cache
def zone_names() -> list[str]:
    """Cities, sorted; without the aliases that only machines use."""
    return sorted(
        name for name in available_timezones() if name.split("/", 1)[0] in AREAS
    ) + ["UTC"]


def is_zone(name: str) -> bool:
    return name in zone_names()
