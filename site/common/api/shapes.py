"""What programs send and get. What they send is taken literally: "1" is no number."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

# Registers `row_id`, which the addresses of operations use.
from common.converters import LARGEST_ID

MOST_ROWS = 100
MOST_CURSOR_CHARS = 600

Id = Annotated[int, Field(ge=1, le=LARGEST_ID)]
Slug = Annotated[str, Field(max_length=80, pattern="^[-a-zA-Z0-9_]+$")]


class Given(BaseModel):
    """A request's body. Names nobody asked for are ignored, never stored."""

    model_config = ConfigDict(strict=True, extra="ignore")


class Asked(BaseModel):
    """What may stand in an address after the question mark, and goes with a list."""

    limit: Annotated[
        int, Field(ge=1, le=MOST_ROWS, description="How many rows, at most 100.")
    ] = 20
    cursor: Annotated[
        str,
        Field(
            max_length=MOST_CURSOR_CHARS,
            description="Where the piece before ended: follow `next`.",
        ),
    ] = ""


class Shown(BaseModel):
    """An answer, or a part of one."""

    model_config = ConfigDict(extra="forbid")
