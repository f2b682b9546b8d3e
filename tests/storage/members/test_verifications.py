"""One account, one member: codes that are used once and in time, and accounts that are looked at again."""

import asyncio
import sqlite3
from dataclasses import replace
from datetime import timedelta

import pytest

from storage.database import Database, execute, fetch_all, transaction
from storage.members.verifications import (
    AccountVerification,
    code_of,
    drop_verification,
    due_rechecks,
    make_code,
    record_check,
    use_code,
    verification_of,
    verified_members,
)
from tests.features.proposals.proposals import ADA, BERT, CLEO, NOW

MINUTE, MOMENT, DAY = timedelta(minutes=1), timedelta(microseconds=1), timedelta(days=1)
QUARTER = 15 * MINUTE


async def verified(
    db: Database, member_id: int, account: str = "heron", tournament: str = "classic"
) -> AccountVerification:
    code = await make_code(db, member_id, tournament, f"{account}_1", NOW)
    return await use_code(db, member_id, code.code, account, NOW)


async def test_a_code_is_96_bits_for_a_quarter_of_an_hour(db: Database) -> None:
    made = await make_code(db, ADA, "classic", "heron_1", NOW)
    assert len(bytes.fromhex(made.code)) == 12
    assert (made.made_at, made.expires_at) == (NOW, NOW + QUARTER)
    assert await code_of(db, ADA, NOW) == await code_of(db, ADA, NOW + QUARTER - MOMENT) == made
    assert await code_of(db, ADA, NOW + QUARTER) is None
    assert await code_of(db, BERT, NOW) is None


async def test_a_new_code_replaces_the_earlier_one_and_clears_what_expired(db: Database) -> None:
    await make_code(db, BERT, "classic", "crane_1", NOW)
    first = await make_code(db, ADA, "classic", "heron_1", NOW + MINUTE)
    second = await make_code(db, ADA, "signals", "heron_2", NOW + MINUTE)
    assert first.code != second.code
    with pytest.raises(ValueError, match="used already, replaced, or is too old"):
        await use_code(db, ADA, first.code, "heron", NOW + MINUTE)
    await make_code(db, CLEO, "classic", "stork_1", NOW + QUARTER)
    rows = await fetch_all(db, "SELECT member_id FROM verification_codes ORDER BY 1")
    assert [row["member_id"] for row in rows] == [ADA, CLEO]
    assert (await use_code(db, ADA, second.code, "heron", NOW + MINUTE)).tournament == "signals"


async def test_a_used_code_binds_the_account(db: Database) -> None:
    code = await make_code(db, ADA, "crypto", "heron_1", NOW)
    bound = await use_code(db, ADA, code.code, "heron", NOW + MINUTE)
    assert bound == AccountVerification(ADA, "crypto", "heron", NOW + MINUTE, NOW + MINUTE, "verified")
    assert await verification_of(db, ADA) == bound
    assert await verification_of(db, BERT) is None
    with pytest.raises(ValueError, match="ask for a new one"):
        await use_code(db, ADA, code.code, "crane", NOW + MINUTE)
    assert await verification_of(db, ADA) == bound


@pytest.mark.parametrize(("late", "fits"), [(QUARTER - MOMENT, True), (QUARTER, False)])
async def test_a_code_expires_to_the_microsecond(db: Database, late: timedelta, fits: bool) -> None:
    code = await make_code(db, ADA, "classic", "heron_1", NOW)
    if fits:
        await use_code(db, ADA, code.code, "heron", NOW + late)
    else:
        with pytest.raises(ValueError, match="too old"):
            await use_code(db, ADA, code.code, "heron", NOW + late)
    assert (await verification_of(db, ADA) is not None) == fits


async def test_nobody_uses_the_code_of_another(db: Database) -> None:
    code = await make_code(db, ADA, "classic", "heron_1", NOW)
    await make_code(db, BERT, "classic", "heron_1", NOW)
    with pytest.raises(ValueError, match="ask for a new one"):
        await use_code(db, BERT, code.code, "heron", NOW)


