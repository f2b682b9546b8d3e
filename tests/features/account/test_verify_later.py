"""Proofs at the same moment, while Numerai is away, and ninety days later."""

import asyncio
from dataclasses import replace
from datetime import timedelta
from pathlib import Path

import pytest

from features.account.verify import GOOD_FOR, recheck_due
from storage.database import Database, open_database
from storage.members.verifications import AccountVerification, code_of, drop_verification, verification_of
from tests.features.account.verifying import ADA, BERT, NOW, Profiles, finish, start, verify
from tournament.source import SourceError

# ---------------------------------------------------------------- at the same moment, or with Numerai away


async def test_of_two_who_verify_the_same_account_at_once_one_does(db: Database, live: Profiles) -> None:
    live.bios["tide"] = f"{await start(db, live, ADA)} {await start(db, live, BERT)}"
    results = await asyncio.gather(finish(db, live, ADA), finish(db, live, BERT), return_exceptions=True)
    [won] = [result for result in results if isinstance(result, AccountVerification)]
    [lost] = [result for result in results if isinstance(result, ValueError)]
    assert str(lost).endswith(".")
    kept = [await verification_of(db, member) for member in (ADA, BERT)]
    assert [each for each in kept if each is not None] == [won]


async def test_of_two_presses_at_once_one_counts(db: Database, live: Profiles) -> None:
    live.bios["tide"] = await start(db, live)
    results = await asyncio.gather(*(finish(db, live) for _ in range(5)), return_exceptions=True)
    assert sum(isinstance(result, AccountVerification) for result in results) == 1
    assert sum(isinstance(result, ValueError) for result in results) == 4
    assert await verification_of(db, ADA) in results


async def test_a_code_that_is_replaced_while_the_bio_is_read_counts_no_more(
    db: Database, live: Profiles
) -> None:
    live.bios["tide"] = await start(db, live)

    async def start_again() -> None:
        live.meanwhile = None
        await start(db, live)

    live.meanwhile = start_again
    with pytest.raises(ValueError, match=r"^[A-Z].*\.$"):
        await finish(db, live)
    assert await verification_of(db, ADA) is None


async def test_while_numerai_is_away_nothing_changes(db: Database, live: Profiles) -> None:
    live.away = True
    with pytest.raises(SourceError):
        await start(db, live)
    assert await code_of(db, ADA, NOW) is None
    live.away = False
    live.bios["tide"] = await start(db, live)
    before = await code_of(db, ADA, NOW)
    live.away = True
    with pytest.raises(SourceError):
        await finish(db, live)
    assert await code_of(db, ADA, NOW) == before
    assert await verification_of(db, ADA) is None
    live.away = False
    assert (await finish(db, live)).account == "tidewater"


async def test_a_restart_between_code_and_button_loses_nothing(live: Profiles, tmp_path: Path) -> None:
    before = await open_database(tmp_path / "kept.sqlite3")
    live.bios["tide"] = await start(before, live)
    await before.close()
    after = await open_database(tmp_path / "kept.sqlite3")
    assert (await finish(after, live)).account == "tidewater"
    await after.close()


# ---------------------------------------------------------------- ninety days later


async def test_after_90_days_what_is_still_there_is_good_again(db: Database, live: Profiles) -> None:
    verified = await verify(db, live)
    live.asked.clear()
    just_before = NOW + GOOD_FOR - timedelta(microseconds=1)
    assert await recheck_due(db, live, just_before) == []
    assert live.asked == []
    later = NOW + GOOD_FOR + timedelta(hours=1)
    assert await recheck_due(db, live, later) == []
    assert live.asked == ["tidewater"]
    assert await verification_of(db, ADA) == replace(verified, checked_at=later)
    assert await recheck_due(db, live, later + timedelta(days=1)) == []
    assert live.asked == ["tidewater"], "once in 90 days"


async def test_one_model_that_leaves_takes_nothing_along_the_last_one_does(
    db: Database, live: Profiles
) -> None:
    await verify(db, live, ADA)
    kept = await verify(db, live, BERT, "solo")
    del live.owners["tide"]
    later = NOW + GOOD_FOR + timedelta(hours=1)
    assert await recheck_due(db, live, later) == []
    del live.owners["tide_2"]
    later += GOOD_FOR + timedelta(hours=1)
    [gone] = await recheck_due(db, live, later)
    assert (gone.member_id, gone.account) == (ADA, "tidewater")
    assert await verification_of(db, ADA) is None
    assert await verification_of(db, BERT) == replace(kept, checked_at=later)


async def test_a_recheck_while_numerai_is_away_changes_nothing_and_stops(
    db: Database, live: Profiles
) -> None:
    verified = [await verify(db, live, ADA), await verify(db, live, BERT, "solo")]
    live.asked.clear()
    live.away = True
    later = NOW + 2 * GOOD_FOR
    assert await recheck_due(db, live, later) == []
    assert len(live.asked) == 1, "the next one would wait for nothing either"
    assert [await verification_of(db, member) for member in (ADA, BERT)] == verified
    live.away = False
    await recheck_due(db, live, later)
    checked = [await verification_of(db, member) for member in (ADA, BERT)]
    assert [each.checked_at for each in checked if each is not None] == [later, later]


async def test_a_recheck_asks_the_tournament_of_the_account(db: Database, live: Profiles) -> None:
    verified = await verify(db, live)
    signals = Profiles("signals")
    assert await recheck_due(db, signals, NOW + 2 * GOOD_FOR) == []
    assert signals.asked == []
    assert await verification_of(db, ADA) == verified


async def test_what_changed_while_numerai_was_asked_is_left_alone(db: Database, live: Profiles) -> None:
    await verify(db, live)
    del live.owners["tide"], live.owners["tide_2"]

    async def verify_another() -> None:
        live.meanwhile = None
        await drop_verification(db, ADA)
        await verify(db, live, ADA, "solo")

    live.meanwhile = verify_another
    assert await recheck_due(db, live, NOW + 2 * GOOD_FOR) == []
    now_verified = await verification_of(db, ADA)
    assert now_verified is not None
    assert now_verified.account == "solo"
