from datetime import UTC, date, datetime

from common.site_day import site_day, start_of_site_day


def test_a_day_begins_at_the_sites_midnight():
    before = datetime(2026, 5, 1, 15, 59, 59, tzinfo=UTC)
    after = datetime(2026, 5, 1, 16, 0, tzinfo=UTC)

    assert site_day(before) == date(2026, 5, 1)
    assert site_day(after) == date(2026, 5, 2)
    assert start_of_site_day(after) == after
    assert start_of_site_day(before) == datetime(2026, 4, 30, 16, tzinfo=UTC)


def test_the_operator_chooses_the_sites_zone(settings):
    settings.ANSWERHALL_TIME_ZONE = "Europe/Berlin"
    # The clocks went forward that night.
    noon = datetime(2026, 3, 29, 10, 0, tzinfo=UTC)

    assert site_day(noon) == date(2026, 3, 29)
    assert start_of_site_day(noon) == datetime(2026, 3, 28, 23, tzinfo=UTC)
