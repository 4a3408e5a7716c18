"""Tables that only grow: the database itself refuses to change or delete their rows.

A room calls register() in its apps.ready(); the triggers are installed after every
migrate, again without harm, and so also in tests that skip migrations.
"""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from typing import Any

from django.apps import AppConfig, apps
from django.db import DEFAULT_DB_ALIAS, connections
from django.db.backends.base.base import BaseDatabaseWrapper
from django.db.models import Model

_registered: dict[str, tuple[str, ...]] = {}


def register(model_label: str, allow_update: Sequence[str] = ()) -> None:
    """Rows of "app.Model" are written once; only `allow_update` fields may change."""
    _registered[model_label.lower()] = tuple(allow_update)


def install_after_migrate(sender: AppConfig, using: str, **_: Any) -> None:
    """The receiver of post_migrate: sent for each app, so each app's own tables."""
    models = [model for model in _models() if model._meta.app_label == sender.label]
    if models:
        _install(connections[using], models)


def lift_triggers(using: str = DEFAULT_DB_ALIAS) -> None:
    """Let rows be changed, for a flush or a migration that moves data."""
    connection = connections[using]
    with connection.cursor() as cursor:
        for model in _existing(connection, _models()):
            for statement in _Triggers(connection, model).drop():
                cursor.execute(statement)


def restore_triggers(using: str = DEFAULT_DB_ALIAS) -> None:
    _install(connections[using], _models())


@contextmanager
def lifted(using: str = DEFAULT_DB_ALIAS) -> Iterator[None]:
    lift_triggers(using)
    try:
        yield
    finally:
        restore_triggers(using)


def _models() -> list[type[Model]]:
    return [apps.get_model(label) for label in _registered]


def _existing(
    connection: BaseDatabaseWrapper, models: list[type[Model]]
) -> list[type[Model]]:
    tables = set(connection.introspection.table_names())
    return [model for model in models if model._meta.db_table in tables]


def _install(connection: BaseDatabaseWrapper, models: list[type[Model]]) -> None:
    existing = _existing(connection, models)
    with connection.cursor() as cursor:
        for model in existing:
            triggers = _Triggers(connection, model)
            for statement in [*triggers.drop(), *triggers.create()]:
                cursor.execute(statement)


class _Triggers:
    """The statements for one table, in the words of its database."""

    def __init__(self, connection: BaseDatabaseWrapper, model: type[Model]) -> None:
        self.vendor = connection.vendor
        self.quote = connection.ops.quote_name
        self.name = model._meta.db_table
        self.table = self.quote(self.name)
        columns = {
            field.name: str(field.column) for field in model._meta.concrete_fields
        }
        allowed = _registered[model._meta.label_lower]
        self.allowed = [columns.pop(name) for name in allowed]
        self.kept = list(columns.values())

    def drop(self) -> list[str]:
        names = [self._trigger(event) for event in ("update", "delete", "truncate")]
        if self.vendor == "sqlite":
            return [f"DROP TRIGGER IF EXISTS {name}" for name in names]
        return [f"DROP TRIGGER IF EXISTS {name} ON {self.table}" for name in names]

    def create(self) -> list[str]:
        return self._sqlite() if self.vendor == "sqlite" else self._postgresql()

    def _trigger(self, event: str) -> str:
        return self.quote(f"{self.name}_refuse_{event}")

    def _sqlite(self) -> list[str]:
        changed = ""
        if self.allowed:
            parts = (
                f"OLD.{self.quote(c)} IS NOT NEW.{self.quote(c)}" for c in self.kept
            )
            changed = f" WHEN {' OR '.join(parts)}"
        refuse = f"BEGIN SELECT RAISE(ABORT, '{self.name} is append-only'); END"
        return [
            f"CREATE TRIGGER {self._trigger('update')} BEFORE UPDATE ON {self.table}"
            f" FOR EACH ROW{changed} {refuse}",
            f"CREATE TRIGGER {self._trigger('delete')} BEFORE DELETE ON {self.table}"
            f" FOR EACH ROW {refuse}",
        ]

    def _postgresql(self) -> list[str]:
        arguments = ", ".join(f"'{column}'" for column in self.allowed)
        run = "EXECUTE FUNCTION answerhall_append_only"
        return [
            # TG_ARGV holds the columns that may change; without one, none may.
            """
            CREATE OR REPLACE FUNCTION answerhall_append_only() RETURNS trigger AS $$
            BEGIN
                IF TG_OP = 'UPDATE' AND TG_NARGS > 0
                    AND to_jsonb(OLD) - TG_ARGV = to_jsonb(NEW) - TG_ARGV
                THEN
                    RETURN NEW;
                END IF;
                RAISE EXCEPTION '% is append-only', TG_TABLE_NAME
                    USING ERRCODE = 'integrity_constraint_violation';
            END
            $$ LANGUAGE plpgsql
            """,
            f"CREATE TRIGGER {self._trigger('update')} BEFORE UPDATE ON {self.table}"
            f" FOR EACH ROW {run}({arguments})",
            f"CREATE TRIGGER {self._trigger('delete')} BEFORE DELETE ON {self.table}"
            f" FOR EACH ROW {run}()",
            f"CREATE TRIGGER {self._trigger('truncate')}"
            f" BEFORE TRUNCATE ON {self.table} FOR EACH STATEMENT {run}()",
        ]
