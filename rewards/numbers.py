"""The figures of the points programme that rules do not hold."""

from datetime import timedelta

EXPIRING_SOON = timedelta(days=30)
# The nth award for help to one asker within this time earns a smaller share.
PAIR_WINDOW = timedelta(days=30)
PAIR_PERCENT = (100, 50, 25, 0)
RESCUE_AFTER = timedelta(hours=24)
# From here on a card says "plenty left" instead of how many.
PLENTY = 200
HISTORY_ROWS = 20
ROWS_AT_HOME = 4
ORDERS_AT_HOME = 5
CHART_MONTHS = 6
# Orders made at the same moment by one web process; how long others wait for a turn.
ORDERS_AT_ONCE = 2
TURN_SECONDS = 0.5
