"""What became of the ballot of a receipt that a member holds, by the list that anybody may have."""

import asyncio

from features.polls.closing import poll_export
from features.polls.view import PollView
from governance.receipts import find_receipt, read_receipt
from storage.database import Database


async def check_receipt(db: Database, view: PollView, text: str) -> str:
    """What became of it, in a sentence. Raises ValueError for what is no receipt, and before the close."""
    receipt = read_receipt(text)
    exported = await poll_export(db, view)
    return await asyncio.to_thread(find_receipt, exported, receipt)
