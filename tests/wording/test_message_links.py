"""Where a message is found again."""

from pathlib import Path

from wording.message_links import message_link

ROOT = Path(__file__).parents[2]


def test_a_message_has_an_address() -> None:
    assert message_link(1, 2, 3) == "https://discord.com/channels/1/2/3"


def test_what_is_shown_nowhere_has_none() -> None:
    assert message_link(1, None, 3) == message_link(1, 2, None) == ""


def test_no_other_file_builds_such_an_address() -> None:
    rooms = ("cogs", "features", "governance", "storage", "tournament", "ui", "wording")
    found = [
        path.relative_to(ROOT).as_posix()
        for room in rooms
        for path in (ROOT / room).rglob("*.py")
        if "discord.com/channels/" in path.read_text(encoding="utf-8")
    ]
    assert found == ["wording/message_links.py"]
