"""The REST API: the rooms' parts under one address, one manner of refusing, one schema.

django-ninja, which Wagtail brings along: strict types by pydantic, OpenAPI 3.1 by
itself. Its documentation pages stay off: they would load scripts from elsewhere.
"""

from collections.abc import Callable
from functools import cache, wraps
from typing import Any

from django.core.exceptions import RequestDataTooBig
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseNotAllowed
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.cache import patch_vary_headers
from django.utils.translation import gettext_lazy as _
from ninja import NinjaAPI
from ninja.errors import HttpError, ValidationError
from ninja.openapi.schema import OpenAPISchema
from ninja.operation import Operation
from ninja.renderers import JSONRenderer

from common.api import Router, Shown, anybody, member
from common.api.errors import (
    Misunderstood,
    NothingHere,
    NotThisMethod,
    SignInFirst,
)
from common.api.parsing import JSON, StrictParser
from common.api.problems import MEDIA_TYPE, problem
from common.errors import Refused
from common.middleware import TORN, DamagedRequest, RequestTooLarge
from community.api import router as community
from community.queries import tally_of
from desk.api import router as desk
from kb.api import router as kb
from people.api import MemberShown, as_member, router as people
from people.queries import unread_notifications
from rewards.agent_api import router as agents
from rewards.api import PurseShown, as_purse, router as rewards
from rewards.gifts_api import router as gifts
from search.api import router as search

ABOUT = """\
Everything here obeys the limits and refusals of the pages and speaks their languages:
the signed-in person's own, else Accept-Language.

Visitors may read. Members send a key of theirs (`Authorization: Bearer ah_…`), made
under “Sign-in and security”; a signed-in browser sends its session cookie and, with a
change, the page's CSRF token as `X-CSRFToken`. A key never carries staff rights.

Lists come in pieces of at most 100 rows: follow `next` until it is null. A refusal is
`application/problem+json`: `detail` is for people, `code` for programs.
"""

WHAT_IS_WRONG = {
    "missing": _("This is missing."),
    "int_type": _("This has to be a whole number."),
    "int_parsing": _("This has to be a whole number."),
    "bool_type": _("This has to be true or false."),
    "string_type": _("This has to be text."),
    "list_type": _("This has to be a list."),
    "literal_error": _("This is none of the words that can stand here."),
    "string_too_long": _("This is too long."),
    "greater_than_equal": _("This is too small."),
    "less_than_equal": _("This is too large."),
}
SOMETHING_ELSE = _("This value can't stand here.")


class HallAPI(NinjaAPI):
    def get_openapi_operation_id(self, operation: Operation) -> str:
        return operation.view_func.__name__

    def get_openapi_schema(self, **kwargs: Any) -> OpenAPISchema:
        """With what ninja does not know: who may call what, and every refusal."""
        schema = super().get_openapi_schema(**kwargs)
        schema["components"]["securitySchemes"] = SECURITY
        schema["components"]["schemas"]["Problem"] = PROBLEM
        for router in self._get_bound_routers():
            for view in router.path_operations.values():
                for operation in view.operations:
                    described = _found(schema, operation.view_func.__name__)
                    _describe(described, operation)
        return schema


class ReadableJSON(JSONRenderer):
    """携号转网 as it is: half as long as its escapes, and readable in a terminal."""

    json_dumps_params = {"ensure_ascii": False}


api = HallAPI(
    title="Answerhall",
    version="1",
    description=ABOUT,
    urls_namespace="api",
    openapi_url=None,
    docs_url=None,
    servers=[{"url": "/"}],
    auth=member,
    renderer=ReadableJSON(),
    parser=StrictParser(),
)


# Refusals


@api.exception_handler(Refused)
def _refused(_request: HttpRequest, refusal: Refused) -> HttpResponse:
    return problem(refusal)


@api.exception_handler(Http404)
def _nothing_here(_request: HttpRequest, _error: Http404) -> HttpResponse:
    return problem(NothingHere())


@api.exception_handler(HttpError)
def _http_error(_request: HttpRequest, error: HttpError) -> HttpResponse:
    """What ninja refuses itself: strangers, and bodies the parser gave up on."""
    if isinstance(error.__cause__, Refused):
        return problem(error.__cause__)
    return problem(SignInFirst() if error.status_code == 401 else Misunderstood())  # noqa: PLR2004


@api.exception_handler(ValidationError)
def _misunderstood(_request: HttpRequest, error: ValidationError) -> HttpResponse:
    wrong = [
        {
            "field": ".".join(str(part) for part in one["loc"][1:]) or "body",
            "detail": str(WHAT_IS_WRONG.get(one["type"], SOMETHING_ELSE)),
            "code": str(one["type"]).replace("_", "-"),
        }
        for one in error.errors
    ]
    return problem(Misunderstood(), wrong)


@api.exception_handler(RequestDataTooBig)
def _too_large(_request: HttpRequest, _error: Exception) -> HttpResponse:
    return problem(RequestTooLarge())


def _torn(_request: HttpRequest, _error: object) -> HttpResponse:
    return problem(DamagedRequest())


for torn in TORN:
    api.add_exception_handler(torn, _torn)


@api.exception_handler(Exception)
def _unexpected(_request: HttpRequest, error: Exception) -> HttpResponse:
    """To the log, untouched; Django's own 500 then answers."""
    raise error


