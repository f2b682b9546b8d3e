"""The Share button of `/stakes`: who may press it, what everyone sees, and whom nobody gets to see."""

from typing import Any

import discord
import pytest

from bot import create_bot
from storage.members.privacy import delete
from storage.members.questions import recall
from tests.cogs.answers import check_answer
from tests.cogs.stakes.asking import ask, plain
from tests.offline import Server, all_told, custom_id, posted, said, text_of, titles
from tournament.sample import SampleSource
from ui.question_buttons import QuestionButton

MODEL, LARGEST = "model_07585", "account_03061"
TIED = ("model_05722", "model_08323")  # 1,001 NMR each


async def share(server: Server, question: str, **options: Any) -> Any:
    """What everyone sees after a member has asked and pressed Share."""
    reply = await ask(server, question, **options)
    clicked = await server.ben.click(reply.message, label="Share")
    assert clicked.response.content == "Shared below."
    return posted(server.channel)[-1]


def told(message: Any) -> str:
    """All that can be read of a message, with the alt texts of its charts, without markdown."""
    return plain("\n".join([text_of(message), *(file.description or "" for file in message.attachments)]))


@pytest.mark.parametrize(
    ("question", "options", "finding"),
    [
        ("concentration", {"unit": "model"}, "72 models hold half of the stake"),
        ("influence", {"rounds": "311-325"}, "rounds 311-321"),
        ("unstake", {"top": 1}, "If the largest account leaves: payouts +19 %"),
        ("history", {}, "40 guessed accounts hold half of the stake on 2022-12-22"),
        ("who", {"name": MODEL}, "One model holds 0.49 % of all stake, rank 33 of 6,264"),
    ],
)
async def test_share_posts_the_answer_again_for_everyone(
    server: Server, question: str, options: dict[str, Any], finding: str
) -> None:
    shared = await share(server, question, **options)
    assert not shared.flags.ephemeral
    assert "Shared by Ben" in told(shared)
    assert finding in told(shared)
    await check_answer(shared)
    assert custom_id(shared, "takeback") == "stakes:takeback:s1"
    assert len(posted(server.channel)) == 1


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
    [shared] = posted(server.channel)
    assert name not in told(shared)
    assert f"one {unit}" in told(shared).casefold()
    assert all(name not in file.filename for file in shared.attachments)


async def test_the_picture_that_is_shared_names_nobody_either(server: Server) -> None:
    # two of the same stake leave the same numbers behind: only their names could tell them apart
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    private, shared = [], []
    for name in TIED:
        reply = await ask(server, "unstake", who=name)
        private.append(told(reply))
        await server.ben.click(reply.message, label="Share")
        [chart] = posted(server.channel)[-1].attachments
        shared.append(await chart.read())
    assert private[0] != private[1]
    assert shared[0] == shared[1]


@pytest.mark.parametrize("question", ["who", "unstake"])
async def test_ones_own_is_shared_by_name(server: Server, question: str) -> None:
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    options = {} if question == "who" else {"who": MODEL.upper()}
    shared = await share(server, question, **options)
    assert MODEL in plain(titles(shared)[0])
    if question == "unstake":
        assert MODEL in shared.attachments[0].description


async def test_a_link_that_was_taken_back_takes_the_name_along(server: Server) -> None:
    said(await server.ben.slash(server.channel, "account link", name=MODEL))
    reply = await ask(server, "who")
    said(await server.ben.slash(server.channel, "account unlink"))
    await server.ben.click(reply.message, label="Share")
    [shared] = posted(server.channel)
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
    view.add_item(QuestionButton("stakes", "share", 1, "Share"))
    channel = server.bot.get_channel(server.channel.id)
    assert isinstance(channel, discord.TextChannel)
    message = await channel.send("a button", view=view)
    clicked = await server.moderator.click(message, label="Share")
    assert "That answer is too old to be changed." in said(clicked).content
    assert posted(server.channel) == []
    await server.ben.click(message, label="Share")
    assert len(posted(server.channel)) == 1


