"""The loopback Discord before any bot is connected: what it refuses, and what it reports at its end."""

import aiohttp
import pytest

from tests.loopback.server import GOOD_TOKEN, LoopbackDiscord


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
