"""Facts the community announces, inside the transaction that makes them true.

A receiver that raises undoes the fact. `at` is the moment of the fact.
"""

from django.dispatch import Signal

question_asked = Signal()  # question, at
answer_posted = Signal()  # question, answer, at
answer_accepted = Signal()  # question, answer, by, at
answer_unaccepted = Signal()  # question, answer, by, at
vote_changed = Signal()  # post, voter, old, new, at; values -1, 0 or 1
# A question or an answer leaves the public's eyes (deleted or hidden) or comes back.
post_deleted = Signal()  # post, by, at
post_restored = Signal()  # post, by, at
question_solved = Signal()  # question, answer, by, at
question_reopened = Signal()  # question, by, at
flags_settled = Signal()  # flags, by, at; all of one post, upheld or dismissed
# The page says something else, and is indexable or was until now; question, at,
# was_indexable.
thread_words_changed = Signal()
# First publication only; source, question, article, by (who published it), at.
article_credited = Signal()
