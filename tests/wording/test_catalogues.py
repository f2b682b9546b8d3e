"""Every catalogue says all that can be said, and nothing that no one says; Discord takes what it gives."""

import asyncio
import re
import unicodedata
from collections.abc import Iterator
from typing import Any

import pytest
from babel.messages.catalog import Message

from tests.wording.catalogues import (
    FOLDER,
    Sentence,
    bots_tree,
    in_rooms,
    in_source,
    of_commands,
    read,
    renewed,
    template,
    write,
)
from ui.server import CommandTongues
from wording.tongue import tongues

NEW = "run: make tongues, and translate what stands there without a translation"
MOST = 8000  # characters of a command, the longest of all tongues at each place


def messages(tongue: str) -> list[Message]:
    return [message for message in read(FOLDER / f"{tongue}.po") if message.id]


def forms(text: Any) -> list[str]:
    return [text] if isinstance(text, str) else list(text)


def key(message: Message) -> tuple[str | None, tuple[str, ...]]:
    return message.context, tuple(forms(message.id))


@pytest.fixture(scope="module")
def commands(tmp_path_factory: pytest.TempPathFactory) -> tuple[list[Sentence], list[dict[str, Any]]]:
    """What is said of the commands, and the commands as Discord gets them."""

    async def started() -> tuple[list[Sentence], list[dict[str, Any]]]:
        async with bots_tree(tmp_path_factory.mktemp("bot")) as tree:
            translator = CommandTongues()
            await tree.set_translator(translator)  # as the tree sends them
            told = [await each.get_translated_payload(tree, translator) for each in tree.get_commands()]
            return list(of_commands(tree)), told

    return asyncio.run(started())


@pytest.fixture
def said_of_commands(commands: tuple[list[Sentence], list[dict[str, Any]]]) -> list[Sentence]:
    return commands[0]


@pytest.fixture
def payloads(commands: tuple[list[Sentence], list[dict[str, Any]]]) -> list[dict[str, Any]]:
    return commands[1]


@pytest.mark.slow
def test_every_catalogue_says_all_and_nothing_else(said_of_commands: list[Sentence]) -> None:
    said = {key(each) for each in template([*said_of_commands, *in_rooms()]) if each.id}
    assert len(said) > 900
    for tongue in tongues():
        there = {key(message) for message in messages(tongue) if all(forms(message.string))}
        assert sorted(map(str, said - there)) == [], f"{tongue} lacks these: {NEW}"
        assert sorted(map(str, there - said)) == [], f"{tongue} has these, which nobody says: {NEW}"


@pytest.mark.parametrize("tongue", tongues())
def test_a_translation_has_the_same_places(tongue: str) -> None:
    for message in messages(tongue):
        wanted = re.findall(r"\{\w+\}", forms(message.id)[-1])
        for form in forms(message.string):
            assert sorted(re.findall(r"\{\w+\}", form)) == sorted(wanted), message.id
            assert form.count("**") == forms(message.id)[-1].count("**"), message.id


@pytest.mark.parametrize("tongue", tongues())
def test_a_catalogue_is_as_the_tool_writes_it(tongue: str, tmp_path: Any) -> None:
    file = FOLDER / f"{tongue}.po"
    again = tmp_path / file.name
    write(again, read(file))
    assert again.read_text(encoding="utf-8") == file.read_text(encoding="utf-8"), NEW


def is_name(text: str) -> bool:
    """Whether a command or an option may be called so: letters and numbers of any script, no capitals."""
    fits = all(letter in "-_'" or unicodedata.category(letter)[0] in "LN" for letter in text)
    return fits and 1 <= len(text) <= 32 and text == text.lower()


def parts(payload: dict[str, Any]) -> Iterator[dict[str, Any]]:
    """A command, and every command and option inside it."""
    yield payload
    for option in payload.get("options", ()):
        yield from parts(option)


def name_in(part: dict[str, Any], tongue: str) -> str:
    return (part.get("name_localizations") or {}).get(tongue, part["name"])


def weight(part: dict[str, Any]) -> int:
    """Characters of a command as Discord counts them: of each text its longest tongue."""
    longest = [
        max(map(len, [part.get(text, ""), *(part.get(f"{text}_localizations") or {}).values()]))
        for text in ("name", "description")
    ]
    choices = sum(
        max(map(len, [each["name"], *(each.get("name_localizations") or {}).values()]))
        + len(str(each["value"]))
        for each in part.get("choices", ())
    )
    return sum(longest) + choices + sum(map(weight, part.get("options", ())))


