"""A block is one server's, has a reason, and names nobody."""

import hashlib
import hmac
import sqlite3
from datetime import timedelta

import pytest

from storage.database import Database, fetch_all, fetch_one
from storage.members.privacy import delete, stored_about
from storage.proposals.blocks import block, block_reason, unblock
from storage.server.settings import forget_guild
from tests.features.proposals.proposals import ADA, BERT, HERE, NOW, THERE


async def fingerprints(db: Database) -> list[str]:
    return [row["fingerprint"] for row in await fetch_all(db, "SELECT fingerprint FROM proposal_blocks")]


async def test_a_block_holds_on_its_server_until_it_is_lifted(db: Database) -> None:
    await block(db, HERE, ADA, "Rants", NOW)
    assert await block_reason(db, HERE, ADA) is not None
    assert await block_reason(db, THERE, ADA) is None
    assert await block_reason(db, HERE, BERT) is None
    assert not await unblock(db, THERE, ADA)
    assert await unblock(db, HERE, ADA)
    assert not await unblock(db, HERE, ADA)
    assert await block_reason(db, HERE, ADA) is None


async def test_the_last_reason_counts(db: Database) -> None:
    await block(db, HERE, ADA, "Rants", NOW)
    await block(db, HERE, ADA, "Rants 🦉 again", NOW + timedelta(days=1))
    assert await block_reason(db, HERE, ADA) == "Rants 🦉 again"
    [row] = await fetch_all(db, "SELECT blocked_at FROM proposal_blocks")
    assert row["blocked_at"] == "2031-05-05T12:00:00.000000+00:00"


async def test_deleting_ones_data_does_not_lift_a_block(db: Database) -> None:
    await block(db, HERE, ADA, "Rants", NOW)
    assert not any((await stored_about(db, ADA)).values())
    assert not any((await delete(db, ADA)).values())
    assert await block_reason(db, HERE, ADA) is not None
    await forget_guild(db, HERE)
    assert await block_reason(db, HERE, ADA) is None


async def test_the_fingerprint_is_an_hmac_that_differs_by_server_and_member(db: Database) -> None:
    for guild_id, member_id in ((HERE, ADA), (HERE, BERT), (THERE, ADA)):
        await block(db, guild_id, member_id, "Rants", NOW)
    row = await fetch_one(db, "SELECT value FROM secrets WHERE name = 'blocks'")
    assert row is not None
    key = bytes.fromhex(row["value"])
    expected = {
        hmac.new(key, f"{guild_id}/{member_id}".encode(), hashlib.sha256).hexdigest()
        for guild_id, member_id in ((HERE, ADA), (HERE, BERT), (THERE, ADA))
    }
    assert len(expected) == 3
    assert set(await fingerprints(db)) == expected


async def test_a_block_without_a_reason_is_refused(db: Database) -> None:
    with pytest.raises(sqlite3.IntegrityError):
        await block(db, HERE, ADA, "", NOW)
    assert await fingerprints(db) == []
