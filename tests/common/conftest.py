"""Tests that promise the same on the embedded database and on PostgreSQL."""

import pytest

EVERY_DATABASE = ["embedded", pytest.param("services", marks=pytest.mark.services)]


@pytest.fixture(params=EVERY_DATABASE)
def every_database(db: None) -> None:
    """Run the test once here, and once more when the services are started."""
