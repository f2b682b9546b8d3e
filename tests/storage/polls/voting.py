"""What tests of ballots share."""

from governance.commitments import terms_hash
from governance.receipts import Receipt
from storage.polls.casting import CastBallot
from storage.polls.polls import Poll, public_terms

TWO, FIVE = '"two"', '"five"'


def receipt(poll: Poll, ballot: CastBallot) -> Receipt:
    return Receipt(poll.poll_id, ballot.commitment, ballot.salt, terms_hash(public_terms(poll)))
