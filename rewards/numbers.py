"""The figures of the points programme."""

from datetime import timedelta

EXPIRES_AFTER_MONTHS = 12
EXPIRING_SOON = timedelta(days=30)
# The nth award for help to one asker within this time earns a smaller share.
PAIR_WINDOW = timedelta(days=30)
PAIR_PERCENT = (100, 50, 25, 0)
RESCUE_AFTER = timedelta(hours=24)
HISTORY_ROWS = 20
