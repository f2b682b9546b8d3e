"""The loopback Discord, tried with a small bot that runs as a process of its own."""

import asyncio
import dataclasses
import math
import signal
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from pathlib import Path

import aiohttp
import pytest

from tests.loopback.server import (
    ALICE,
    BOB,
    CHANNEL_IDS,
    GOOD_TOKEN,
    GUILD_ID,
    MANAGE_SERVER,
    MODERATOR,
    LoopbackDiscord,
    Person,
)
from tests.process import BotProcess

LAUNCH = Path(__file__).parents[1] / "launch.py"

SMALL_BOT = Path(__file__).parent / "small_bot.py"


def small_bot(discord_server: LoopbackDiscord, cwd: Path, token: str = GOOD_TOKEN, **env: str) -> BotProcess:
    env |= {"DISCORD_TOKEN": token, "GUILD": GUILD_ID}
    return BotProcess([LAUNCH, discord_server.address, SMALL_BOT], env, cwd)


@asynccontextmanager
async def connected(tmp_path: Path) -> AsyncIterator[tuple[LoopbackDiscord, BotProcess]]:
    async with LoopbackDiscord() as discord_server, small_bot(discord_server, tmp_path) as process:
        await discord_server.wait_ready()
        yield discord_server, process


# -- without a bot ------------------------------------------------------------------------------------------


async def test_an_unknown_route_is_answered_404_and_reported_at_the_end() -> None:
    discord_server = LoopbackDiscord()
    await discord_server.__aenter__()
    url = f"{discord_server.address}/api/v10/guilds/1/bans/2"
    async with aiohttp.ClientSession() as session, session.delete(url) as response:
        assert response.status == 404
    assert discord_server.unimplemented == ["DELETE /guilds/1/bans/2"]
    assert [call.status for call in discord_server.requests] == [404]
    with pytest.raises(AssertionError, match="does not model: DELETE /guilds/1/bans/2"):
        await discord_server.__aexit__(None, None, None)


async def test_a_failing_test_keeps_its_own_error_and_gets_the_report_as_a_note() -> None:
    mine = ValueError("mine")
    discord_server = LoopbackDiscord()
    await discord_server.__aenter__()
    discord_server.unimplemented.append("GET /nowhere")
    await discord_server.__aexit__(ValueError, mine, None)
    assert mine.__notes__ == ["The loopback Discord does not model: GET /nowhere"]


async def test_json_comes_without_a_charset_and_a_wrong_token_is_unauthorized() -> None:
    async with LoopbackDiscord() as discord_server, aiohttp.ClientSession() as session:
        url = f"{discord_server.address}/api/v10/users/@me"
        async with session.get(url, headers={"Authorization": f"Bot {GOOD_TOKEN}"}) as response:
            assert response.status == 200
            assert response.headers["Content-Type"] == "application/json"
        async with session.get(url, headers={"Authorization": "Bot other"}) as response:
            assert response.status == 401
            assert await response.json() == {"message": "401: Unauthorized", "code": 0}


async def test_a_command_without_a_bot_or_without_sync_is_refused() -> None:
    async with LoopbackDiscord() as discord_server:
        with pytest.raises(AssertionError, match="/echo was never synced"):
            await discord_server.command("echo")
        with pytest.raises(AssertionError, match=r"the bot is not connected \(waited 0.01 s\)"):
            await discord_server.wait_ready(0.01)
        with pytest.raises(AssertionError, match="0 of 1 GET /users/@me"):
            await discord_server.wait_for_request("GET", "/users/@me", within=0.01)


# -- the process --------------------------------------------------------------------------------------------


