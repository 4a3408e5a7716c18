"""What the house does later: telling search engines."""

from answerhall import pushing
from common.outbox import handles

handles(pushing.INDEXNOW, batch=pushing.ADDRESSES_PER_CALL)(pushing.tell_indexnow)
handles(pushing.BAIDU, batch=pushing.ADDRESSES_PER_CALL)(pushing.tell_baidu)
