"""The picture that stands for a page where it is shared; how it looks is elsewhere."""

from dataclasses import dataclass
from hashlib import blake2b

from common.structured import absolute

WIDTH, HEIGHT = 1200, 630
# Raise it when the same words make another picture.
LOOK = 1


@dataclass(frozen=True)
class SharePicture:
    """`kicker` is the small line above the title; "" leaves it out."""

    kind: str
    pk: int
    title: str
    kicker: str
    language: str

    @property
    def key(self) -> str:
        """Another one for other words: whoever keeps the picture may keep it."""
        words = "\n".join((str(LOOK), self.language, self.kicker, self.title))
        return blake2b(words.encode(), digest_size=8).hexdigest()

    @property
    def path(self) -> str:
        return f"/share/{self.kind}/{self.pk}-{self.key}.png"

    @property
    def url(self) -> str:
        return absolute(self.path)


def hall_picture(name: str, language: str) -> SharePicture:
    """For pages without one of their own: the hall's, under its name."""
    return SharePicture("halls", 1, name, "", language)