@pytest.mark.slow
def test_discord_takes_every_name_and_description(payloads: list[dict[str, Any]]) -> None:
    assert len(payloads) > 15
    for tongue in tongues():
        named = [(payload.get("type"), name_in(payload, tongue)) for payload in payloads]
        assert len(set(named)) == len(named), f"two commands are called alike in {tongue}"
        for part in (part for payload in payloads for part in parts(payload)):
            here = f"{tongue}: {part['name']}"
            if part.get("type") in (2, 3) and "options" not in part and "description" not in part:
                assert 1 <= len(name_in(part, tongue)) <= 32, here  # of a message's or a member's menu
                continue
            assert is_name(name_in(part, tongue)), here
            described = (part.get("description_localizations") or {}).get(tongue, part["description"])
            assert 1 <= len(described) <= 100, f"{here}: {len(described)} characters"
            for inside in ("options", "choices"):
                names = [name_in(each, tongue) for each in part.get(inside, ())]
                assert len(set(names)) == len(names), f"{here}: two {inside} are called alike: {names}"
            assert all(1 <= len(name_in(each, tongue)) <= 100 for each in part.get("choices", ())), here
    assert max(map(weight, payloads)) <= MOST


@pytest.mark.slow
def test_commands_are_named_in_japanese(payloads: list[dict[str, Any]]) -> None:
    by_name = {payload["name"]: payload for payload in payloads}
    payout = by_name["payout"]
    assert payout["name_localizations"] == {"ja": "報酬"}
    assert payout["description_localizations"] == {"ja": "報酬ルールによる稼ぎとバーン"}
    compare = next(each for each in payout["options"] if each["name"] == "compare")
    stake = next(each for each in compare["options"] if each["name"] == "stake")
    assert stake["name_localizations"] == {"ja": "ステーク"}
    basis = next(each for each in compare["options"] if each["name"] == "basis")
    assert [choice["name_localizations"]["ja"] for choice in basis["choices"]][:2] == [
        "当時のステーク",
        "固定",
    ]
    assert by_name["Add as statement"]["name_localizations"] == {"ja": "意見として追加"}


@pytest.mark.parametrize(
    ("source", "found"),
    [
        ('say("Share")', ["Share"]),
        ('GONE = marked("It is "\n  "gone.")\nraise ValueError(GONE)', ["It is gone."]),
        ('GONE = "Gone."\nraise ValueError(GONE)', ["Gone."]),
        ('raise ValueError("Too late.")', ["Too late."]),
        ('raise ValueError("too late")', []),
        ('raise ValueError(f"There is no {name}.")', []),
        ('say("One" if x else "Two")', ["One", "Two"]),
        ('say_counted("{count} day", "{count} days", n)', [("{count} day", "{count} days")]),
        ('Question(f, typed={"rounds": "Other rounds"}, files={"csv": ("CSV", f)})', ["Other rounds", "CSV"]),
        ('KEPT_OTHERWISE: tuple[str, ...] = ("One.", "Two.")', ["One.", "Two."]),
        ('other("Share", title="No")', []),
    ],
)
def test_what_is_read_off_the_source(source: str, found: list[Any]) -> None:
    assert [english for _, english in in_source(source)] == found


def test_a_sentence_that_no_catalogue_can_have_is_refused() -> None:
    with pytest.raises(ValueError, match="with braces"):
        list(in_source('say(f"There is no {name}.")'))


def test_a_catalogue_keeps_what_is_translated_and_drops_what_nobody_says() -> None:
    before = template([("", "Share"), ("command", "link"), ("", "Old")])
    for message, own in zip(
        [each for each in before if each.id], ("Teilen", "verbinden", "Alt"), strict=True
    ):
        message.string = own
    after = renewed(before, [("", "New"), ("command", "link"), ("", "Share"), ("", "link")], "de")
    assert [(each.context, each.id, each.string) for each in after if each.id] == [
        (None, "New", None), ("command", "link", "verbinden"), (None, "Share", "Teilen"),
        (None, "link", None),
    ]  # fmt: skip


def test_names_that_discord_refuses_are_seen() -> None:
    assert all(map(is_name, ("報酬", "ルールa", "what-if", "phase_in", "サーバー日数")))
    assert not any(map(is_name, ("", "Rule", "two words", "報酬！", "・", "a" * 33)))
