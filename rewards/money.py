"""What points are worth, in money."""

from decimal import ROUND_HALF_EVEN, Decimal

from django.utils.formats import number_format

from rewards.models import PointsTerms

# ISO 4217: currencies whose smallest unit is not a hundredth.
_NO_MINOR = "BIF CLP DJF GNF ISK JPY KMF KRW PYG RWF UGX UYI VND VUV XAF XOF XPF"
_THOUSANDTHS = "BHD IQD JOD KWD LYD OMR TND"


def decimals_of(currency: str) -> int:
    """How many digits of the currency follow the point."""
    if currency in _NO_MINOR.split():
        return 0
    return 3 if currency in _THOUSANDTHS.split() else 2


def in_money(points: int, terms: PointsTerms) -> Decimal:
    """The worth in the currency's main unit, rounded to its smallest."""
    digits = decimals_of(terms.currency)
    minor = Decimal(points) * terms.hundred_points_minor / 100
    rounded = minor.quantize(Decimal(1), rounding=ROUND_HALF_EVEN)
    return rounded.scaleb(-digits)


def money(points: int, terms: PointsTerms) -> str:
    """The worth as people read it, on one line: CNY 1,234.50."""
    digits = decimals_of(terms.currency)
    amount = number_format(
        in_money(points, terms), decimal_pos=digits, force_grouping=True
    )
    return f"{terms.currency}\N{NO-BREAK SPACE}{amount}"
