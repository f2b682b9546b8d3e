"""docs/hosting.md: every setting, every quoted line of the log, every figure of a monitor."""

import re
from dataclasses import fields
from datetime import timedelta
from pathlib import Path

import health
from features.server.leaving import KEPT_FOR
from kept import AT_ONCE
from settings import Settings

ROOT = Path(__file__).parents[2]
TEXT = (ROOT / "docs" / "hosting.md").read_text(encoding="utf-8")
ROOMS = ("bot.py", "health.py", "settings.py", "shards.py", "storage", "tournament", "ui", "features", "cogs")
NUMBERS = {2: "two", 4: "four", 6: "six"}


def rows(heading: str) -> list[list[str]]:
    """The cells of a table, row by row."""
    found = re.search(rf"^\| {re.escape(heading)} \|.*\n\|[ -|]*\n((?:\|.*\n)+)", TEXT, re.MULTILINE)
    assert found is not None, heading
    return [[cell.strip() for cell in row.strip("|").split("|")] for row in found[1].splitlines()]


def test_every_setting_is_told_with_its_default() -> None:
    example = (ROOT / ".env.example").read_text(encoding="utf-8")
    defaults = dict(re.findall(r"^([A-Z_]+)=(.*)$", example, re.MULTILINE))
    told = {name.strip("`"): default.strip("`") for name, default, _ in rows("setting")}
    assert told == {field.name.upper(): defaults[field.name.upper()] for field in fields(Settings)}


def test_every_line_of_the_log_stands_in_the_code() -> None:
    files = [
        file for room in ROOMS for file in ((ROOT / room).rglob("*.py") if "." not in room else [ROOT / room])
    ]
    code = "\n".join(file.read_text("utf-8") for file in files)
    joined = re.sub(r'"\s*\n\s*f?"', "", code)  # a sentence that goes over lines
    told = rows("message")
    assert len(told) > 20
    for message, remedy in told:
        assert all(part.strip() == "" or part in joined for part in message.strip("`").split("…")), message
        for job in re.findall(r"`([a-z]+ing [\w ]+)`", remedy):
            assert f'Job("{job}"' in joined, job


def test_what_monitors_are_told_is_what_they_are_answered() -> None:
    named = {name for cells in rows("of /health") for name in re.findall(r"`(\w+)`", cells[0])}
    assert named == {field.name for field in fields(health.Health)}
    code = (ROOT / "health.py").read_text(encoding="utf-8")
    for [name, *_] in rows("figure"):
        own = name.strip("`").removeprefix("roundtable_").removesuffix("_total")
        assert (
            own == "process_resident_memory_bytes" or f'"{own}"' in code or f'"roundtable_{own}"' in code
        ), name


def test_times_and_limits_are_those_of_the_code() -> None:
    assert f"removed after {KEPT_FOR.days} days" in TEXT
    assert f"worked on {NUMBERS[AT_ONCE]} at a time" in TEXT
    assert f"more than {NUMBERS[health.WITHOUT_COPY.days]} days ago" in TEXT
    assert f"more than {NUMBERS[health.WITHOUT_NUMERAI // timedelta(hours=1)]} hours ago" in TEXT
    limits = ((ROOT / "compose.yaml").read_text(), (ROOT / "hosting" / "roundtable.service").read_text())
    assert "mem_limit: 1g" in limits[0]
    assert "MemoryMax=1G" in limits[1]
    assert "stop the bot at 1 GB" in TEXT