# Me


class Me(Shown):
    """Who calls, and what waits for them."""

    member: MemberShown
    reputation: int
    unread_notifications: int
    points: PurseShown


me = Router(tags=["me"])


@me.get("/me/", auth=member, response=Me)
def read_me(request: HttpRequest) -> Me:
    """Yourself: what others see, unread notifications, the balance of your points."""
    person: Any = request.user
    return Me(
        member=as_member(person),
        reputation=tally_of(person).reputation,
        unread_notifications=unread_notifications(person),
        points=as_purse(person, at=timezone.now()),
    )


for part in (community, kb, search, me, people, rewards, gifts, agents, desk):
    api.add_router("", part)


# The schema

PROBLEM = {
    "title": "Problem",
    "description": "RFC 9457. Facts of the refusal stand beside these members.",
    "type": "object",
    "required": ["type", "title", "status", "detail", "code"],
    "properties": {
        "type": {"type": "string"},
        "title": {"type": "string"},
        "status": {"type": "integer"},
        "detail": {
            "type": "string",
            "description": "What happened and what to do, in the reader's language.",
        },
        "code": {
            "type": "string",
            "description": "The same in every language.",
            "examples": ["not-enough-points"],
        },
        "errors": {
            "type": "array",
            "items": {
                "type": "object",
                "required": ["field", "detail", "code"],
                "properties": {
                    "field": {"type": "string"},
                    "detail": {"type": "string"},
                    "code": {"type": "string"},
                },
            },
        },
    },
}
SECURITY = {
    "key": {"type": "http", "scheme": "bearer", "description": "An API key: ah_…"},
    "session": {"type": "apiKey", "in": "cookie", "name": "sessionid"},
}
BY_MEMBERS: list[dict[str, list]] = [{"key": []}, {"session": []}]
BY_ANYBODY: list[dict[str, list]] = [{}, *BY_MEMBERS]
REFUSED = {
    "400": "It could not be understood",
    "401": "Only for members, or the key is not accepted",
    "403": "Not yours to do",
    "404": "Nothing there, or not yours to see",
    "405": "Not this method",
    "409": "Not as things are now",
    "410": "It was removed, or its owner has left",
    "413": "Too large",
    "415": "Not JSON",
    "429": "Too often; Retry-After says when to try again",
}
ONLY_WITH_BODY = {"409", "413", "415"}


def _found(schema: OpenAPISchema, operation_id: str) -> dict[str, Any]:
    return next(
        described
        for methods in schema["paths"].values()
        for described in methods.values()
        if described["operationId"] == operation_id
    )


def _describe(described: dict[str, Any], operation: Operation) -> None:
    is_open = operation.auth_callbacks[0] is anybody
    reads = operation.methods == ["GET"]
    described["security"] = BY_ANYBODY if is_open else BY_MEMBERS
    for status, words in REFUSED.items():
        if reads and status in ONLY_WITH_BODY:
            continue
        reference = {"$ref": "#/components/schemas/Problem"}
        described["responses"].setdefault(
            status,
            {"description": words, "content": {MEDIA_TYPE: {"schema": reference}}},
        )


@cache
def _schema() -> bytes:
    schema = api.get_openapi_schema(path_prefix="/api/v1/")
    content: bytes = api.renderer.render(None, schema, response_status=200).encode()  # type: ignore[arg-type]
    return content


def schema(request: HttpRequest) -> HttpResponse:
    """OpenAPI 3.1 of everything here."""
    if request.method != "GET":
        return HttpResponseNotAllowed(["GET"])
    return HttpResponse(_schema(), content_type=JSON)


# The addresses


def door(view: Callable[..., HttpResponse]) -> Callable[..., HttpResponse]:
    """What all our answers have in common, whichever operation gives them."""

    @wraps(view)
    def answer(request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        asked = request.method
        if asked == "HEAD":
            # The same headers; the server leaves the body away.
            request.method = "GET"
        response = view(request, *args, **kwargs)
        request.method = asked
        if isinstance(response, HttpResponseNotAllowed):
            response = _not_this_method(request, response["Allow"])
        patch_vary_headers(response, ("Accept-Language", "Authorization", "Cookie"))
        response["X-Robots-Tag"] = "noindex"
        return response

    # The doors of the operations look at the token themselves, where it counts.
    answer.csrf_exempt = True  # type: ignore[attr-defined]
    return answer


def _not_this_method(request: HttpRequest, allowed: str) -> HttpResponse:
    methods = set(allowed.replace(" ", "").split(","))
    response = problem(NotThisMethod(method=str(request.method)[:20]))
    response["Allow"] = ", ".join(sorted(methods | ({"HEAD"} & _with_head(methods))))
    return response


def _with_head(methods: set[str]) -> set[str]:
    return {"HEAD"} if "GET" in methods else set()


def _behind_the_door(pattern: Any) -> URLPattern:
    pattern.callback = door(pattern.callback)
    return pattern


# Rooms reverse their own operations as `api:…`.
app_name = "api"
_patterns, _app_name, _namespace = api.urls
urlpatterns = [
    path("schema/", door(schema), name="schema"),
    *map(_behind_the_door, _patterns),
]
