"""Whose a model is and what its bio says: read fresh each time, from an API that may fail or say anything."""

import asyncio
import sqlite3
from collections.abc import AsyncIterator
from contextlib import closing
from pathlib import Path
from typing import Any

import pytest

from storage.database import Database
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM, HASTY
from tournament.numerai import parse
from tournament.numerai.source import NumeraiSource, Throttle
from tournament.sample import NOT_HERE, SampleSource
from tournament.source import ModelClaim, SourceError

UNREADABLE = "not in a form this bot can read"
PROFILE = {"id": "7", "username": "tidewater_2", "accountName": "tidewater", "bio": "I like tides."}


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1390) as api:
        yield api


@pytest.fixture
async def live(api: LoopbackNumerai, database: Database) -> AsyncIterator[NumeraiSource]:
    throttle = Throttle(100_000)
    live = NumeraiSource(database, address=api.address, now=Present(), patience=CALM, throttle=throttle)
    yield live
    await live.close()


# ---------------------------------------------------------------- the answer as columns


@pytest.mark.parametrize(
    ("bio", "read"),
    [
        ("I like tides.", "I like tides."),
        (None, ""),
        ("", ""),
        ("<b>Ωμέγα</b>\n\0'; --", "<b>Ωμέγα</b>\n\0'; --"),
        ("x" * parse.LONGEST_BIO + "y", "x" * parse.LONGEST_BIO),
    ],
)
def test_a_profile_is_read_with_whatever_its_bio_says(bio: str | None, read: str) -> None:
    assert parse.profile(PROFILE | {"bio": bio}) == ["7", "tidewater_2", "tidewater", read]


def test_no_profile_is_none() -> None:
    assert parse.profile(None) is None


@pytest.mark.parametrize("name", PROFILE)
@pytest.mark.parametrize("value", [7, [], {}, True, "gone"])
def test_a_profile_that_lacks_something_is_unreadable(name: str, value: Any) -> None:
    if value == "gone":
        broken = {key: each for key, each in PROFILE.items() if key != name}
    else:
        broken = PROFILE | {name: value}
    with pytest.raises(SourceError, match=UNREADABLE):
        parse.profile(broken)


@pytest.mark.parametrize("name", ["id", "username", "accountName"])
@pytest.mark.parametrize("value", [None, ""])
def test_a_profile_without_a_name_is_unreadable(name: str, value: str | None) -> None:
    with pytest.raises(SourceError, match=UNREADABLE):
        parse.profile(PROFILE | {name: value})


# ---------------------------------------------------------------- asked of the API


async def test_a_claim_is_what_two_pages_agree_on(live: NumeraiSource, api: LoopbackNumerai) -> None:
    api.set_bio("tidewater_2", "I like tides.")
    claim = await live.claims("tidewater", "tidewater_2")
    assert claim == ModelClaim("tidewater", api.models["tidewater_2"].id, "tidewater_2", "I like tides.")
    [profile, account] = api.requests
    assert profile.variables == {"model_name": "tidewater_2", "tournament": 8}
    assert all(word in profile.query for word in ("id", "username", "accountName", "bio"))
    assert account.variables == {"username": "tidewater", "tournament": 8}
    assert "discord { userId }" in account.query


async def test_names_are_those_of_the_api_whatever_was_typed(live: NumeraiSource) -> None:
    claim = await live.claims("TideWater", "TIDEWATER_2")
    assert (claim.account, claim.model) == ("tidewater", "tidewater_2")
    assert (await live.claims(None, "solo_wren")).account == "solo_wren"


async def test_nothing_is_answered_from_what_is_kept_and_nothing_is_kept(
    live: NumeraiSource, api: LoopbackNumerai, tmp_path: Path
) -> None:
    assert await live.find("tidewater_2") == "tidewater_2"  # now it and its account are kept
    for bio in ("the first bio", "the second bio", None):
        api.set_bio("tidewater_2", bio)
        assert (await live.claims(None, "tidewater_2")).bio == (bio or "")
    api.move("tidewater_2", "oddities")
    assert (await live.claims(None, "tidewater_2")).account == "oddities"
    assert len([asked for asked in api.asked("v3UserProfile") if "bio" in asked.query]) == 4
    await live.close()  # writes what it means to keep
    with closing(sqlite3.connect(tmp_path / "bot.sqlite3")) as file:
        kept = "".join(file.iterdump())
    assert "tidewater_2" in kept
    assert "second bio" not in kept


