"""Commands, clicks and messages go to a bot through the loopback Discord, and its answers come back whole."""

import asyncio
import dataclasses
import math
from pathlib import Path

import aiohttp
import pytest

from tests.loopback.connected import connected
from tests.loopback.server import ALICE, BOB, CHANNEL_IDS, MANAGE_SERVER, MODERATOR, Person


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
