"""What the house does later: telling search engines, counting, forgetting."""

from answerhall import counting, pushing, share  # noqa: F401  they have timers
from common.outbox import handles

handles(pushing.INDEXNOW, batch=pushing.ADDRESSES_PER_CALL)(pushing.tell_indexnow)
handles(pushing.BAIDU, batch=pushing.ADDRESSES_PER_CALL)(pushing.tell_baidu)