@pytest.mark.parametrize("spelling", ["heron", "Heron", "HERON"])
async def test_an_account_of_another_member_stays_theirs(db: Database, spelling: str) -> None:
    await verified(db, ADA)
    code = await make_code(db, BERT, "classic", "heron_2", NOW)
    with pytest.raises(ValueError, match="Another member has verified that account"):
        await use_code(db, BERT, code.code, spelling, NOW)
    assert await verification_of(db, BERT) is None
    assert await code_of(db, BERT, NOW) == code  # not used up
    await drop_verification(db, ADA)
    assert (await use_code(db, BERT, code.code, spelling, NOW)).account == spelling


async def test_two_who_show_one_account_at_once(db: Database) -> None:
    codes = {
        member_id: await make_code(db, member_id, "classic", "heron_1", NOW) for member_id in (ADA, BERT)
    }
    tries = [use_code(db, member_id, code.code, "heron", NOW) for member_id, code in codes.items()]
    got = await asyncio.gather(*tries, return_exceptions=True)
    assert sorted(type(each).__name__ for each in got) == ["AccountVerification", "ValueError"]
    assert len(await fetch_all(db, "SELECT 1 FROM account_verifications")) == 1


async def test_one_code_used_twice_at_once(db: Database) -> None:
    code = await make_code(db, ADA, "classic", "heron_1", NOW)
    tries = [use_code(db, ADA, code.code, account, NOW) for account in ("heron", "crane")]
    got = await asyncio.gather(*tries, return_exceptions=True)
    assert [type(each).__name__ for each in got] == ["AccountVerification", "ValueError"]
    assert (await verified_members(db, [ADA]))[0].account == "heron"


async def test_a_member_has_one_account(db: Database) -> None:
    await verified(db, ADA)
    await verified(db, ADA, "crane", "signals")
    assert [each.account for each in await verified_members(db, [ADA])] == ["crane"]
    assert (await verified(db, BERT)).account == "heron"  # free again
    with pytest.raises(sqlite3.IntegrityError, match="UNIQUE"):
        async with transaction(db):
            await execute(
                db,
                "UPDATE account_verifications SET tournament = 'signals', account = 'CRANE' "
                "WHERE member_id = ?",
                (BERT,),
            )


async def test_who_of_these_is_verified(db: Database) -> None:
    ada, bert = await verified(db, ADA), await verified(db, BERT, "crane")
    await verified(db, CLEO, "stork")
    assert await verified_members(db, [BERT, ADA, 7]) == [ada, bert]
    assert await verified_members(db, iter(())) == []
    assert await record_check(db, bert, NOW + DAY, holds=False)
    assert await verified_members(db, {ADA, BERT}) == [ada]
    assert await verification_of(db, BERT) == replace(bert, checked_at=NOW + DAY, state="lapsed")


async def test_accounts_are_looked_at_again_after_ninety_days(db: Database) -> None:
    ada, bert = await verified(db, ADA), await verified(db, BERT, "crane")
    assert await due_rechecks(db, NOW + 90 * DAY - MOMENT) == []
    assert await due_rechecks(db, NOW + 90 * DAY) == [ada, bert]
    assert await due_rechecks(db, NOW + DAY, DAY) == [ada, bert]
    assert await record_check(db, ada, NOW + 90 * DAY, holds=True)
    assert await record_check(db, bert, NOW + 90 * DAY, holds=False)
    assert await due_rechecks(db, NOW + 180 * DAY - MOMENT) == []
    again = replace(ada, checked_at=NOW + 90 * DAY)
    assert await due_rechecks(db, NOW + 180 * DAY) == [again]  # who has lapsed verifies anew
    assert await verification_of(db, ADA) == again


async def test_a_check_of_an_account_that_was_changed_meanwhile_is_not_kept(db: Database) -> None:
    before = await verified(db, ADA)
    after = await verified(db, ADA, "crane")
    assert not await record_check(db, before, NOW + DAY, holds=False)
    assert await verification_of(db, ADA) == after
    assert await drop_verification(db, ADA)
    assert not await drop_verification(db, ADA)
    assert not await record_check(db, after, NOW + DAY, holds=True)


@pytest.mark.parametrize(
    ("tournament", "model"), [("chess", "heron_1"), ("classic", ""), ("classic", "x" * 101)]
)
async def test_the_table_refuses_what_makes_no_sense(db: Database, tournament: str, model: str) -> None:
    with pytest.raises(sqlite3.IntegrityError, match="CHECK"):
        await make_code(db, ADA, tournament, model, NOW)
