"""The house's own look inside Wagtail's admin, and its parts of pages."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks

from answerhall import slots  # noqa: F401  registers what it fills


@hooks.register("insert_global_admin_css")
def house_colours() -> SafeString:
    return format_html(
        '<link rel="stylesheet" href="{}">', static("answerhall/admin.css")
    )
