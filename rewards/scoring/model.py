"""What the leader score is made of: every figure of it, as data.

That the parts look at who answers whom follows Zhang, Ackerman and Adamic (WWW 2007)
and Jurczyk and Agichtein (CIKM 2007); the pair cap and that help must be vouched for
are there against sock puppets. Figures were chosen on four recorded histories, over
1 to 8 cutoffs and 60 to 180 days of foresight: a half-life of 30 days did better there
than 45 or 60, and keeping one part a plain count of 90 days kept the first ten as good
as that count's. PageRank over the same graph lowered nDCG at any weight, and so did
lifting those whose answers are oftener accepted: neither is part of the score.
docs/rewards.md has the table.
"""

from dataclasses import asdict, dataclass, field, fields
from typing import Any

PARTS = ("help", "accepted", "response", "reach", "votes")
# What an answer counts after so many half-lives is not worth reading it.
HALF_LIVES_READ = 8


@dataclass(frozen=True)
class Model:
    """One configuration of the score. `as_dict()` is what a run keeps of it."""

    half_life_days: float = 30.0
    # Weights of the parts; they add up to 1.
    weights: dict[str, float] = field(
        default_factory=lambda: {
            "help": 0.40,
            "accepted": 0.10,
            "response": 0.20,
            "reach": 0.20,
            "votes": 0.10,
        }
    )
    # The most that help of one kind for one asker can count, in answers.
    pair_cap: float = 2.0
    # Votes of one voter for one author, likewise.
    voter_pair_cap: float = 1.5
    # A first answer after so many hours counts half of one given at once.
    quick_hours: float = 12.0
    rescue_after_hours: float = 24.0
    # The word of people not known well: a share of that of others.
    trust_of_others: float = 0.3
    partners_for_trust: int = 2
    email_days: int = 7
    # Of answers to people who dealt with several, so many went to people known well;
    # with fewer, all of these vouch for helpers.
    known_askers_share: float = 0.5
    # Help for people not known well counts up to this, and as much again for each
    # answer's worth of help for people who are: puppets alone lead nowhere.
    unvouched_base: float = 0.1
    unvouched_share: float = 1.0
    bad_share: float = 0.5
    bad_prior: float = 5.0
    # The unit of the score, not a judgement: no place depends on it.
    reference_top: int = 10
    # With fewer answers to read, the score is a count of answers of the last days.
    full_from_answers: int = 200
    count_days: float = 90.0
    count_pair_cap: float = 5.0
    topic_prior: float = 3.0
    topic_overall_share: float = 0.5

    def as_dict(self) -> dict[str, Any]:
        return asdict(self)

    @classmethod
    def from_dict(cls, config: dict[str, Any]) -> "Model":
        """What as_dict() gave, from a database that may have sorted it anew."""
        weights = {name: config["weights"][name] for name in PARTS}
        known = {part.name for part in fields(cls)}
        kept = {name: value for name, value in config.items() if name in known}
        return cls(**(kept | {"weights": weights}))

    @property
    def reads_days(self) -> float:
        """How far back answers matter."""
        return max(self.half_life_days * HALF_LIVES_READ, self.count_days)
