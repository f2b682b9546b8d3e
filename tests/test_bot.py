"""What a host sets, what Discord allows, and what the documents promise."""

import pkgutil
import re
from dataclasses import fields
from pathlib import Path
from typing import Any

import pytest
from discord import app_commands

from bot import Roundtable, Settings, create_bot
from storage.database import write_alone
from tests.offline import Server
from ui.question_buttons import QuestionButton

ROOT = Path(__file__).parent.parent


def test_the_example_lists_exactly_the_settings() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    listed = re.findall(r"^([A-Z_]+)=", example, flags=re.MULTILINE)
    assert sorted(listed) == sorted(field.name.upper() for field in fields(Settings))


def test_the_example_as_it_is_gives_the_defaults() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    values = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, flags=re.MULTILINE))
    assert Settings.from_env(values) == Settings.from_env({})


@pytest.mark.parametrize("name", ["DATA_SOURCE", "LOG_LEVEL", "SCORING_SCHEDULER"])
def test_a_bad_setting_is_named(name: str) -> None:
    with pytest.raises(ValueError, match=name):
        Settings.from_env({name: "nonsense"})


def test_the_token_is_kept_out_of_what_is_printed() -> None:
    assert "secret" not in repr(Settings.from_env({"DISCORD_TOKEN": "secret"}))


def test_building_a_bot_opens_nothing(tmp_path: Path) -> None:
    bot = create_bot(Settings.from_env({"DATABASE_PATH": str(tmp_path / "bot.sqlite3")}))
    assert isinstance(bot, Roundtable)
    assert list(tmp_path.iterdir()) == []
    assert bot.intents.value == 1, "the guilds intent and no other"
    assert bot.allowed_mentions is not None
    assert not any((bot.allowed_mentions.everyone, bot.allowed_mentions.users, bot.allowed_mentions.roles))


def commands_of(server: Server) -> list[app_commands.Command[Any, ..., Any]]:
    return [
        command for command in server.bot.tree.walk_commands() if isinstance(command, app_commands.Command)
    ]


async def test_every_command_fits_into_discords_limits(server: Server) -> None:
    tree = server.bot.tree
    menus = [command for command in tree.get_commands() if isinstance(command, app_commands.ContextMenu)]
    assert len(menus) <= 15
    assert all(1 <= len(menu.name) <= 32 for menu in menus)
    payloads = [command.to_dict(tree) for command in tree.get_commands() if command not in menus]
    assert len(payloads) <= 100

    def texts(payload: dict[str, Any]) -> list[str]:
        own = [payload["name"], payload["description"]]
        choices = [
            text for choice in payload.get("choices", []) for text in (choice["name"], choice["value"])
        ]
        return own + choices + [text for option in payload.get("options", []) for text in texts(option)]

    def check(payload: dict[str, Any]) -> None:
        assert re.fullmatch(r"[-_a-z0-9]{1,32}", payload["name"])
        assert 1 <= len(payload["description"]) <= 100, payload["name"]
        assert "…" not in payload["description"], f"{payload['name']} has no description of its own"
        assert len(payload.get("options", [])) <= 25
        assert len(payload.get("choices", [])) <= 25
        for option in payload.get("options", []):
            check(option)

    for payload in payloads:
        check(dict(payload))
        assert sum(len(str(text)) for text in texts(dict(payload))) <= 8000


async def test_every_option_is_described_and_free_text_is_completed(server: Server) -> None:
    for command in commands_of(server):
        for option in command.parameters:
            assert option.description != "…", f"/{command.qualified_name} {option.name}"


@pytest.mark.parametrize(
    ("noun", "verb", "custom_id"),
    [
        ("payout", "share", "payout:share:12345"),
        ("payout", "share-percent", "payout:share-percent:12345"),
    ],
)
async def test_a_share_button_keeps_the_ids_that_stand_under_posted_messages(
    noun: str, verb: str, custom_id: str
) -> None:
    button = QuestionButton(noun, verb, 12345)
    assert button.custom_id == custom_id
    match = QuestionButton.__discord_ui_compiled_template__.fullmatch(custom_id)
    assert match is not None
    again = await QuestionButton.from_custom_id(None, button.item, match)  # type: ignore[arg-type]
    assert (again.custom_id, again.verb, again.number) == (custom_id, verb, "12345")


async def test_a_bot_whose_place_was_taken_stops(server: Server) -> None:
    await server.bot.beat()
    assert not server.bot.is_closed()
    await write_alone(server.database, "UPDATE lease SET process = 'of another machine'")
    await server.bot.beat()
    assert server.bot.is_closed()
    assert "Another process has taken over" in str(server.bot.ended_by)


def test_every_question_that_is_stored_can_be_asked_again(server: Server) -> None:
    assert sorted(server.bot.questions.known) == [
        "ahead pay", "ahead power", "ahead restake", "ahead rounds", "ahead stake", "fund alignment",
        "fund combination", "fund rules", "opinion map", "payout compare", "payout rules", "payout show",
        "payout what-if", "plan drawdown", "plan overfit", "plan transition", "promise list",
        "proposal simulate", "record rerank", "record scores", "record show", "stakes concentration",
        "stakes history", "stakes influence", "stakes unstake", "stakes who", "weights compare",
        "weights redundancy", "weights split-test",
    ]  # fmt: skip


async def test_the_readme_lists_every_command(server: Server) -> None:
    readme = (ROOT / "README.md").read_text(encoding="utf-8")
    for command in commands_of(server):
        assert f"`/{command.qualified_name}" in readme, command.qualified_name


def test_the_makefile_explains_every_target() -> None:
    makefile = (ROOT / "Makefile").read_text(encoding="utf-8")
    for target in ("demo", "quick", "test", "check", "bench", "pictures"):
        assert re.search(rf'@echo "make {target}\b', makefile)


@pytest.mark.parametrize("page", ["README.md", "CHANGELOG.md", "CONTRIBUTING.md"])
def test_what_a_page_names_of_the_package_is_there(page: str) -> None:
    text = (ROOT / page).read_text(encoding="utf-8")
    for name in re.findall(r"`((?:scoring|governance)(?:\.[a-z_]+)+)`", text):
        if not name.endswith((".py", ".toml")):
            pkgutil.resolve_name(name)  # ImportError or AttributeError where it is not
