"""The loopback API answers numerapi's own questions in the documented shapes, and fails as it is told to."""

import asyncio
import json
from collections.abc import AsyncIterator, Callable
from datetime import UTC, datetime
from decimal import Decimal
from typing import Any

import aiohttp
import pytest
import requests
from numerapi import NumerAPI

from tests import numerai_data
from tests.numerai_server import FAULTS, LoopbackNumerai
from tests.patience import PATIENCE
from tournament.numerai.asking import queries


@pytest.fixture
async def api() -> AsyncIterator[LoopbackNumerai]:
    async with LoopbackNumerai(first_round=1335) as api:
        yield api


async def post(api: LoopbackNumerai, query: str, **variables: Any) -> tuple[int, str]:
    body = {"query": query, "variables": variables}
    async with aiohttp.ClientSession() as session, session.post(api.address, json=body) as response:
        return response.status, await response.text()


class Numerapi(NumerAPI):
    """numerapi's own methods and questions, asked of this machine."""

    def __init__(self, address: str) -> None:
        super().__init__(verbosity="ERROR")
        self.address = address

    def raw_query(
        self, query: str, variables: dict[str, Any] | None = None, *_: Any, **__: Any
    ) -> dict[str, Any]:
        """numerapi's, at another address."""
        told = requests.post(self.address, json={"query": query, "variables": variables}, timeout=PATIENCE)
        assert told.ok, told.text
        return told.json()


@pytest.fixture
def numerapi(api: LoopbackNumerai) -> Callable[..., Any]:
    """Calls a method of numerapi in a thread: `await numerapi("list_rounds", number=1340)`."""
    client = Numerapi(api.address)

    async def call(method: str, *args: Any, **options: Any) -> Any:
        return await asyncio.to_thread(getattr(client, method), *args, **options)

    return call


async def test_it_is_only_on_this_machine(api: LoopbackNumerai) -> None:
    assert api.address.startswith("http://127.0.0.1:")


async def test_it_remembers_what_it_was_asked(api: LoopbackNumerai) -> None:
    await post(api, queries.MODEL.text(), model_name="drifter", tournament=8)
    await post(api, "{ rounds(tournament: 8) { number } }", tournament=8)
    assert [(asked.root, asked.variables) for asked in api.requests] == [
        ("v3UserProfile", {"model_name": "drifter", "tournament": 8}),
        ("rounds", {"tournament": 8}),
    ]
    assert api.asked("rounds") == api.requests[1:]


async def test_numerapi_reads_profiles(numerapi: Callable[..., Any]) -> None:
    profile = await numerapi("public_user_profile", "tidewater_2")
    assert (profile["username"], profile["nmrStaked"]) == ("tidewater_2", Decimal(102))
    assert profile["startDate"] == datetime(2024, 1, 2, tzinfo=UTC)
    models = await numerapi("models_of_account", "tidewater")
    assert len(models) == 10
    assert models["tidewater_2"] == profile["id"]


async def test_numerapi_reads_rounds_with_their_rules(numerapi: Callable[..., Any]) -> None:
    [entry] = await numerapi("list_rounds", number=1350)
    assert entry["openTime"] == numerai_data.opening(1350)
    assert entry["payoutFactor"] == Decimal(1)
    paying = {config["name"]: config for config in entry["roundScoreConfigs"] if config["isPayout"]}
    assert {name: config["defaultMultiplier"] for name, config in paying.items()} == {
        "corr60": 3.0,
        "mmc60": 15.0,
    }
    assert {config["clipThreshold"] for config in paying.values()} == {1.0}
    [newest] = await numerapi("list_rounds", limit=1)
    assert (newest["number"], newest["payoutFactor"], newest["resolvedGeneral"]) == (1401, None, False)


@pytest.mark.slow
async def test_numerapi_reads_histories(api: LoopbackNumerai, numerapi: Callable[..., Any]) -> None:
    model = api.models["tidewater_2"]
    with pytest.warns(DeprecationWarning, match="deprecated"):
        rows = await numerapi("round_model_performances_v2", model.id)
    assert [row["roundNumber"] for row in rows] == list(range(1401, 1334, -1))
    assert [row["roundNumber"] for row in rows if row["roundResolved"]] == list(range(1342, 1334, -1))
    assert rows[0]["submissionScores"] is None
    assert {row["atRisk"] for row in rows if row["roundResolved"]} == {Decimal(102)}
    assert {score["value"] for score in rows[-1]["submissionScores"] if score["displayName"] == "tc"} == {
        None
    }
    assert len({score["payoutSettled"] for score in rows[-1]["submissionScores"] if score["day"] == 20}) == 1
    scores = await numerapi("submission_scores", model.id, display_name="mmc60")
    assert {score["displayName"] for score in scores} == {"mmc60"}


