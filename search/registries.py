"""What search must ask the rooms above it; they register in `apps.ready()`."""

from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass

from search.documents import Hit


@dataclass(frozen=True, slots=True)
class FoundTag:
    """A tag as it is suggested, with how many things carry it."""

    name: str
    url: str
    language: str
    count: int


Finder = Callable[[str, str | None, int], list[Hit]]
VisibleCheck = Callable[[Collection[int]], set[int]]

AuthorFinder = Callable[[str], str]
AddressFinder = Callable[[str], int | None]
Votes = Callable[[Collection[int]], Mapping[int, tuple[int, int]]]
TagFinder = Callable[[str, str, int], list[FoundTag]]
TagNames = Callable[[Collection[str]], Mapping[str, str]]

_finders: dict[str, Finder] = {}
_visible_checks: dict[str, VisibleCheck] = {}
_author_finders: list[AuthorFinder] = []
_address_finders: dict[str, AddressFinder] = {}
_votes: dict[str, Votes] = {}
_tag_finders: list[TagFinder] = []
_tag_names: list[TagNames] = []


def fallback(kind: str) -> Callable[[Finder], Finder]:
    """Register how the database finds a kind while there is no index.

        @fallback("question")
        def find_questions(text, language, limit) -> list[Hit]: ...

    `language` is None for both. Must give only what anybody may see; make the hits
    with `search.indexes.hits_of(objects, text)`.
    """

    def register(finder: Finder) -> Finder:
        _finders[kind] = finder
        return finder

    return register


def still_visible(kind: str) -> Callable[[VisibleCheck], VisibleCheck]:
    """Register which of some primary keys of a kind anybody may still see.

        @still_visible("question")
        def visible_questions(pks) -> set[int]: ...

    Asked once a page, in one query, so that what was deleted or hidden a moment ago
    never shows, however far behind the index is.
    """

    def register(check: VisibleCheck) -> VisibleCheck:
        _visible_checks[kind] = check
        return check

    return register


def author(finder: AuthorFinder) -> AuthorFinder:
    """Register who is meant by a handle (by:linjian).

        @author
        def author_of(handle) -> str: ...

    Gives what `prepare_author` gave for their posts, "" for nobody. Asked when somebody
    searches, so that a new handle counts at once.
    """
    _author_finders[:] = [finder]
    return finder


def author_finder() -> AuthorFinder | None:
    return _author_finders[0] if _author_finders else None


def at_address(label: str) -> Callable[[AddressFinder], AddressFinder]:
    """Register whose page stands at an address of this site.

        @at_address("community.question")
        def question_at(path) -> int | None: ...

    The path begins with a language, `/en/questions/12/why/`.
    """

    def register(finder: AddressFinder) -> AddressFinder:
        _address_finders[label] = finder
        return finder

    return register


def id_at(path: str) -> str:
    """The id in the index of what stands at a path; "" if that is nothing."""
    for label, find in _address_finders.items():
        if pk := find(path):
            return f"{label}.{pk}"
    return ""


def helped(label: str) -> Callable[[Votes], Votes]:
    """Register what readers said of pages: by primary key how many of how many votes
    say that the page helped.

        @helped("kb.articlepage")
        def votes_on(pks) -> dict[int, tuple[int, int]]: ...
    """

    def register(votes: Votes) -> Votes:
        _votes[label] = votes
        return votes

    return register


def helpfulness(ids: Collection[str]) -> dict[str, tuple[int, int]]:
    """What readers said of these ids; those nobody voted on are left out."""
    found: dict[str, tuple[int, int]] = {}
    for label, votes in _votes.items():
        pks = [
            int(pk) for name, _, pk in (i.rpartition(".") for i in ids) if name == label
        ]
        if pks:
            found |= {f"{label}.{pk}": said for pk, said in votes(pks).items()}
    return found


def tag_finder(finder: TagFinder) -> TagFinder:
    """Register which tags somebody may mean who is still typing.

        @tag_finder
        def tags_begun(text, language, limit) -> list[FoundTag]: ...

    Those of the language come first; only tags that something public carries.
    """
    _tag_finders[:] = [finder]
    return finder


def tag_names(names: TagNames) -> TagNames:
    """Register how tags are called by the slugs that documents have (`prepare_tags`).

    Asked once a page, in one query; a slug left out is shown as it is.
    """
    _tag_names[:] = [names]
    return names


def tags_begun(text: str, language: str, limit: int) -> list[FoundTag]:
    return _tag_finders[0](text, language, limit) if _tag_finders else []


def names_of_tags(slugs: Collection[str]) -> Mapping[str, str]:
    return _tag_names[0](slugs) if _tag_names and slugs else {}


def finders() -> dict[str, Finder]:
    return _finders


def visible_check(kind: str) -> VisibleCheck | None:
    return _visible_checks.get(kind)
