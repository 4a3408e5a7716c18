"""The house's own look inside Wagtail's admin."""

from django.templatetags.static import static
from django.utils.html import format_html
from django.utils.safestring import SafeString
from wagtail import hooks


@hooks.register("insert_global_admin_css")
def house_colours() -> SafeString:
    return format_html(
        '<link rel="stylesheet" href="{}">', static("answerhall/admin.css")
    )
