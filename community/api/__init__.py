"""The community for programs."""

# One router: an address that reads and one that writes are one address.
from community.api import finding, writing  # noqa: F401  add their operations
from community.api.routing import router

__all__ = ["router"]
