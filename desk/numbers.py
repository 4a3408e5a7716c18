"""What the desk promises and what it asks of people, in numbers."""

from datetime import timedelta
from typing import Final

# Before that, others in the hall may well answer faster than our team.
ASKER_WAITS: Final = timedelta(hours=2)
# How many threads one person may hand to our team on one day of the site.
ASKER_A_DAY: Final = 3
PRIVATE_A_DAY: Final = 5
MESSAGES_AN_HOUR: Final = 20
# The same words again so soon are a second click, not a second message.
SECOND_CLICK_WITHIN: Final = timedelta(minutes=10)

SUBJECT_MOST: Final = 150
SUBJECT_LEAST: Final = 4
MESSAGE_MOST: Final = 30_000

# Later, the same trouble deserves a ticket of its own.
REOPEN_WITHIN: Final = timedelta(days=14)
# A promise is at risk when this little time is left.
AT_RISK: Final = timedelta(hours=1)

TICKETS_PER_PAGE: Final = 20