@pytest.mark.parametrize(
    ("account", "model", "sentence"),
    [
        (None, "nobody", "Numerai Classic has no model of that name. Check how it is spelled."),
        (None, "harbor_light", "Numerai Classic has no model of that name. Check how it is spelled."),
        ("solo_wren", "tidewater_2", "That model belongs to another account. Check how both are spelled."),
        ("nobody", "tidewater_2", "That model belongs to another account. Check how both are spelled."),
    ],
)
async def test_what_is_not_so_is_a_sentence(
    live: NumeraiSource, account: str | None, model: str, sentence: str
) -> None:
    with pytest.raises(ValueError) as caught:  # noqa: PT011 - the whole sentence is compared
        await live.claims(account, model)
    assert str(caught.value) == sentence


async def test_a_model_that_its_account_does_not_list_is_nobodys(
    live: NumeraiSource, api: LoopbackNumerai
) -> None:
    api.fail("not found", only="accountProfile")
    with pytest.raises(ValueError, match="does not list that model in its account"):
        await live.claims(None, "tidewater_2")


@pytest.mark.slow
@pytest.mark.parametrize("only", ["v3UserProfile", "accountProfile"])
@pytest.mark.parametrize(
    ("fault", "reason"),
    [
        ("429", "Numerai asks this bot to slow down"),
        ("500", "Numerai has a problem of its own (error 500)"),
        ("404", "Numerai did not accept the question (error 404)"),
        ("cut", "Numerai can't be reached"),
        ("malformed", UNREADABLE),
        ("missing", UNREADABLE),
        ("errors", "Numerai answered with an error"),
        ("html", UNREADABLE),
    ],
)
async def test_a_fault_is_a_sentence_although_older_answers_are_kept(
    live: NumeraiSource, api: LoopbackNumerai, only: str, fault: str, reason: str
) -> None:
    await live.claims(None, "tidewater_2")
    await live.find("tidewater_2")
    api.fail(fault, only=only)
    with pytest.raises(SourceError) as caught:
        await live.claims(None, "tidewater_2")
    assert reason in str(caught.value)
    api.heal()
    assert (await live.claims(None, "tidewater_2")).account == "tidewater"


@pytest.mark.slow
async def test_a_silence_is_a_sentence_although_older_answers_are_kept(
    live: NumeraiSource, database: Database, api: LoopbackNumerai
) -> None:
    await live.claims(None, "tidewater_2")
    hasty = NumeraiSource(database, address=api.address, now=Present(), patience=HASTY)
    for only in ("v3UserProfile", "accountProfile"):
        api.fail("hang", only=only)
        with pytest.raises(SourceError, match="Numerai takes too long to answer"):
            await hasty.claims(None, "tidewater_2")
        api.heal()
        assert (await live.claims(None, "tidewater_2")).account == "tidewater"
    await hasty.close()


async def test_a_passing_fault_is_not_even_noticed(live: NumeraiSource, api: LoopbackNumerai) -> None:
    api.fail("500", times=1)
    assert (await live.claims(None, "tidewater_2")).account == "tidewater"


async def test_who_asks_too_often_is_told_so(api: LoopbackNumerai, database: Database) -> None:
    live = NumeraiSource(database, address=api.address, patience=CALM, throttle=Throttle(3, per=3600.0))
    await live.claims(None, "tidewater_2")
    with pytest.raises(SourceError, match="as much as it may for now"):
        await live.claims(None, "tidewater_2")
    assert len(api.requests) == 3
    await live.close()


# ---------------------------------------------------------------- what an account has


async def test_the_models_of_an_account_are_read_each_time(live: NumeraiSource, api: LoopbackNumerai) -> None:
    assert await live.models_now("drifters") == ("drifter", "drifter_2")
    api.move("drifter", "oddities")
    assert await live.models_now("drifters") == ("drifter_2",)
    api.move("drifter_2", "oddities")
    assert await live.models_now("drifters") == ()
    api.fail("500")
    with pytest.raises(SourceError):
        await live.models_now("drifters")


async def test_such_a_check_leaves_members_their_turn(api: LoopbackNumerai, database: Database) -> None:
    throttle = Throttle(3, 3600.0)  # two of them for what runs in the background
    live = NumeraiSource(database, address=api.address, patience=HASTY, throttle=throttle)
    await live.models_now("drifters")
    checking = asyncio.create_task(live.models_now("oddities"))
    assert await live.find("late_starter") == "late_starter"
    assert [asked.root for asked in api.requests].count("accountProfile") == 2
    assert not checking.done()
    await live.close()
    with pytest.raises(SourceError, match="shutting down"):
        await checking


# ---------------------------------------------------------------- the sample


async def test_nobody_is_proven_by_the_sample(source: SampleSource) -> None:
    for question in (source.claims(None, "model_07585"), source.models_now("account_02398")):
        with pytest.raises(ValueError, match="bundled sample") as caught:
            await question
        assert str(caught.value) == NOT_HERE


def test_a_claim_does_not_print_its_bio() -> None:
    assert "secret" not in repr(ModelClaim("a", "1", "m", "secret"))
