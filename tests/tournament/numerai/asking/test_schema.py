"""Fields and arguments are those the API has: what is gone is left out and told, and the rest goes on."""

import asyncio
import os
import sys
from collections.abc import AsyncIterator, Callable
from pathlib import Path

import graphql
import numpy as np
import pytest

from storage.database import Database
from tests.numerai.schema import SCHEMA
from tests.numerai_data import Present
from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM, PATIENCE
from tournament.numerai.asking import queries
from tournament.numerai.asking.check import checked
from tournament.numerai.asking.client import NumeraiClient
from tournament.numerai.asking.schema import Schema
from tournament.numerai.source import NumeraiSource
from tournament.source import SourceError


@pytest.fixture
async def live(api: LoopbackNumerai, database: Database) -> AsyncIterator[NumeraiSource]:
    live = NumeraiSource(database, address=api.address, now=Present(), patience=CALM)
    yield live
    await live.close()


@pytest.mark.parametrize("question", queries.ALL, ids=lambda question: question.says)
def test_every_question_is_valid_in_the_documented_schema(question: queries.Query) -> None:
    schema = graphql.build_schema(SCHEMA)
    assert graphql.validate(schema, graphql.parse(question.text())) == []
    assert question.needed() <= set(question.paths())
    assert question.lost.keys() <= set(question.paths()) - question.needed()


async def test_a_field_that_is_gone_is_not_asked_for_and_its_loss_is_said(
    api: LoopbackNumerai, live: NumeraiSource
) -> None:
    api.change("roundPayoutFactor", "factorOfPayout")
    with pytest.raises(SourceError):
        await live.history("solo_wren")
    await live.look_at_schema()
    history = await live.history("solo_wren")
    assert history.round.size == len(api.numbers)
    assert np.isnan(history.payout_factor).all()
    assert history.notice == "Numerai no longer tells payout factors."


async def test_a_question_without_what_it_needs_is_a_sentence_and_asks_nothing(
    api: LoopbackNumerai, live: NumeraiSource
) -> None:
    api.change("  atRisk", "  stakeAtRisk")
    await live.look_at_schema()
    with pytest.raises(SourceError, match=r"^Numerai no longer tells a model's rounds"):
        await live.history("solo_wren")
    assert api.asked("v2RoundModelPerformances") == []
    assert (await live.rounds()).number.size == len(api.numbers), "the rest is answered"


async def test_fields_are_looked_at_once_a_day_and_kept(
    api: LoopbackNumerai, live: NumeraiSource, database: Database
) -> None:
    await live.look_at_schema()
    await live.look_at_schema()
    await live.close()
    signals = NumeraiSource(database, tournament="signals", address=api.address, now=Present(), patience=CALM)
    await signals.look_at_schema()
    assert len(api.asked("__schema")) == 1, "it is the same for every tournament"
    await signals.close()


async def test_arguments_are_given_as_the_api_declares_them(
    api: LoopbackNumerai, live: NumeraiSource
) -> None:
    api.change("v3UserProfile(model_name: String!", "v3UserProfile(modelName: String!")
    api.change("v2RoundModelPerformances(modelId: String!", "v2RoundModelPerformances(modelId: ID!")
    await live.look_at_schema()
    assert (await live.history("solo_wren")).round.size == len(api.numbers)


async def test_an_argument_spelled_otherwise_is_found_out_by_asking(
    api: LoopbackNumerai, live: NumeraiSource
) -> None:
    api.change("v3UserProfile(model_name: String!", "v3UserProfile(modelName: String!")
    assert await live.find("late_starter") == "late_starter"
    assert (await live.claims(None, "solo_wren")).account == "solo_wren"
    assert len(api.asked("")) == 1, "and is asked for like that from then on"


async def test_without_its_schema_everything_is_asked_for(api: LoopbackNumerai, live: NumeraiSource) -> None:
    api.fail("errors", only="__schema")
    with pytest.raises(SourceError):
        await live.look_at_schema()
    assert (await live.history("solo_wren")).notice == ""


@pytest.mark.parametrize(
    "answer",
    [None, 7, {}, {"types": 7}, {"types": [], "queryType": None}, {"types": [{"name": "A", "fields": [7]}]}],
)
def test_an_unreadable_schema_is_a_sentence(answer: object) -> None:
    with pytest.raises(SourceError, match="does not tell which fields"):
        Schema.told(answer, queries.ALL)


async def test_the_check_prints_what_is_there(
    api: LoopbackNumerai, new_client: Callable[..., NumeraiClient]
) -> None:
    told, is_good = await checked(new_client())
    assert is_good is True
    assert f"Numerai's API at {api.address}\n" in told
    assert len([line for line in told.splitlines() if " of " in line]) == len(queries.ALL)
    assert "a model's rounds                        19 of 19  -        atRisk: 7.8125" in told
    assert told.endswith("Everything can be answered.")


async def test_the_check_names_what_is_gone_and_what_that_costs(
    api: LoopbackNumerai, new_client: Callable[..., NumeraiClient]
) -> None:
    api.change("payoutSettled", "settledPayout")
    told, is_good = await checked(new_client())
    assert is_good is True
    assert "18 of 19  submissionScores.payoutSettled" in told
    assert "Numerai no longer tells payouts." in told

    api.change("  atRisk", "  stakeAtRisk")
    api.fail("errors", only="latestCurrencyPrice")
    told, is_good = await checked(new_client())
    assert is_good is False
    assert "17 of 19  atRisk, submissionScores.payoutSettled" in told
    assert "Can't be answered: a model's rounds. Numerai no longer tells a model's rounds.\n" in told
    assert "Can't be answered: the price of NMR. Numerai answered with an error." in told


async def test_the_check_goes_on_without_a_schema(
    api: LoopbackNumerai, new_client: Callable[..., NumeraiClient]
) -> None:
    api.fail("errors", only="__schema")
    told, is_good = await checked(new_client())
    assert is_good
    assert "Numerai answered with an error: every field is asked for." in told


TYPED = """
import functools, sys
import bot
bot.NumeraiClient = functools.partial(bot.NumeraiClient, sys.argv[1])
sys.argv = ["bot.py", "check"]
sys.exit(bot.main())
"""


@pytest.mark.slow
async def test_the_check_is_a_command_that_needs_no_token(api: LoopbackNumerai, tmp_path: Path) -> None:
    api.change("roundPayoutFactor", "factorOfPayout")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        TYPED,
        api.address,
        cwd=Path(__file__).parents[4],
        stdout=asyncio.subprocess.PIPE,
        env={**os.environ, "DISCORD_TOKEN": "", "DATABASE_PATH": str(tmp_path / "none.sqlite3")},
    )
    async with asyncio.timeout(PATIENCE):
        told, _ = await process.communicate()
    assert process.returncode == 0
    assert "18 of 19  roundPayoutFactor" in told.decode()
    assert told.decode().endswith("Numerai no longer tells payout factors.\n")
    assert not (tmp_path / "none.sqlite3").exists()