@pytest.mark.slow
async def test_a_process_gets_a_clean_environment_and_is_never_left_running(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("DISCORD_TOKEN", "somebody's real token")
    script = "import os, threading; print('has', 'DISCORD_TOKEN' in os.environ, os.environ['NOTE'])\n"
    script += "print('x' * 100_000); threading.Event().wait()"
    async with BotProcess(["-c", script], {"NOTE": "ü"}, tmp_path) as process:
        assert await process.wait_for_line("has") == "has False ü"
        assert len(await process.wait_for_line("xxx")) == 100_000
        with pytest.raises(AssertionError, match=r"no 'has' within 0.01 s\n.*\nhas False"):
            await process.wait_for_line("has", 0.01, after=2)
        with pytest.raises(AssertionError, match=r"still running after 0.01 s"):
            await process.wait(0.01)
        assert await process.stop(signal.SIGTERM) == -signal.SIGTERM
        with pytest.raises(AssertionError, match="the process ended without 'more'"):
            await process.wait_for_line("more")
        assert await process.stop() == -signal.SIGTERM
    async with BotProcess(["-c", script], {"NOTE": ""}) as process:
        await process.wait_for_line("has")
    assert await process.wait() == -signal.SIGKILL


@pytest.mark.slow
async def test_launch_refuses_an_address_that_is_not_this_machine(tmp_path: Path) -> None:
    async with BotProcess([LAUNCH, "https://example.org"], cwd=tmp_path) as process:
        assert await process.wait() == 1
        assert process.lines == ["https://example.org is not this machine: a token must not go there"]


# -- with a bot ---------------------------------------------------------------------------------------------


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
async def test_commands_and_their_options(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, _):
        reply = await discord_server.command("echo", options={"text": "so", "times": 2, "loud": True})
        assert (reply.content, reply.ephemeral, reply.response_type) == ("SO SO", True, 4)
        assert 0 < reply.first_response_after <= reply.finished_after
        assert discord_server.posts() == []
        reply = await discord_server.command("size", options={"file": ("returns.csv", b"\x01\x02\x03")})
        assert reply.content == "returns.csv: 6"
        reply = await discord_server.command("people")
        assert reply.content == "['mona'] alice alice general"
        for name, options, complaint in (
            ("echo", {}, "/echo needs 'text'"),
            ("echo", {"text": 1}, "'text' takes no 1"),
            ("echo", {"text": "a", "times": True}, "'times' takes no True"),
            ("echo", {"text": "a", "tempo": 1}, "/echo has no option 'tempo'"),
            ("ballot", {"kind": "secret"}, "'kind' is one of"),
            ("chart", {}, "/chart is a group"),
            ("chart sing", {}, "no 'sing', only"),
            ("sing", {}, "/sing was never synced"),
        ):
            with pytest.raises(AssertionError, match=complaint):
                await discord_server.command(name, options=options)
        with pytest.raises(AssertionError, match="/local was never synced"):
            await discord_server.command("local", dm=True)


@pytest.mark.slow
async def test_files_embeds_and_alt_text_arrive_intact(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, _):
        reply = await discord_server.command("chart draw", options={"share": 0.25})
        assert (reply.ephemeral, reply.response_type) == (False, 5)
        assert reply.embeds[0]["title"] == "Share 0.25"
        assert reply.files == [("chart.png", bytes(range(256)) * 300, "A line that rises")]
        sent = await discord_server.wait_for_request("POST", "/webhooks/*", count=2)
        assert sent.payload["content"] == "and a second one"
        first, _ = discord_server.requests_to("POST", "/webhooks/*")
        assert first.files == reply.files
        # the deferred message itself was filled, so there is one public message
        assert [post.message_id for post in discord_server.posts()] == [reply.message_id]

        reply = await discord_server.command("chart redraw", channel="council")
        assert (reply.ephemeral, reply.content) == (True, "two")
        assert reply.files == [("0.png", b"\x00", "Number 0"), ("1.png", b"\x01", "Number 1")]
        await discord_server.wait_for_request("PATCH", "/webhooks/*/messages/*", count=2)
        assert discord_server.posts("council") == []


@pytest.mark.slow
async def test_autocomplete(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, _):
        choices = await discord_server.autocomplete("account", "name", "ar", options={"limit": 2})
        assert choices == [{"name": "ar0", "value": "#0"}, {"name": "ar1", "value": "#1"}]
        with pytest.raises(AssertionError, match="'limit' of /account has no autocomplete"):
            await discord_server.autocomplete("account", "limit", 1)
        # a bot whose list is too long shows nothing
        with pytest.raises(AssertionError, match="no answer at all"):
            await discord_server.autocomplete("account", "name", "x", options={"limit": 26}, within=1)
        assert discord_server.requests[-1].status == 400


@pytest.mark.slow
async def test_clicks(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, process):
        reply = await discord_server.command("ballot")
        voted = await discord_server.click(reply, label="Vote")
        assert (voted.content, voted.response_type, voted.message_id) == ("1 votes", 7, reply.message_id)
        assert await process.wait_for_line("edited:") == "edited: no votes -> 1 votes"
        assert (await discord_server.click(voted, custom_id="ballot:vote", member=BOB)).content == "2 votes"
        slowly = await discord_server.click(reply, label="Slowly")
        assert (slowly.content, slowly.response_type) == ("slowly", 6)
        told = await discord_server.click(reply, label="Tell me", member=BOB)
        assert (told.content, told.ephemeral) == ("psst bob", True)
        chosen = await discord_server.click(reply, custom_id="ballot:choose", values=["b"])
        assert chosen.content == "chose ['b']"
        with pytest.raises(AssertionError, match="'Closed' is disabled"):
            await discord_server.click(reply, label="Closed")
        with pytest.raises(AssertionError, match="0 components have label='Sing'"):
            await discord_server.click(reply, label="Sing")
        hidden = await discord_server.command("echo", options={"text": "a"})
        with pytest.raises(AssertionError, match="bob cannot see that message"):
            await discord_server.click(hidden, label="Vote", member=BOB)
        nested = await discord_server.command("ballot", options={"kind": "v2"})
        assert (await discord_server.click(nested, label="Inside")).content == "inside was pressed"


@pytest.mark.slow
async def test_direct_messages(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, _):
        reply = await discord_server.command("whisper", dm=True, options={"member": BOB})
        assert reply.content == "User bob was told, here"
        assert [message.content for message in discord_server.direct_messages(BOB)] == ["for you alone"]
        reply = await discord_server.command("whisper", options={"member": MODERATOR})
        assert reply.content == "Member mona was told, Round Table"
        discord_server.fail_next(
            "POST", "/channels/*/messages", 403, body={"code": 50007, "message": "Cannot send"}
        )
        with pytest.raises(AssertionError, match="/whisper: no answer at all"):
            await discord_server.command("whisper", options={"member": BOB}, within=0.5)


@pytest.mark.slow
async def test_channel_messages(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, process):
        officer = dataclasses.replace(ALICE, permissions=ALICE.permissions | MANAGE_SERVER)
        reply = await discord_server.command("post", member=officer, options={"channel": "council"})
        assert reply.content == "['second', 'first, edited'] True"
        first, second = discord_server.posts("council")
        assert (first.content, first.files, math.isnan(first.finished_after)) == ("first, edited", [], True)
        assert (await discord_server.click(second, label="Vote")).content == "1 votes"
        assert await process.wait_for_line("deleted:") == "deleted: third"
        council = CHANNEL_IDS["council"]
        assert len(discord_server.requests_to("POST", f"/channels/{council}/typing")) == 1
        uploaded = discord_server.requests_to("POST", f"/channels/{council}/messages")[0]
        assert uploaded.files == [("one.txt", b"1", None)]


@pytest.mark.slow
async def test_other_ends_of_an_interaction(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, _):
        reply = await discord_server.command("ask")
        assert (reply.modal["title"], reply.response_type, reply.content) == ("A form", 9, "")
        reply = await discord_server.command("vanish")
        assert (reply.deleted, reply.response_type) == (True, 5)
        with pytest.raises(AssertionError, match=r"/silent: no answer at all \(waited 0.05 s\)"):
            await discord_server.command("silent", within=0.05)


@pytest.mark.slow
async def test_a_late_and_a_second_answer_are_refused(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, process), aiohttp.ClientSession() as session:
        discord_server.answer_within = 0
        with pytest.raises(AssertionError, match=r"/echo: the first answer came after .* 10062"):
            await discord_server.command("echo", options={"text": "late"})
        assert "10062" in await process.wait_for_line("failed:")
        discord_server.answer_within = math.inf
        await discord_server.command("echo", options={"text": "in time"})
        call = discord_server.requests_to("POST", "/interactions/*/callback")[-1]
        url = f"{discord_server.address}/api/v10{call.path}"
        async with session.post(url, json=call.payload) as response:
            assert (response.status, (await response.json())["code"]) == (400, 40060)
        async with session.post(url.replace("token-of", "no"), json=call.payload) as response:
            assert (response.status, (await response.json())["code"]) == (404, 10062)


@pytest.mark.slow
async def test_many_at_once(tmp_path: Path) -> None:
    async with connected(tmp_path) as (discord_server, _):
        people = [Person(f"member{number}") for number in range(40)]
        replies = await asyncio.gather(
            *(
                discord_server.command("echo", member=person, options={"text": person.name})
                for person in people
            )
        )
        assert [reply.content for reply in replies] == [person.name for person in people]


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
