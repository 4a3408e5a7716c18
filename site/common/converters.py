"""Parts of addresses that several rooms have."""

from django.urls import register_converter

LARGEST_ID = 2**63 - 1


class RowId:
    """A bigint as the database knows it; anything larger is no address."""

    regex = "[1-9][0-9]{0,18}"

    def to_python(self, value: str) -> int:
        number = int(value)
        if number > LARGEST_ID:
            raise ValueError
        return number

    def to_url(self, value: int) -> str:
        return str(value)


register_converter(RowId, "row_id")
