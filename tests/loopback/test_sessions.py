"""A bot's sessions with the loopback Discord: login, refusals, errors, interruptions, and its leaving."""

from pathlib import Path

import pytest

from tests.loopback.connected import connected, small_bot
from tests.loopback.server import CHANNEL_IDS, GOOD_TOKEN, GUILD_ID, LoopbackDiscord


@pytest.mark.slow
async def test_login_sync_and_ready(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, process):
        assert await process.wait_for_line("ready:") == "ready: roundtable Round Table general council"
        assert await process.wait_for_line("cached:") == "cached: roundtable"
        assert "fetched: account ask ballot chart" in await process.wait_for_line("fetched:")
        assert [command["name"] for command in discord_server.commands[GUILD_ID]] == ["local"]
        assert "local" not in [command["name"] for command in discord_server.commands[None]]
        assert discord_server.compressions in (["zlib-stream"], ["zstd-stream"])
        assert [identify["token"] for identify in discord_server.identifies] == [GOOD_TOKEN]
        assert (await discord_server.command("local")).content == "only here"


@pytest.mark.slow
async def test_wrong_token(tmp_path: Path) -> None:
    async with (
        LoopbackDiscord() as discord_server,
        small_bot(discord_server, tmp_path, "bad-token") as process,
    ):
        assert await process.wait() == 1
        assert "LoginFailure: Improper token has been passed." in process.lines[-1]
        assert [(call.path, call.status) for call in discord_server.requests] == [("/users/@me", 401)]


@pytest.mark.slow
async def test_privileged_intents_are_refused_unless_granted(tmp_path: Path) -> None:
    async with (
        LoopbackDiscord() as discord_server,
        small_bot(discord_server, tmp_path, MEMBERS="1") as process,
    ):
        assert await process.wait() == 1
        assert any("PrivilegedIntentsRequired" in line for line in process.lines)
    async with (
        LoopbackDiscord(privileged=["members"]) as discord_server,
        small_bot(discord_server, tmp_path, MEMBERS="1") as process,
    ):
        assert await process.wait_for_line("cached:") == "cached: alice bob mona roundtable"


@pytest.mark.slow
async def test_rate_limits_and_errors_of_the_server(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, process):
        discord_server.fail_next("POST", "/interactions/*/callback", 429)
        reply = await discord_server.command("echo", options={"text": "again"})
        assert (reply.content, reply.first_response_after > 0.1) == ("again", True)
        calls = discord_server.requests_to("POST", "/interactions/*/callback")
        assert [call.status for call in calls] == [429, 200]

        discord_server.fail_next("POST", f"/channels/{CHANNEL_IDS['general']}/messages", 429, times=2)
        await discord_server.command("post", options={"channel": "general"})
        assert [post.content for post in discord_server.posts()] == ["first, edited", "second"]

        discord_server.fail_next("PATCH", "/webhooks/*/messages/@original", 500)
        reply = await discord_server.command("chart redraw")
        assert (reply.content, len(reply.files), reply.finished_after > 1) == ("two", 2, True)

        # without Via it is a ban, which discord.py does not wait out
        discord_server.fail_next("POST", "/interactions/*/callback", 429, headers={})
        with pytest.raises(AssertionError, match="no answer at all"):
            await discord_server.command("echo", options={"text": "banned"}, within=0.5)
        assert "429" in await process.wait_for_line("failed:")

        # the answer was taken, its confirmation was lost
        discord_server.fail_next("POST", "/interactions/*/callback", 404, taken=True)
        reply = await discord_server.command("echo", options={"text": "taken"})
        assert reply.content == "taken"


@pytest.mark.slow
async def test_connections_are_resumed_and_miss_nothing(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, process):
        await process.wait_for_line("ready:")
        for number, interrupt in enumerate(
            (
                discord_server.drop,
                discord_server.ask_to_reconnect,
                lambda: discord_server.invalidate_session(resumable=True),
            )
        ):
            seen = len(process.lines)
            await interrupt()
            # sent while nobody is connected: it comes with the resume
            reply = await discord_server.command("echo", options={"text": f"{number}"})
            assert reply.content == f"{number}"
            await process.wait_for_line("resumed", after=seen)
            await discord_server.wait_ready()
            assert len(discord_server.resumes) == number + 1
        assert len(discord_server.identifies) == 1
        await discord_server.invalidate_session(resumable=False)
        await discord_server.wait_ready()
        assert (len(discord_server.identifies), len(discord_server.compressions)) == (2, 5)
        assert (await discord_server.command("echo", options={"text": "anew"})).content == "anew"
        await discord_server.drop(4004)
        assert await process.wait() == 1
        assert any("WebSocket closed with 4004" in line for line in process.lines)


@pytest.mark.slow
async def test_a_bot_that_leaves_says_so(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, process):
        with pytest.raises(AssertionError, match=r"the bot is still connected \(waited 0.01 s\)"):
            await discord_server.wait_closed(0.01)
        assert (await discord_server.command("leave")).content == "bye"
        # which of the two depends on which of its tasks discord.py closes first
        assert await discord_server.wait_closed() in (1000, 4000)
        assert await process.wait() == 0
    async with connected(tmp_path) as (discord_server, process):
        process.kill()
        assert await discord_server.wait_closed() == 1006


@pytest.mark.slow
async def test_what_the_bot_calls_but_nobody_modelled_fails_the_test(tmp_path: Path) -> None:
    with pytest.raises(AssertionError, match="does not model: GET /users/@me/guilds"):
        async with connected(tmp_path) as (discord_server, _):
            assert (await discord_server.command("unheard")).content == "status 404"
