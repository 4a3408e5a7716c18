"""What the pages of points and gifts have in common."""

import re
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.cache import cache_control

# What a form sends along so that it is acted on once.
KEY = re.compile(r"[\w.:~-]{1,80}", re.ASCII)

private = cache_control(private=True, no_store=True)


def rewards_page(
    request: HttpRequest, name: str, context: dict[str, Any], status: int = 200
) -> HttpResponse:
    context["nav_current"] = "rewards"
    return render(request, f"rewards/{name}.html", context, status=status)
