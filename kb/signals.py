"""Facts about articles, announced inside the transaction that makes them true.

A receiver that raises undoes the fact. `at` is the moment of the fact.
"""

from django.dispatch import Signal

article_published = Signal()  # article, by (a person or None), at, first
article_unpublished = Signal()  # article, at
article_helped = Signal()  # article, count (helpful votes so far), at
