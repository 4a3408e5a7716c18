"""The schema is valid, complete, and true of what the operations answer."""

import json
from collections import Counter
from typing import Any

import pytest
from openapi_spec_validator import OpenAPIV31SpecValidator

from common.api import Given, Shown


@pytest.fixture
def schema(client, db) -> dict[str, Any]:
    response = client.get("/api/v1/schema/")
    assert response.status_code == 200
    assert response["Content-Type"] == "application/json"
    return response.json()


def operations(schema: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (method, path, described)
        for path, methods in schema["paths"].items()
        for method, described in methods.items()
    ]


def test_the_schema_is_valid_openapi_3(schema):
    assert schema["openapi"].startswith("3.")
    assert list(OpenAPIV31SpecValidator(schema).iter_errors()) == []


def test_every_operation_is_named_once_and_explained(schema):
    named = Counter(one["operationId"] for _m, _p, one in operations(schema))

    assert len(named) > 40
    assert named.most_common(1)[0][1] == 1
    for _method, path, described in operations(schema):
        assert described.get("description"), path
        assert described.get("tags"), path


def test_no_two_shapes_share_a_name():
    """Components are called after their classes; one would hide the other."""

    def below(kind: type) -> list[type]:
        return [one for sub in kind.__subclasses__() for one in (sub, *below(sub))]

    names = Counter(one.__name__ for base in (Given, Shown) for one in below(base))

    assert [name for name, times in names.items() if times > 1] == []


def test_whoever_may_not_write_is_told_so_by_the_schema(schema, client):
    for method, path, described in operations(schema):
        is_open = {} in described["security"]
        assert is_open is (method == "get" and "/me/" not in path)
        assert {"400", "401", "404", "429"} <= set(described["responses"])


def test_visitors_are_refused_wherever_the_schema_says_so(schema, client, site):
    for method, path, described in operations(schema):
        if {} in described["security"]:
            continue
        address = path.format(pk=1, slug="gift", reference="ABCD1234", handle="linjian")

        response = client.generic(method.upper(), address)

        assert response.status_code == 401, (method, path)
        assert response["Content-Type"] == "application/problem+json"


def test_no_state_changes_by_looking(schema, client, site):
    """An address that changes something answers a GET with 405, never with 200."""
    for path, methods in schema["paths"].items():
        if "get" in methods:
            continue
        address = path.format(pk=1, slug="gift")

        response = client.get(address)

        assert response.status_code == 405, path
        assert response["Allow"] == "POST"


def test_the_schema_tells_nothing_private_by_name(schema):
    said = json.dumps(schema["components"]["schemas"]).lower()

    for name in ("email", "password", "is_staff", "is_superuser", "hash", "idem_key"):
        assert f'"{name}"' not in said


def test_the_schema_is_only_read(client, db):
    assert client.post("/api/v1/schema/").status_code == 405
    assert client.head("/api/v1/schema/").status_code == 200
