"""What tests of ballots share."""

from governance.receipts import Receipt
from storage.database import Database, fetch_all
from storage.polls.casting import CastBallot
from storage.polls.polls import Poll

TWO, FIVE = '"two"', '"five"'


def receipt(poll: Poll, ballot: CastBallot) -> Receipt:
    return Receipt(poll.poll_id, ballot.sequence, ballot.commitment, ballot.salt, ballot.head)


async def appended(db: Database) -> list[str]:
    return [row[0] for row in await fetch_all(db, "SELECT appended_at FROM ballot_chain ORDER BY sequence")]
