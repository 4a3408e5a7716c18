"""Rooms stand on each other: what tables point to, what is shipped, who may start."""

import re
from importlib import import_module
from pathlib import Path

import pytest
from django.apps import apps
from django.conf import settings
from django.core.exceptions import ImproperlyConfigured
from django.core.management import call_command, get_commands

# A room may point to rooms on lower floors; search and people share one.
FLOORS = {
    "common": 0,
    "people": 1,
    "search": 1,
    "kb": 2,
    "community": 3,
    "rewards": 4,
    "desk": 5,
    "answerhall": 6,
}


def may_point(from_room: str, to_room: str) -> bool:
    return from_room == to_room or FLOORS[to_room] < FLOORS[from_room]


def test_foreign_keys_point_down():
    upward = [
        f"{model._meta.label}.{field.name} -> {field.related_model._meta.label}"
        for model in apps.get_models()
        if model._meta.app_label in FLOORS
        for field in model._meta.get_fields()
        if field.is_relation
        and not field.auto_created
        and field.related_model is not None
        and field.related_model._meta.app_label in FLOORS
        and not may_point(model._meta.app_label, field.related_model._meta.app_label)
    ]

    assert upward == []


def test_migrations_depend_on_lower_rooms_only():
    # Read from disk: tests run without migrations, so Django's loader sees none.
    migrations = {
        f"{room}.{file.stem}": import_module(f"{room}.migrations.{file.stem}").Migration
        for room in FLOORS
        if room != "answerhall"
        for file in Path(import_module(room).__path__[0], "migrations").glob("0*.py")
    }

    upward = [
        f"{name} -> {needs[0]}"
        for name, migration in migrations.items()
        for needs in migration.dependencies
        if needs[0] in FLOORS and not may_point(name.partition(".")[0], needs[0])
    ]

    assert len(migrations) >= len(FLOORS) - 1
    assert upward == []


def test_the_folder_site_is_no_package():
    """The standard library owns the module `site`."""
    assert not (settings.CHECKOUT / "site" / "__init__.py").exists()


def test_update_index_is_the_public_search_s():
    """Wagtail ships a command of that name too; the earlier app wins."""
    assert get_commands()["update_index"] in {"haystack", "search"}
    assert get_commands()["rebuild_index"] in {"haystack", "search"}


def test_every_sentence_is_there_in_both_languages():
    call_command("translations", "check")


def test_a_public_site_refuses_to_start_with_demo_passwords(make_person, settings):
    from answerhall.demo.loading import PASSWORD
    from answerhall.starting import refuse_demo_passwords

    settings.DEMO_LOGINS_ALLOWED = False
    asker = make_person(
        "asker",
        email="asker@demo.example",
        password=PASSWORD,
        allow_reserved=True,
    )

    with pytest.raises(ImproperlyConfigured):
        refuse_demo_passwords()

    asker.set_password("something else entirely")
    asker.save()
    refuse_demo_passwords()


def test_the_settings_table_names_every_variable():
    base = Path(settings.CHECKOUT, "site/answerhall/settings/base.py").read_text()
    table = Path(settings.CHECKOUT, "README.md").read_text()

    read = set(re.findall(r'env\S*\(\s*"(ANSWERHALL_\w+)"', base))

    assert {name for name in read if f"`{name}`" not in table} == set()
