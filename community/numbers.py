"""What the community asks of people, in numbers."""

from datetime import timedelta
from typing import Final

TITLE_MOST: Final = 150
TITLE_LEAST, TITLE_LEAST_HAN = 15, 6
BODY_MOST: Final = 30_000
BODY_LEAST, BODY_LEAST_HAN = 20, 8
COMMENT_MOST: Final = 1_000
COMMENT_LEAST, COMMENT_LEAST_HAN = 5, 2
TAGS_MOST: Final = 5
TAG_NAME_MOST: Final = 35
# From this share of Chinese characters on, a text is measured as Chinese.
HAN_SHARE: Final = 0.3

# (how many, within how many seconds); staff are exempt.
ASK_LIMITS = ((5, 86_400),)
ANSWER_LIMITS = ((4, 60), (100, 86_400))
COMMENT_LIMITS = ((5, 60), (100, 86_400))
VOTE_LIMITS = ((5, 60), (20, 3_600), (50, 86_400))
FLAG_LIMITS = ((5, 3_600), (10, 86_400))
FOLLOW_LIMITS = ((30, 60), (300, 86_400))
EDIT_LIMITS = ((10, 60), (200, 86_400))
# Each leaves rows nobody can remove: the trace, reputation, points.
ACCEPT_LIMITS = ((5, 60), (30, 86_400))
REMOVE_LIMITS = ((10, 60), (60, 86_400))
UPLOAD_LIMITS = ((10, 600), (50, 86_400))
NEW_TAG_LIMITS = ((10, 86_400),)
SAME_POST_WITHIN: Final = timedelta(minutes=5)

# Somebody is new until the first day is over or others have voted for them.
NEW_FOR: Final = timedelta(days=1)
NEW_BELOW_REPUTATION: Final = 10
FIRST_DAY_QUESTIONS: Final = 3
FIRST_DAY_ANSWERS: Final = 10
NEW_MEMBER_LINKS: Final = 2
NEW_MEMBER_IMAGES: Final = 1

REPUTATION_TO_VOTE_DOWN: Final = 125
UP_VOTE_ON_ANSWER: Final = 10
UP_VOTE_ON_QUESTION: Final = 5
DOWN_VOTE: Final = -2
ACCEPTED: Final = 15
ACCEPTING: Final = 2
REPUTATION_A_DAY: Final = 200

RESTORE_OWN_WITHIN: Final = timedelta(days=7)
ANSWERS_PER_PAGE: Final = 30

# What an answer must say before search engines may keep its thread, in bytes of UTF-8:
# ten English words or twenty Chinese characters. "Same here" and "已解决" are less.
ANSWER_WORTH_BYTES: Final = 60
# From here on search engines may follow somebody's links. Some thirty people helped;
# more than the 200 points a day of votes can give, so one busy night buys nothing.
REPUTATION_FOR_FOLLOWED_LINKS: Final = 300
