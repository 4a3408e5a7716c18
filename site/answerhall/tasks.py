"""What the house does later: telling search engines, forgetting old pictures."""

from answerhall import pushing, share  # noqa: F401  registers its timer
from common.outbox import handles

handles(pushing.INDEXNOW, batch=pushing.ADDRESSES_PER_CALL)(pushing.tell_indexnow)
handles(pushing.BAIDU, batch=pushing.ADDRESSES_PER_CALL)(pushing.tell_baidu)
