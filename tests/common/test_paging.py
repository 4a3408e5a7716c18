import pytest
from django.http import Http404

from common.models import TimerLease
from common.paging import page_of


@pytest.fixture
def rows(db) -> None:
    TimerLease.objects.bulk_create(TimerLease(name=f"{n:03}") for n in range(45))


def names(page) -> list[str]:
    return [row.name for row in page]


@pytest.fixture
def timers(rows):
    return TimerLease.objects.order_by("name")


def test_pages_follow_each_other(timers):
    first, second, third = (page_of(timers, number) for number in (None, "2", "3"))

    assert names(first) == [f"{n:03}" for n in range(20)]
    assert names(second) == [f"{n:03}" for n in range(20, 40)]
    assert names(third) == [f"{n:03}" for n in range(40, 45)]
    assert (first.has_previous(), first.has_next()) == (False, True)
    assert (second.previous_page_number(), second.next_page_number()) == (1, 3)
    assert (third.has_previous(), third.has_next()) == (True, False)


def test_a_list_that_fits_has_no_other_pages(timers):
    page = page_of(timers, None, per_page=45)

    assert not page.has_other_pages()


def test_a_page_costs_one_query_and_counts_nothing(timers, django_assert_num_queries):
    with django_assert_num_queries(1):
        page = page_of(timers, "2")
        assert page.has_next()
        assert page.has_other_pages()


def test_an_empty_list_has_one_empty_page(db):
    page = page_of(TimerLease.objects.order_by("name"), None)

    assert names(page) == []
    assert not page.has_other_pages()


@pytest.mark.parametrize(
    "number", ["0", "-1", "01", "two", "1.5", "２", "²", "9" * 30, "4", "1 ", "\0"]
)
def test_what_is_no_page_is_not_found(timers, number):
    with pytest.raises(Http404):
        page_of(timers, number)


def test_nobody_reads_beyond_the_last_page_that_is_shown(timers):
    last = page_of(timers, "4", per_page=5, max_pages=4)

    assert not last.has_next()
    with pytest.raises(Http404):
        page_of(timers, "5", per_page=5, max_pages=4)


def test_a_count_that_is_asked_for_stops_at_what_is_shown(timers):
    page = page_of(timers, "1", per_page=5, max_pages=4)

    assert page.paginator.count == 20
    assert page.paginator.num_pages == 4


def test_a_plain_list_is_paged_too():
    assert list(page_of(list(range(45)), "3").object_list) == [40, 41, 42, 43, 44]
