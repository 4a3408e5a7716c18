"""The figures of the points programme that rules do not hold."""

from datetime import timedelta

EXPIRING_SOON = timedelta(days=30)
# The nth award for help to one asker within these days earned a smaller share, when
# the terms did not say so yet.
PAIR_DAYS = 30
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
# A pot of points lies in so many pieces at most, none smaller than this to begin with.
POT_PIECES = 128
POT_PIECE_POINTS = 50
# How often, and how long apart, to look for a piece that nobody holds.
POT_TURNS = 20
POT_PAUSE_SECONDS = 0.01
CHART_DAYS = (30, 90, 365)
STATEMENT_ROWS = 50
STATEMENT_MOST_ROWS = 20_000
REASON_MOST_CHARS = 300
# Who was a member for less passes nothing on, nor receives.
MEMBER_DAYS_TO_PASS_ON = 30
# Who accepted each other's answers so often within this time pass nothing on.
MUTUAL_ACCEPTANCES = 3
MUTUAL_DAYS = 90
REPORT_MONTHS = 12
# What is given by hand lives as long as the first rules let points live.
GRANT_MONTHS = 12
