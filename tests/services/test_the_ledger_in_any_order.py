"""The ledger's state machine on PostgreSQL, with its locks and its triggers."""

import os

import pytest
from hypothesis import HealthCheck, settings
from hypothesis.stateful import run_state_machine_as_test

from tests.rewards.test_whatever_happens_in_any_order import Ledger

pytestmark = [pytest.mark.services, pytest.mark.django_db]
EXAMPLES = int(os.environ.get("ANSWERHALL_TEST_EXAMPLES", "8"))


def test_whatever_happens_the_ledger_holds_on_postgresql() -> None:
    run_state_machine_as_test(
        Ledger,
        settings=settings(
            max_examples=EXAMPLES,
            stateful_step_count=25,
            deadline=None,
            suppress_health_check=list(HealthCheck),
        ),
    )
