"""People in the Wagtail admin."""

from django.http import HttpRequest
from django.urls import URLPattern, path, reverse_lazy
from django.utils.translation import gettext_lazy as _
from wagtail import hooks
from wagtail.admin.menu import MenuItem

from people.staff_screens import NO_BULK_ACTIONS, DataRequestReport

for action in NO_BULK_ACTIONS:
    # After Wagtail's own, whose names these take.
    hooks.register("register_bulk_action", action, order=100)


@hooks.register("register_admin_urls")
def staff_addresses() -> list[URLPattern]:
    report, place = DataRequestReport, "reports/data-requests/"
    return [
        path(place, report.as_view(), name="people_data_requests"),
        path(
            f"{place}results/",
            report.as_view(results_only=True),
            name="people_data_requests_results",
        ),
    ]


class DataRequestsItem(MenuItem):
    def is_shown(self, request: HttpRequest) -> bool:
        return request.user.has_perm("people.view_datarequest")


@hooks.register("register_reports_menu_item")
def data_requests() -> MenuItem:
    return DataRequestsItem(
        _("Data requests"),
        reverse_lazy("people_data_requests"),
        name="data-requests",
        icon_name="user",
        order=900,
    )
