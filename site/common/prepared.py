"""Queries whose SQL is written once.

To write the SQL of a query takes the ORM several times longer than the database needs
to answer it. A page that asks eight spends a third of its time so:

    @prepared
    def answers_of(question_id: int, *, most: int) -> QuerySet[Answer]:
        return Answer.objects.visible().filter(question_id=question_id)[:most]

    answers = answers_of(7, most=30)        # a list

The function is called once, with stand-ins for its arguments in order; from then on
only these values change. They are whole numbers, words, or tuples of either for `in`,
and must reach the database as they are: they may not decide how the query is built.
What decides that (limits, who asks) is named, and has a statement each.
"""

from collections.abc import Callable, Iterator
from copy import copy
from functools import update_wrapper
from types import SimpleNamespace
from typing import Any, Generic, ParamSpec, TypeVar, cast

from django.db import connections
from django.db.models import QuerySet

Asked = ParamSpec("Asked")
Row = TypeVar("Row")
Value = int | str | tuple[int, ...] | tuple[str, ...]

# Of one query; those beyond are written anew each time.
MOST_STATEMENTS = 256

# No id is below zero, and no word has this character.
_FIRST_NUMBER = -9_000_001
_MARK = "\x01"


class Prepared(Generic[Asked, Row]):
    """A function that makes a query, as one that gives its rows."""

    def __init__(self, build: Callable[Asked, QuerySet[Any, Row]]) -> None:
        self._build = build
        self._statements: dict[tuple[Any, ...], _Statement] = {}
        update_wrapper(cast(Any, self), build)

    def __call__(self, *args: Asked.args, **kwargs: Asked.kwargs) -> list[Row]:
        values = [_padded(cast(Value, value)) for value in args]
        key = (*map(_shape, values), *kwargs.items())
        statement = self._statements.get(key)
        if statement is None:
            statement = self._prepare(values, kwargs)
            if len(self._statements) < MOST_STATEMENTS:
                self._statements[key] = statement
        return list(statement.rows(_flat(values)))

    def _prepare(self, values: list[Value], choices: dict[str, Any]) -> "_Statement":
        numbers = iter(range(_FIRST_NUMBER, 0))
        stand_ins = [_stand_in(value, numbers) for value in values]
        build = cast(Callable[..., QuerySet[Any, Row]], self._build)
        return _Statement(build(*stand_ins, **choices), _flat(stand_ins))


class _Statement:
    """The SQL of one query, and what Django needs to make objects of its rows."""

    def __init__(self, rows: QuerySet, stand_ins: list[int | str]) -> None:
        self._alias = rows.db
        self._compiler: Any = rows.query.get_compiler(using=self._alias)
        self._sql, params = self._compiler.as_sql()
        # Of the thread that happened to come first.
        self._compiler.connection = None
        # Where each value goes, and what stands in the other places.
        self._places = [
            (place, stand_ins.index(param))
            for place, param in enumerate(params)
            if param in stand_ins
        ]
        self._params = list(params)
        for param in params:
            if param in stand_ins:
                continue
            if any(str(one) in str(param) for one in stand_ins):
                raise TypeError(f"{param!r} is not a value as it was given")
        self._iterable: Any = rows._iterable_class
        self._model = rows.model

    def rows(self, values: list[int | str]) -> Iterator[Any]:
        params = list(self._params)
        for place, index in self._places:
            params[place] = values[index]
        compiler = copy(self._compiler)
        compiler.connection = connections[self._alias]
        compiler.as_sql = lambda: (self._sql, tuple(params))
        asked = SimpleNamespace(
            db=self._alias,
            model=self._model,
            query=_Written(compiler),
            _known_related_objects={},
        )
        return iter(self._iterable(asked))


class _Written:
    """In the place of a query whose SQL is written already."""

    def __init__(self, compiler: Any) -> None:
        self._compiler = compiler

    def get_compiler(self, using: str) -> Any:  # noqa: ARG002
        return self._compiler


def prepared(build: Callable[Asked, QuerySet[Any, Row]]) -> Prepared[Asked, Row]:
    return Prepared(build)


def _padded(value: Value) -> Value:
    """Lengths of 1, 2, 4, 8, …: a handful of statements, not one for each length."""
    if not isinstance(value, tuple):
        return value
    length = 1 << max(0, len(value) - 1).bit_length()
    last = value[-1] if value else _FIRST_NUMBER
    return cast(Value, (*value, *[last] * (length - len(value))))


def _shape(value: Value) -> tuple[bool, int]:
    """What tells statements apart: numbers, words, and the lengths of tuples."""
    if isinstance(value, tuple):
        return isinstance(value[0], str), len(value)
    return isinstance(value, str), 0


def _stand_in(value: Any, numbers: Iterator[int]) -> Any:
    if isinstance(value, tuple):
        return tuple(_stand_in(one, numbers) for one in value)
    number = next(numbers)
    return f"{_MARK}{number}" if isinstance(value, str) else number


def _flat(values: list[Value]) -> list[int | str]:
    flat: list[int | str] = []
    for value in values:
        flat.extend(value) if isinstance(value, tuple) else flat.append(value)
    return flat
