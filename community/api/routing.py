"""Where the parts of this package put their operations."""

from common.api import Router

router = Router(tags=["questions"])
