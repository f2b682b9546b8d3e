"""The Share button of `/stakes`: who may press it, what everyone sees, and whom nobody gets to see."""

from typing import Any

import discord
import pytest

from bot import create_bot
from storage.members.privacy import delete
from storage.members.questions import recall
from tests.offline import Server, check_charts, said, text_of
from tournament.sample import SampleSource
from ui.share import ShareButton

MODEL, LARGEST = "model_07585", "account_03061"
TIED = ("model_05722", "model_08323")  # 1,001 NMR each


async def ask(server: Server, question: str, **options: Any) -> Any:
    return said(await server.ben.slash(server.channel, f"stakes {question}", **options))


async def share(server: Server, question: str, **options: Any) -> Any:
    """What everyone sees after a member has asked and pressed Share."""
    reply = await ask(server, question, **options)
    clicked = await server.ben.click(reply.message, label="Share")
    assert clicked.response.content == "Shared below."
    return shared_in(server.channel)[-1]


def shared_in(channel: Any) -> list[Any]:
    return [message for message in channel.history() if message.embeds]


def told(message: Any) -> str:
    """All that can be read of a message, with the alt texts of its charts, without markdown."""
    seen = [text_of(message), *(chart.description for chart in message.attachments)]
    return "\n".join(seen).replace("\\", "")


@pytest.mark.parametrize(
    ("question", "options", "finding", "charts"),
    [
        ("concentration", {"unit": "model"}, "72 of 6,264 models hold half of the stake.", 2),
        ("influence", {"rounds": "311-325"}, "over rounds 311-321", 1),
        ("unstake", {"top": 1}, "Without the largest account, 16 % of the stake is gone", 1),
        ("history", {}, "40 guessed accounts hold half of the stake on 2022-12-22", 1),
        ("who", {"name": MODEL}, "One model holds 0.49 % of all stake, rank 33 of 6,264.", 0),
    ],
)
async def test_share_posts_the_answer_again_for_everyone(
    server: Server, question: str, options: dict[str, Any], finding: str, charts: int
) -> None:
    shared = await share(server, question, **options)
    assert not shared.flags.ephemeral
    assert shared.embeds[0].author.name == "Shared by Ben"
    assert finding in told(shared)
    await check_charts(shared, charts)
    assert shared.components == []
    assert len(shared_in(server.channel)) == 1


@pytest.mark.parametrize("question", ["who", "unstake"])
@pytest.mark.parametrize(("name", "unit"), [(MODEL, "model"), (LARGEST, "account")])
async def test_somebody_else_is_not_shared_by_name(
    server: Server, question: str, name: str, unit: str
) -> None:
    said(await server.ben.slash(server.channel, "account link", name="model_00005"))
    option = "name" if question == "who" else "who"
    private = await ask(server, question, **{option: name})
    assert name in told(private)
    await server.ben.click(private.message, label="Share")
    [shared] = shared_in(server.channel)
    assert name not in told(shared)
    assert f"one {unit}" in told(shared).casefold()
    assert all(name not in file.filename for file in shared.attachments)


async def test_the_picture_that_is_shared_names_nobody_either(server: Server) -> None:
    # two of the same stake leave the same numbers behind: only their names could tell the pictures apart
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    private, shared = [], []
    for name in TIED:
        reply = await ask(server, "unstake", who=name)
        [chart] = reply.attachments
        private.append(await chart.read())
        await server.ben.click(reply.message, label="Share")
        [chart] = shared_in(server.channel)[-1].attachments
        shared.append(await chart.read())
    assert private[0] != private[1]
    assert shared[0] == shared[1]


@pytest.mark.parametrize("question", ["who", "unstake"])
async def test_ones_own_is_shared_by_name(server: Server, question: str) -> None:
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    options = {} if question == "who" else {"who": MODEL.upper()}
    shared = await share(server, question, **options)
    assert MODEL in shared.embeds[0].title.replace("\\", "")
    if question == "unstake":
        assert MODEL in shared.attachments[0].description


async def test_a_link_that_was_taken_back_takes_the_name_along(server: Server) -> None:
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    reply = await ask(server, "who")
    said(await server.ben.slash(server.channel, "account unlink"))
    await server.ben.click(reply.message, label="Share")
    [shared] = shared_in(server.channel)
    assert MODEL not in told(shared)


async def test_only_the_question_is_stored(server: Server) -> None:
    await ask(server, "unstake", who=MODEL, volume=5000.0)
    question = await recall(server.database, 1, server.ben.id)
    assert question is not None
    assert question.question == "stakes unstake"
    assert question.arguments == {
        "top": None, "above": None, "who": MODEL, "unit": "account", "volume": 5000.0,
        "tournament": "classic",
    }  # fmt: skip


async def test_nobody_shares_for_somebody_else(server: Server) -> None:
    await ask(server, "who", name=MODEL)
    # a private answer is nobody else's to press: the same button in a message that all can see
    view = discord.ui.View(timeout=None)
    view.add_item(ShareButton("stakes", 1))
    channel = server.bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send("a button", view=view)
    clicked = await server.moderator.click(message, label="Share")
    assert "That answer can't be shared any more." in said(clicked).content
    assert shared_in(server.channel) == []
    await server.ben.click(message, label="Share")
    assert len(shared_in(server.channel)) == 1


async def test_a_question_that_is_gone_gets_a_sentence(server: Server) -> None:
    reply = await ask(server, "who", name=MODEL)
    await delete(server.database, server.ben.id)
    clicked = await server.ben.click(reply.message, label="Share")
    assert "can't be shared any more" in said(clicked).content
    assert shared_in(server.channel) == []


async def test_share_still_works_after_a_restart(server: Server, settings: Any, source: SampleSource) -> None:
    reply = await ask(server, "unstake", who=MODEL)
    await server.bot.close()  # the process ends
    await server.env.restart_bot(create_bot(settings, source=source))
    await server.ben.click(reply.message, label="Share")
    [shared] = shared_in(server.channel)
    assert "Without one model" in told(shared)
    assert MODEL not in told(shared)


async def test_a_server_may_have_turned_sharing_off(server: Server) -> None:
    reply = await ask(server, "who", name=MODEL)
    said(await server.moderator.slash(server.channel, "setup sharing", allowed=False))
    clicked = await server.ben.click(reply.message, label="Share")
    assert said(clicked).content == "The moderators of this server have turned sharing off."
    assert shared_in(server.channel) == []


async def test_who_may_not_write_in_a_channel_may_not_share_there(server: Server) -> None:
    reply = said(await server.ben.slash(server.read_only, "stakes who", name=MODEL))
    clicked = await server.ben.click(reply.message, label="Share")
    assert "You can't write in this channel" in said(clicked).content
    assert shared_in(server.read_only) == []


async def test_what_can_no_longer_be_answered_is_a_sentence(server: Server, source: SampleSource) -> None:
    reply = await ask(server, "who", name=MODEL)
    question = await recall(server.database, 1, server.ben.id)
    assert question is not None
    await server.database.connection.execute(
        "UPDATE asked_questions SET arguments = json_set(arguments, '$.tournament', 'signals')"
    )
    clicked = await server.ben.click(reply.message, label="Share")
    assert "There are no numbers of Signals here" in said(clicked).content
    assert shared_in(server.channel) == []
