"""A site with service agents and gift codes of before keeps them, up and down."""

from collections.abc import Callable, Iterator
from datetime import timedelta
from typing import Any

import pytest
from django.core.management import call_command
from django.db import connection
from django.db.migrations.executor import MigrationExecutor
from django.utils import timezone

from people.models import Person
from rewards.sealing import unseal

pytestmark = [pytest.mark.services, pytest.mark.django_db(transaction=True)]

BEFORE = "0003_campaigns_budgets_and_giving"


def go_to(migration: str) -> Any:
    """The models as they are once the rewards stand at this migration."""
    executor = MigrationExecutor(connection)
    return executor.migrate([("rewards", migration)]).apps


@pytest.fixture
def newest() -> Iterator[str]:
    """The newest migration's name; whatever happens, the next test finds it applied."""
    graph = MigrationExecutor(connection).loader.graph
    [(_room, name)] = graph.leaf_nodes("rewards")
    yield name
    # By the command, which also puts the triggers onto tables made anew.
    call_command("migrate", verbosity=0)


@pytest.fixture
def people(make_person: Callable[..., Person]) -> dict[str, Person]:
    return {name: make_person(name) for name in ("mei", "lao-wang", "boss")}


def test_agents_go_on_serving_and_codes_are_sealed(
    newest: str, people: dict[str, Person]
):
    long_ago = timezone.now() - timedelta(days=90)
    lately = timezone.now() - timedelta(days=5)
    old = go_to(BEFORE)
    terms = old.get_model("rewards", "AgentTerm").objects
    mei = terms.create(
        person_id=people["mei"].pk,
        appointed_by_id=people["boss"].pk,
        note="Answers at night",
        started_at=long_ago,
    )
    wang = terms.create(
        person_id=people["lao-wang"].pk,
        appointed_by_id=people["boss"].pk,
        started_at=long_ago,
        ended_at=lately,
        ended_by_id=people["boss"].pk,
    )
    gift = old.get_model("rewards", "Gift").objects.create(
        slug="coffee", title_en="Coffee", title_zh="咖啡", cost=20
    )
    codes = old.get_model("rewards", "Voucher").objects
    # More than are sealed at a time.
    codes.bulk_create(
        codes.model(gift=gift, code=f"COFFEE-{number:04}") for number in range(501)
    )

    new = go_to(newest)

    terms = new.get_model("rewards", "AgentTerm").objects
    assert terms.get(pk=mei.pk).state == "supported"
    assert terms.get(pk=wang.pk).state == "ended"
    steps = list(terms.get(pk=wang.pk).steps.order_by("number"))
    assert [step.to_state for step in steps] == [
        "found",
        "evaluated",
        "invited",
        "accepted",
        "supported",
        "ended",
    ]
    assert {step.actor_id for step in steps} == {people["boss"].pk}
    assert steps[-1].at == lately
    sealed = new.get_model("rewards", "Voucher").objects.order_by("pk")
    assert [unseal(one.sealed_code) for one in sealed] == [
        f"COFFEE-{number:04}" for number in range(501)
    ]

    # Somebody found since has no place in the old way, where a term is the role.
    found = terms.create(
        person_id=people["lao-wang"].pk, state="found", state_since=lately
    )
    found.steps.create(
        number=1, to_state="found", who="programme", reason="score", at=lately
    )

    old = go_to(BEFORE)

    terms = old.get_model("rewards", "AgentTerm").objects
    shown = ("appointed_by", "note", "started_at", "ended_at", "ended_by")
    boss = people["boss"].pk
    assert terms.values_list(*shown).get(pk=mei.pk) == (
        boss,
        "Answers at night",
        long_ago,
        None,
        None,
    )
    assert terms.values_list(*shown).get(pk=wang.pk) == (
        boss,
        "",
        long_ago,
        lately,
        boss,
    )
    assert terms.get(pk=found.pk).ended_at == lately
    codes = old.get_model("rewards", "Voucher").objects.order_by("pk")
    assert [one.code for one in codes] == [
        f"COFFEE-{number:04}" for number in range(501)
    ]
