"""The demo as it is started, and its tour where a step goes wrong."""

import asyncio
import re
import signal
from pathlib import Path

import aiohttp
import pytest

from demo.__main__ import play
from demo.page import LivePage
from demo.tour import TourStep
from tests.offline import Server
from tests.process import BotProcess

ROOT = Path(__file__).parents[2]
PATIENT = 120.0  # seconds


@pytest.mark.slow
async def test_the_address_comes_before_the_tour_and_ctrl_c_stops_it_amid(tmp_path: Path) -> None:
    async with BotProcess(["-m", "demo", "--port", "0"], {"TMPDIR": str(tmp_path)}, cwd=ROOT) as demo:
        line = await demo.wait_for_line("http://", PATIENT)
        await demo.wait_for_line(" types /", PATIENT)
        first_typed = next(place for place, told in enumerate(demo.lines) if " types /" in told)
        assert demo.lines.index(line) < first_typed
        address = re.search(r"http://127\.0\.0\.1:\d+/", line)
        assert address is not None
        async with aiohttp.ClientSession() as session, session.get(address[0]) as page:
            assert page.status == 200
            assert "<html" in await page.text()
        assert await demo.stop(signal.SIGINT, PATIENT) == 0
        told = "\n".join(demo.lines)
        assert "The tour is over" not in told
        assert "Traceback" not in told
    left = await asyncio.to_thread(lambda: list(tmp_path.iterdir()))
    assert left == [], "the demo's database goes with it"


async def test_a_step_that_fails_is_told_and_the_page_shows_the_next_one(
    server: Server, capsys: pytest.CaptureFixture[str]
) -> None:
    tour = (
        TourStep("ben", "help", then=("A button that is not there",)),
        TourStep("ben", "privacy show"),
    )
    async with server.env.preview(server.channel, viewers=[server.ben], layout="channel") as preview:
        opened = preview._open_page()
        await play(server.env, server.channel, {"ben": server.ben}, [], LivePage(preview), tour)
        shown = preview._page_payload(opened)
        assert "/privacy delete removes it" in str(shown["messages"])
        assert shown["targetId"] == shown["messageIndex"][-1]["id"]
    [first, failed, second] = capsys.readouterr().out.splitlines()
    assert first == "ben types /help"
    assert failed.startswith("That step failed: ")
    assert second == "ben types /privacy show"


async def test_a_press_during_the_tour_waits_for_its_turn(server: Server) -> None:
    async with server.env.preview(server.channel, viewers=[server.ben], layout="channel") as preview:
        page = LivePage(preview)
        opened = preview._open_page()
        narrow = {
            "protocol_version": 3,
            "sequence": 1,
            "request_id": "a window of 390 pixels",
            "generation": opened.generation,
            "bot_generation": server.env._generation,
            "published_revision": opened.revision,
            "kind": "configure_presentation",
            "layout": "channel",
            "display": "responsive",
            **dict.fromkeys(("width", "host_width"), 390),
            **dict.fromkeys(("height", "host_height"), 844),
        }
        tour = (TourStep("ben", "help"), TourStep("ben", "privacy show"))
        playing = play(server.env, server.channel, {"ben": server.ben}, [], page, tour)
        _, answer = await asyncio.gather(playing, preview._action(opened.id, narrow))
        assert not answer.get("rejected"), answer
        assert opened.host_width == 390