async def test_a_question_that_is_gone_gets_a_sentence(server: Server) -> None:
    reply = await ask(server, "who", name=MODEL)
    await delete(server.database, server.ben.id)
    clicked = await server.ben.click(reply.message, label="Share")
    assert "too old to be changed" in said(clicked).content
    assert posted(server.channel) == []


async def test_share_still_works_after_a_restart(server: Server, settings: Any, source: SampleSource) -> None:
    reply = await ask(server, "unstake", who=MODEL)
    await server.bot.close()  # the process ends
    await server.env.restart_bot(create_bot(settings, source=source))
    await server.ben.click(reply.message, label="Share")
    [shared] = posted(server.channel)
    assert "If one model leaves" in told(shared)
    assert MODEL not in told(shared)


async def test_a_server_may_have_turned_sharing_off(server: Server) -> None:
    reply = await ask(server, "who", name=MODEL)
    said(await server.moderator.slash(server.channel, "setup sharing", allowed=False))
    clicked = await server.ben.click(reply.message, label="Share")
    assert said(clicked).content == "The moderators of this server have turned sharing off."
    assert posted(server.channel) == []


async def test_who_may_not_write_in_a_channel_may_not_share_there(server: Server) -> None:
    reply = said(await server.ben.slash(server.read_only, "stakes who", name=MODEL))
    clicked = await server.ben.click(reply.message, label="Share")
    assert "You can't write in this channel" in said(clicked).content
    assert posted(server.read_only) == []


async def test_what_can_no_longer_be_answered_is_a_sentence(server: Server, source: SampleSource) -> None:
    reply = await ask(server, "who", name=MODEL)
    question = await recall(server.database, 1, server.ben.id)
    assert question is not None
    await server.database.connection.execute(
        "UPDATE asked_questions SET arguments = json_set(arguments, '$.tournament', 'signals')"
    )
    clicked = await server.ben.click(reply.message, label="Share")
    assert "There are no numbers of Signals here" in said(clicked).content
    assert posted(server.channel) == []


@pytest.mark.parametrize(("question", "option"), [("who", "name"), ("unstake", "who")])
async def test_whoever_reads_it_can_try_their_own(server: Server, question: str, option: str) -> None:
    shared = await share(server, question, **{option: LARGEST})
    unlinked = said(await server.moderator.click(shared, label="Try mine"))
    assert "You have not linked a model yet." in unlinked.content
    said(await server.moderator.slash(server.channel, "account link", name=MODEL))
    mine = said(await server.moderator.click(shared, label="Try mine"))
    assert MODEL in plain(titles(mine)[0])
    await check_answer(mine)
    assert len(posted(server.channel)) == 1, "that answer is theirs alone"


@pytest.mark.parametrize(("question", "option"), [("who", "name"), ("unstake", "who")])
async def test_who_has_no_link_can_try_one_of_the_sample(server: Server, question: str, option: str) -> None:
    shared = await share(server, question, **{option: LARGEST})
    unlinked = await server.moderator.click(shared, label="Try mine")
    tried = said(await server.moderator.click(said(unlinked).message, label="Try a model of the sample"))
    assert MODEL in plain(titles(tried)[0])


@pytest.mark.parametrize(("question", "option"), [("who", "name"), ("unstake", "who")])
async def test_what_stands_behind_a_shared_answer_names_nobody(
    server: Server, question: str, option: str
) -> None:
    shared = await share(server, question, **{option: MODEL})
    assert MODEL not in plain(await all_told(server.moderator, shared))


async def test_pressed_twice_it_is_posted_once_and_can_be_taken_back(server: Server) -> None:
    reply = await ask(server, "concentration")
    for _ in range(2):
        pressed = await server.ben.click(reply.message, label="Share")
    assert "You have shared this here already." in said(pressed).content
    [shared] = posted(server.channel)
    await server.ben.click(shared, label="Delete")
    assert posted(server.channel) == []
