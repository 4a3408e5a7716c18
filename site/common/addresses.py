"""Addresses of our pages, each spelled by the resolver once."""

from functools import lru_cache

from django.urls import reverse
from django.utils.translation import get_language

# No id is as large as the least of them, nor its beginning.
_FIRST_NUMBER = 9_000_000_000_000_001


def address(name: str, *args: int | str) -> str:
    """As reverse() gives it in the reader's language; a page names dozens of them."""
    numbers = [arg for arg in args if type(arg) is int]
    shape = tuple(None if type(arg) is int else arg for arg in args)
    return _pattern(get_language(), name, shape).format(*numbers)


@lru_cache(maxsize=4096)
def _pattern(
    language: str | None,  # noqa: ARG001
    name: str,
    shape: tuple[str | None, ...],
) -> str:
    """The address with places for numbers. Braces in words are quoted by reverse()."""
    stand_ins = [_FIRST_NUMBER + place for place in range(shape.count(None))]
    numbers = iter(stand_ins)
    args = [next(numbers) if word is None else word for word in shape]
    pattern = reverse(name, args=args)
    for place, number in enumerate(stand_ins):
        pattern = pattern.replace(str(number), f"{{{place}}}")
    return pattern
