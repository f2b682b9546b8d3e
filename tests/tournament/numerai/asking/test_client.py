"""One connection: shared answers, bounds in time, size and number, every form of the limit, a prompt end."""

import asyncio
import json
import signal
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from tests.numerai_server import LoopbackNumerai
from tests.patience import CALM, HASTY, PATIENCE, eventually
from tournament.numerai.asking import queries
from tournament.numerai.asking.client import MOST_VALUES, NumeraiClient
from tournament.numerai.asking.throttle import Throttle
from tournament.source import SourceError, asker

NewClient = Callable[..., NumeraiClient]
ROUNDS = queries.ROUNDS.text()
CLASSIC = {"tournament": 8}


async def model(client: NumeraiClient, name: str) -> Any:
    data = await client.ask(queries.MODEL.text(), {"model_name": name, "tournament": 8})
    return data["v3UserProfile"]


async def test_those_who_ask_the_same_share_one_request(api: LoopbackNumerai, new_client: NewClient) -> None:
    client = new_client()
    answers = await asyncio.gather(*(client.ask(ROUNDS, CLASSIC) for _ in range(20)))
    assert len(api.requests) == 1
    assert all(answer is answers[0] for answer in answers)
    api.fail("errors")
    told = await asyncio.gather(*(client.ask(ROUNDS, CLASSIC) for _ in range(3)), return_exceptions=True)
    assert len(api.requests) == 2
    assert [type(each).__name__ for each in told] == ["RefusedError"] * 3
    assert len({id(each) for each in told}) == 3, "each has its own traceback"


async def test_who_stops_waiting_takes_nothing_from_the_others(
    api: LoopbackNumerai, new_client: NewClient
) -> None:
    api.latency = 0.05
    client = new_client()
    first, second = (asyncio.create_task(client.ask(ROUNDS, CLASSIC)) for _ in range(2))
    await asyncio.sleep(0)
    first.cancel()
    assert (await second)["rounds"]
    assert len(api.requests) == 1


@pytest.mark.slow
@pytest.mark.parametrize("fault", ["429", "rate limited"])
async def test_the_limit_in_any_form_holds_everybody_until_all_are_answered(
    api: LoopbackNumerai, new_client: NewClient, fault: str
) -> None:
    api.allow(3, 0.2, fault)
    client = new_client(patience=replace(CALM, backoff=0.08))
    answers = await asyncio.gather(*(model(client, f"tidewater_{n}") for n in range(2, 11)))
    assert [answer["username"] for answer in answers] == [f"tidewater_{n}" for n in range(2, 11)]
    assert api.refused < 18, "all at once again and again would be refused as often"


@pytest.mark.parametrize("fault", ["429", "rate limited"])
@pytest.mark.parametrize("retry_after", [None, "0.05"])
async def test_a_background_question_waits_for_the_limit_too(
    api: LoopbackNumerai, new_client: NewClient, fault: str, retry_after: str | None
) -> None:
    api.fail(fault, times=2, retry_after=retry_after)
    answer = await new_client().ask(ROUNDS, CLASSIC, background=True)
    assert answer["rounds"]
    assert len(api.requests) == 3


@pytest.mark.slow
async def test_thirty_questions_of_one_member_leave_the_others_theirs(
    api: LoopbackNumerai, new_client: NewClient
) -> None:
    client = new_client(patience=HASTY, throttle=Throttle(20, 3600.0))

    async def ask(member: int, name: str) -> str:
        asker.set(member)
        try:
            return (await model(client, name))["username"]
        except SourceError as error:
            return error.reason

    spent = await asyncio.gather(*(ask(1, f"heron_{n:03}") for n in range(30)))
    assert [each for each in spent if each.startswith("heron")] == [f"heron_{n:03}" for n in range(10)]
    assert set(spent[10:]) == {"You have asked Numerai as much as one member may"}
    others = await asyncio.gather(*(ask(2 + n, f"crowd_{n:03}") for n in range(10)))
    assert others == [f"crowd_{n:03}" for n in range(10)]


@pytest.mark.slow
async def test_an_api_that_dripped_is_asked_again_at_once(
    api: LoopbackNumerai, new_client: NewClient
) -> None:
    client = new_client(patience=HASTY)
    api.fail("drip")
    told = await asyncio.gather(*(model(client, f"heron_{n:03}") for n in range(15)), return_exceptions=True)
    assert {str(each) for each in told} == {"Numerai takes too long to answer. Try again in a few minutes."}
    api.heal()
    assert (await model(client, "heron_000"))["username"] == "heron_000"


