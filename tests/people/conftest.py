"""People's tests need the groups of a furnished site, not its pages."""

import re
from collections.abc import Callable

import pytest
from django.core import mail
from django.test import Client

from people.actions import setup_groups

DETAILS = {
    "display_name": "Lin Jian",
    "email": "linjian@example.com",
    "agree_terms": "on",
    "agree_privacy": "on",
    "agree_licence": "on",
}
PASSWORD = "a-long-enough-passphrase"


@pytest.fixture
def site(db: None) -> None:
    setup_groups()


@pytest.fixture
def code_in_mail() -> Callable[[], str]:
    """The code in the newest mail."""

    def read() -> str:
        body = mail.outbox[-1].body
        found = re.search(r"^ {4}(\S+)$", body, re.MULTILINE)
        assert found, body
        return found[1]

    return read


@pytest.fixture
def sign_in() -> Callable[..., tuple[Client, object]]:
    """Type e-mail and password at the door; the browser and the door's answer."""

    def at_the_door(email: str, password: str = PASSWORD, **query: str):
        client = Client()
        response = client.post(
            "/accounts/login/", {"login": email, "password": password} | query
        )
        return client, response

    return at_the_door
