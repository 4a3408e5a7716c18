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
# What is kept for somebody goes back after this, unless they confirm it.
HOLD = timedelta(minutes=15)
# So often one gift may be held and not confirmed within this time.
HOLDS_MOST, HOLDS_WITHIN = 2, timedelta(days=1)
# A waiting room opens so long before its drop.
ROOM_OPENS_BEFORE = timedelta(hours=1)
TURNS_AT_ONCE = 50
ROOM_EVERY = timedelta(seconds=2)
# However many wait, so many pages a second ask how far the queue has come.
POLLS_A_SECOND = 100
POLL_MIN_SECONDS, POLL_MAX_SECONDS = 10, 600
# Days before points expire on which their owner is told.
EXPIRY_NOTICES = (30, 7, 1)
# What is given by hand lives as long as the first rules let points live.
GRANT_MONTHS = 12
# People whose badges, and whose levels, are looked at in one transaction.
BADGE_PEOPLE_AT_ONCE = 500
LEVEL_PEOPLE_AT_ONCE = 1000
# What changed is worked off in pieces of so many.
TOUCHES_AT_ONCE = 2000
TOUCH_TURNS = 50
# A preview stops looking after so many people, and says so.
BADGE_PREVIEW_MOST = 5000
BADGE_PREVIEW_NAMES = 10
BADGE_HOLDERS_SHOWN = 50
BADGES_BESIDE_NAME = 3
# What help in a period is worth on its leaderboard.
WORTH_OF_ANSWER, WORTH_OF_ACCEPTED, WORTH_OF_VOTE = 1, 10, 2
# More places are kept than shown: some may be hidden meanwhile.
BOARD_PLACES, BOARD_PLACES_SHOWN = 100, 50
BOARD_TOPICS, BOARD_TOPICS_SHOWN = 200, 24