async def test_numerapi_reads_leaderboards_page_by_page(
    api: LoopbackNumerai, numerapi: Callable[..., Any]
) -> None:
    first, second = [await numerapi("get_account_leaderboard", limit=3, offset=offset) for offset in (0, 3)]
    assert [row["rank"] for row in first + second] == [1, 2, 3, 4, 5, 6]
    assert first[0]["nmrStaked"] == Decimal(1454)
    assert len(await numerapi("get_account_leaderboard", limit=1000)) == api.largest_page
    assert (
        len(await numerapi("get_account_leaderboard", limit=1000, offset=api.largest_page)) < api.largest_page
    )
    for tournament, question in queries.MODEL_LEADERBOARDS.items():
        answer = await numerapi("raw_query", question.text(), {"limit": 2, "offset": 0})
        assert answer["data"][question.root], tournament


async def test_numerapi_reads_the_pipeline(numerapi: Callable[..., Any]) -> None:
    status = await numerapi("pipeline_status", "2026-11-20")
    assert (status["isScoringDay"], status["scoredAt"]) == (True, numerai_data.NOW)


async def test_nobody_is_null(api: LoopbackNumerai) -> None:
    assert await post(api, queries.MODEL.text(), model_name="nobody", tournament=8) == (
        200,
        '{"data": {"v3UserProfile": null}}',
    )
    assert await post(api, queries.MODEL.text(), model_name="tidewater", tournament=11) == (
        200,
        '{"data": {"v3UserProfile": null}}',
    )


async def test_bios_and_owners_can_change(api: LoopbackNumerai) -> None:
    async def profile() -> tuple[str, Any]:
        _, text = await post(api, queries.PROFILE.text(), model_name="drifter", tournament=8)
        told = json.loads(text)["data"]["v3UserProfile"]
        return told["accountName"], told["bio"]

    assert await profile() == ("drifters", None)
    api.set_bio("drifter", "<b>hello</b>")
    api.move("drifter", "oddities")
    assert await profile() == ("oddities", "<b>hello</b>")
    api.move("drifter_2", "oddities")
    assert (await post(api, queries.ACCOUNT.text(), username="drifters", tournament=8))[1] == (
        '{"data": {"accountProfile": null}}'
    )
    assert LoopbackNumerai().models["drifter"].account == "drifters", "other servers have their own"


async def test_faults_come_in_order_as_often_as_ordered(api: LoopbackNumerai) -> None:
    api.fail("500", times=2, only="rounds")
    api.fail("429", times=1, retry_after="7")
    codes = [(await post(api, queries.ROUNDS.text(), tournament=8))[0] for _ in range(4)]
    assert codes == [500, 500, 429, 200]
    api.fail("500", only="rounds")
    assert (await post(api, queries.MODEL.text(), model_name="drifter"))[0] == 200
    assert (await post(api, queries.ROUNDS.text(), tournament=8))[0] == 500
    api.heal()
    assert (await post(api, queries.ROUNDS.text(), tournament=8))[0] == 200


@pytest.mark.parametrize(
    "fault",
    [fault for fault in FAULTS if fault not in ("hang", "drip", "bomb") and not fault.startswith("cut")],
)
async def test_a_fault_is_answered(api: LoopbackNumerai, fault: str) -> None:
    api.fail(fault)
    status, text = await post(api, queries.ROUNDS.text(), tournament=8)
    assert status == (int(fault) if fault.isdigit() else 200)
    assert text


@pytest.mark.parametrize("fault", ["cut", "cut halfway"])
async def test_a_cut_connection_is_no_answer(api: LoopbackNumerai, fault: str) -> None:
    api.fail(fault)
    with pytest.raises(aiohttp.ClientError):
        await post(api, queries.ROUNDS.text(), tournament=8)


async def test_who_hangs_is_let_go_when_the_server_leaves() -> None:
    async with asyncio.timeout(PATIENCE):
        async with LoopbackNumerai() as api:
            api.fail("hang")
            hanging = asyncio.create_task(post(api, queries.ROUNDS.text(), tournament=8))
            while not api.requests:  # noqa: ASYNC110 - the server sets no event
                await asyncio.sleep(0.01)
            assert not hanging.done()
        try:
            status, _ = await hanging
        except aiohttp.ClientError:
            status = 503
    assert status == 503


async def test_latency_is_how_long_each_answer_takes() -> None:
    loop = asyncio.get_running_loop()
    async with LoopbackNumerai(latency=0.1) as api:
        started = loop.time()
        await asyncio.gather(*(post(api, queries.MODEL.text(), model_name="drifter") for _ in range(5)))
        assert loop.time() - started >= 0.1
        assert api.most_at_once == 5