@pytest.mark.slow
async def test_a_bomb_is_refused_before_it_is_large(api: LoopbackNumerai, new_client: NewClient) -> None:
    api.fail("bomb")
    with pytest.raises(SourceError, match="too large"):
        await new_client().ask(ROUNDS, CLASSIC)
    assert len(api.requests) == 1


PEAK = """
import asyncio, sys
from tournament.numerai.asking import queries
from tournament.numerai.asking.client import NumeraiClient
from tournament.source import SourceError

def peak():
    found = next(line for line in open("/proc/self/status") if line.startswith("VmHWM"))
    return int(found.split()[1]) // 1024

async def main():
    client = NumeraiClient(sys.argv[1])
    before = peak()
    try:
        await client.ask(queries.ROUNDS.text(), {"tournament": 8})
    except SourceError as error:
        print(error.reason, peak() - before < 100)
    await client.close()

asyncio.run(main())
"""


@pytest.mark.slow
@pytest.mark.skipif(not Path("/proc/self/status").exists(), reason="memory is read from /proc")
async def test_eight_hundred_megabytes_are_never_held(api: LoopbackNumerai) -> None:
    api.fail("bomb")
    assert await run_script(PEAK, api.address) == "Numerai's answer is too large True\n"


async def run_script(script: str, *arguments: str) -> str:
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        script,
        *arguments,
        cwd=Path(__file__).parents[4],
        stdout=asyncio.subprocess.PIPE,
    )
    async with asyncio.timeout(PATIENCE):
        told, _ = await process.communicate()
    assert process.returncode == 0
    return told.decode()


@pytest.mark.parametrize(
    ("says", "reason"),
    [
        ("[" * 100_000, "not in a form"),
        ("9" * 5000, "not in a form"),
        ("[" + "0," * MOST_VALUES + "0]", "too large"),
        ('"' + "x" * 34_000_000 + '"', "too large"),
    ],
    ids=["deep", "digits", "many", "long"],
)
async def test_what_would_fill_the_memory_is_refused(
    api: LoopbackNumerai, new_client: NewClient, says: str, reason: str
) -> None:
    api.says["rounds"] = says
    with pytest.raises(SourceError, match=reason):
        await new_client().ask(ROUNDS, CLASSIC)


@pytest.mark.parametrize("said", ["[]", "7", '{"data": []}', '{"data": 7}', "null", '{"errors": 7}'])
async def test_what_is_no_answer_is_a_sentence(
    api: LoopbackNumerai, new_client: NewClient, said: str
) -> None:
    api.whole = said
    with pytest.raises(SourceError, match="Numerai"):
        await new_client().ask(ROUNDS, CLASSIC)


async def test_closing_ends_all_that_is_under_way(api: LoopbackNumerai, new_client: NewClient) -> None:
    api.fail("drip")
    client = new_client()
    asking = [asyncio.create_task(model(client, f"heron_{n:03}")) for n in range(10)]

    async def under_way() -> bool:
        return api.at_once == 10

    await eventually(under_way)
    waiting = asyncio.create_task(client.ask(ROUNDS, CLASSIC, background=True))
    await client.close()
    for each in [*asking, waiting]:
        with pytest.raises(SourceError, match="shutting down"):
            await each
    with pytest.raises(SourceError, match="shutting down"):
        await client.ask(ROUNDS, CLASSIC)


TERMINATED = """
import asyncio, signal, sys
from pathlib import Path
from storage.database import open_database
from tournament.numerai.source import NumeraiSource

async def main():
    database = await open_database(Path(sys.argv[2]))
    live = NumeraiSource(database, address=sys.argv[1])
    stop = asyncio.Event()
    asyncio.get_running_loop().add_signal_handler(signal.SIGTERM, stop.set)
    asking = [asyncio.create_task(live.find(f"heron_{n:03}")) for n in range(6)]
    await stop.wait()
    await live.close()
    await database.close()
    told = await asyncio.gather(*asking, return_exceptions=True)
    print(json.dumps(sorted({str(each) for each in told})))

import json
asyncio.run(main())
"""


@pytest.mark.slow
async def test_a_process_ends_while_answers_still_drip(api: LoopbackNumerai, tmp_path: Path) -> None:
    api.fail("drip")
    process = await asyncio.create_subprocess_exec(
        sys.executable,
        "-c",
        TERMINATED,
        api.address,
        str(tmp_path / "bot.sqlite3"),
        cwd=Path(__file__).parents[4],
        stdout=asyncio.subprocess.PIPE,
    )

    async def under_way() -> bool:
        return api.at_once >= 12

    await eventually(under_way)
    process.send_signal(signal.SIGTERM)
    async with asyncio.timeout(PATIENCE):
        told, _ = await process.communicate()
    assert process.returncode == 0
    assert "shutting down" in json.loads(told)[0]
