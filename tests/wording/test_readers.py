"""Members read what the bot says in their own tongue, and what everybody reads is the server's."""

import dataclasses
from collections.abc import AsyncIterator
from typing import Any

import pytest
import pytest_asyncio

from tests.loopback.server import ALICE, LoopbackDiscord, Person
from tests.offline import parts_of
from tests.test_process import ready_bot, told

pytestmark = [pytest.mark.slow, pytest.mark.asyncio(loop_scope="module")]

ENGLISH = dataclasses.replace(ALICE, locale="en-US")
JAPANESE = dataclasses.replace(ALICE, locale="ja")
GERMAN = dataclasses.replace(ALICE, locale="de")


@pytest_asyncio.fixture(scope="module", loop_scope="module")
async def discord(tmp_path_factory: pytest.TempPathFactory) -> AsyncIterator[LoopbackDiscord]:
    folder = tmp_path_factory.mktemp("running")
    async with LoopbackDiscord() as discord_server, ready_bot(discord_server, folder):
        yield discord_server


def labels(reply: Any) -> list[str]:
    return [part["label"] for part in parts_of(reply) if "label" in part and "custom_id" in part]


async def test_commands_are_synced_with_their_names_in_japanese(discord: LoopbackDiscord) -> None:
    poll = next(each for each in discord.commands[None] if each["name"] == "poll")
    assert poll["name_localizations"] == {"ja": "投票"}
    assert poll["description_localizations"] == {"ja": "誰でも再集計できる投票"}


@pytest.mark.parametrize(
    ("member", "heading", "buttons"),
    [
        (JAPANESE, "### 何を知りたいですか？", ["自分の報酬は？", "検索"]),
        (ENGLISH, "### What do you want to know?", ["What was I paid?", "Search"]),
        (GERMAN, "### What do you want to know?", ["What was I paid?", "Search"]),
    ],
)
async def test_the_welcome_card(
    discord: LoopbackDiscord, member: Person, heading: str, buttons: list[str]
) -> None:
    reply = await discord.command("help", member=member)
    assert told(reply).startswith(heading)
    assert (labels(reply)[0], labels(reply)[-1]) == tuple(buttons)
    [menu] = [part for part in parts_of(reply) if "options" in part]
    assert ("報酬" in [option["label"] for option in menu["options"]]) == (member is JAPANESE)


@pytest.mark.parametrize(
    ("member", "sentence"),
    [
        (JAPANESE, "グループの名前にコンマやセミコロンは使えません。名前の区切りに使うためです。"),
        (ENGLISH, "A group's name has no comma and no semicolon: those stand between names."),
        (GERMAN, "A group's name has no comma and no semicolon: those stand between names."),
    ],
)
async def test_an_error(discord: LoopbackDiscord, member: Person, sentence: str) -> None:
    reply = await discord.command(
        "account group", options={"name": "a, b", "who": "model_07585"}, member=member
    )
    assert reply.content == sentence


async def test_a_name_that_is_not_there(discord: LoopbackDiscord) -> None:
    reply = await discord.command("account link", options={"name": "model_0758"}, member=JAPANESE)
    assert reply.content.startswith("「model_0758」というモデルまたはアカウントはこのデータにありません。")
    assert reply.content.endswith(" のことですか？")
    assert "model_07585" in labels(reply)


async def test_a_sentence_that_no_catalogue_has_stays_english(discord: LoopbackDiscord) -> None:
    asked = {"name": "herd", "who": "model_07585, model_07585_2, a, b, c"}
    reply = await discord.command("account group", options=asked, member=JAPANESE)
    assert reply.content == "That is 5 models or accounts; 4 at most fit in one answer."


async def test_a_link_is_told_with_its_numbers(discord: LoopbackDiscord) -> None:
    member = dataclasses.replace(JAPANESE, name="kei")
    reply = await discord.command("account link", options={"name": "model_07585"}, member=member)
    assert "### 連携: model\\_07585" in told(reply) or "### 連携: model_07585" in told(reply)
    assert "年" in told(reply).split("-# ")[-1]
    shown = await discord.command("privacy show", member=member)
    assert "あなたについて" in told(shown)
    assert labels(shown) == ["詳細", "データを受け取る", "すべて削除"]
    behind = await discord.click(shown, label="詳細")
    assert "それぞれの目的" in told(behind)


async def test_an_answer_is_shared_as_the_server_reads(discord: LoopbackDiscord) -> None:
    asked = {"proposed": "1C3T", "who": "model_07585"}
    reply = await discord.command("payout compare", options=asked, member=JAPANESE)
    assert labels(reply)[:2] == ["共有", "詳細"]
    lines = [option["label"] for part in parts_of(reply) for option in part.get("options", ())]
    assert {"別のルール …", "直近 50"} <= set(lines)
    how = await discord.click(reply, label="共有")
    assert how.content == "どのように共有しますか？"
    sent = len(discord.requests_to("POST", "/webhooks/*/*"))
    await discord.click(how, label="NMR の額も含める")
    await discord.wait_for_request("POST", "/webhooks/*/*", count=sent + 1)
    [shared] = discord.posts()
    assert "Shared by Alice" in told(shared)
    assert labels(shared) == ["Try mine", "Details", "Delete"]


async def test_a_form_and_its_refusal(discord: LoopbackDiscord) -> None:
    shown = await discord.command("help", member=JAPANESE)
    asked = await discord.click(shown, label="検索")
    assert asked.modal is not None
    assert (asked.modal["title"], asked.modal["components"][0]["label"]) == ("検索", "何をお探しですか？")
    refused = await discord.submit(asked, {"text": "ふくろう"}, under=shown)
    assert refused.content.startswith("「ふくろう」というコマンドも")
    assert labels(refused) == ["フォームに戻る"]


@pytest.mark.parametrize(
    ("words", "heading", "command"),
    [
        ("投票 新規", "### /投票 新規", "poll new"),
        ("poll new", "### /投票 新規", "poll new"),
        ("/集中度", "### 「/集中度」で 2 件見つかりました", "stakes concentration"),
        ("べき乗則", "### 「べき乗則」で 1 件見つかりました", "stakes concentration"),
        ("実績", "### 実績 についてできること", "record show"),
        ("power law", "### 「power law」で 1 件見つかりました", "stakes concentration"),
    ],
)
async def test_commands_are_found_by_japanese_words(
    discord: LoopbackDiscord, words: str, heading: str, command: str
) -> None:
    found = told(await discord.command("help", options={"command": words}, member=JAPANESE))
    assert found.startswith(heading)
    assert f"</{command}:" in found


async def test_a_command_is_explained_in_japanese(discord: LoopbackDiscord) -> None:
    card = told(await discord.command("help", options={"command": "payout show"}, member=JAPANESE))
    assert "あなたの稼ぎ、未確定分、そのすべてのラウンド\n\nステークのあるラウンドだけを数えます。" in card
    assert "**対象（任意）**\nモデル、アカウント、複数、自分のグループ、または everyone。" in card
    assert "**year" not in card
    card = told(await discord.command("help", options={"command": "payout show"}, member=GERMAN))
    assert "**who (optional)**\nA model, an account" in card
    assert "Only rounds with a stake count." in card


async def test_commands_are_offered_by_japanese_names(discord: LoopbackDiscord) -> None:
    offered = await discord.autocomplete("help", "command", "報酬 比", member=JAPANESE)
    assert offered == [{"name": "報酬 比較 · payout compare", "value": "payout compare"}]
    offered = await discord.autocomplete("help", "command", "payout co", member=ENGLISH)
    assert offered == [{"name": "payout compare", "value": "payout compare"}]
