"""What search must ask the rooms above it; they register in `apps.ready()`."""

from collections.abc import Callable, Collection

from search.documents import Hit

Finder = Callable[[str, str | None, int], list[Hit]]
VisibleCheck = Callable[[Collection[int]], set[int]]

AuthorFinder = Callable[[str], str]

_finders: dict[str, Finder] = {}
_visible_checks: dict[str, VisibleCheck] = {}
_author_finders: list[AuthorFinder] = []


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


def finders() -> dict[str, Finder]:
    return _finders


def visible_check(kind: str) -> VisibleCheck | None:
    return _visible_checks.get(kind)
