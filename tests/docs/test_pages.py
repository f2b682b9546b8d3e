"""What the documents name is there: files, sections, pictures, commands, targets, settings, figures."""

import json
import re
import struct
from dataclasses import fields
from pathlib import Path

import pytest
from discord import app_commands

from demo.__main__ import IN_DOCS
from demo.picture import PHONE
from demo.tour import TOUR
from settings import Settings, tasks_typed
from tests.offline import Server
from wording.methods import anchor

ROOT = Path(__file__).parents[2]
PAGES = (
    "README.md",
    "CONTRIBUTING.md",
    "benchmarks/README.md",
    "data/sample/README.md",
    *(f"docs/{page.name}" for page in sorted((ROOT / "docs").glob("*.md"))),
)
LARGEST = 100_000  # bytes of a picture: a repository keeps every version of it


def read(page: str) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def without_code(text: str) -> str:
    return re.sub(r"```.*?```|`[^`\n]*`", "", text, flags=re.DOTALL)


def headings(page: str) -> set[str]:
    return {anchor(heading) for heading in re.findall(r"^#+ (.+)$", read(page), re.MULTILINE)}


def spans(text: str) -> list[str]:
    """What stands in backticks, on one line or on two."""
    plain = re.sub(r"```.*?```", "", text, flags=re.DOTALL)
    return [" ".join(span.split()) for span in re.findall(r"`([^`]+)`", plain)]


def bench_rows() -> set[str]:
    """The rows of `make bench`, read and not imported: the modules bring everything along."""
    tables = (
        re.search(r"^BENCHMARKS = \{([^}]*)\}", file.read_text("utf-8"), re.MULTILINE)
        for file in (ROOT / "benchmarks").rglob("*.py")
    )
    return {row for table in tables if table is not None for row in re.findall(r'"([a-z-]+)":', table[1])}


@pytest.mark.parametrize("page", PAGES)
def test_every_link_leads_to_a_file_and_a_section(page: str) -> None:
    text = without_code(read(page))
    links = re.findall(r"\]\(([^)\s]+)\)", text) + re.findall(r'src="([^"]+)"', text)
    for link in links:
        if link.startswith("https://"):
            continue
        name, _, section = link.partition("#")
        target = (ROOT / page).parent / name if name else ROOT / page
        assert target.resolve().exists(), link
        assert not section or section in headings(str(target.resolve().relative_to(ROOT))), link


@pytest.mark.parametrize("page", PAGES)
def test_every_target_task_and_file_that_is_typed_is_there(page: str) -> None:
    text = read(page)
    makefile = read("Makefile")
    code = "\n".join([*spans(text), *re.findall(r"```(?:sh)?\n(.*?)```", text, re.DOTALL)])
    for target in re.findall(r"\bmake ([a-z]+)\b", code):
        assert re.search(rf"^{target}:", makefile, re.MULTILINE), target
    for task in re.findall(r"python bot\.py ([a-z]+)", code):
        tasks_typed().parse_args([task] if task in ("check", "health") else [task, "FILE"])
    for path in re.findall(r"(?<![\w/.-])((?:tests|hosting|benchmarks|demo)/[\w/.-]+)", code):
        assert (ROOT / path).exists(), path
    asked = re.findall(r"make bench ROW=([a-z-]+)", code)
    assert set(asked) - (bench_rows() if asked else set()) == set()


@pytest.mark.parametrize("page", PAGES)
def test_every_setting_that_is_named_is_one(page: str) -> None:
    named = {span.partition("=")[0] for span in spans(read(page))}
    names = {field.name.upper() for field in fields(Settings)}
    in_code = {  # constants of Python that CONTRIBUTING and others name are in capitals as well
        word
        for file in (ROOT / "benchmarks").rglob("*.py")
        for word in re.findall(r"\b[A-Z_]+\b", file.read_text())
    }
    like_settings = {name for name in named if re.fullmatch(r"[A-Z]+(?:_[A-Z]+)+", name)}
    assert like_settings - names - in_code == set()


async def test_every_command_that_is_named_can_be_typed(server: Server) -> None:
    walked = list(server.bot.tree.walk_commands())
    options = {
        command.qualified_name: {option.display_name for option in command.parameters}
        for command in walked
        if isinstance(command, app_commands.Command)
    }
    groups = {command.qualified_name for command in walked} - set(options)
    answered = set(re.findall(r'add_get\("(/\w+)"', read("health.py")))
    found = 0
    for page in set(PAGES) - {"CONTRIBUTING.md"}:  # which adds a command that is invented
        for span in spans(read(page)):
            if not re.fullmatch(r"/[a-z].*", span) or span in answered or "/" in span[1:]:
                continue
            words = span[1:].split(":")[0].split()
            typed = " ".join(words[:2] if " ".join(words[:2]) in options else words[:1])
            assert typed in options or span[1:] in groups, f"{page}: {span}"
            assert set(re.findall(r"([a-z_]+):", span)) <= options.get(typed, set()), f"{page}: {span}"
            found += 1
    assert found > 150


def test_the_pictures_are_those_of_the_tour_and_every_one_is_shown() -> None:
    there = {picture.stem for picture in (ROOT / "docs").glob("*.png")}
    assert there == set(IN_DOCS)
    assert there <= {step.name for step in TOUR}
    shown = {
        Path(name).stem for page in PAGES for name in re.findall(r'(?:\]\(|src=")([\w/-]+\.png)', read(page))
    }
    assert shown == there


@pytest.mark.parametrize("name", sorted(IN_DOCS))
def test_a_picture_is_small_and_as_wide_as_it_is_said(name: str) -> None:
    png = (ROOT / "docs" / f"{name}.png").read_bytes()
    assert len(png) <= LARGEST
    wide, _ = struct.unpack(">II", png[16:24])
    assert (wide <= PHONE[0]) == (IN_DOCS[name] == PHONE)


def test_figures_beside_a_claim_stand_in_what_shows_it() -> None:
    rows = re.search(r"\| claim \| shown by \|\n\| --- \| --- \|\n((?:\|.*\n)+)", read("README.md"))
    assert rows is not None
    checked = 0
    for row in rows[1].splitlines():
        _, claim, shown, _ = row.split("|")
        files = [ROOT / path for path in re.findall(r"tests/[\w/.]+", shown)]
        files += [ROOT / "tests" / name for name in re.findall(r"make (fuzz|soak|audit)", shown)]
        texts = "".join(
            file.read_text("utf-8")
            for path in files
            for file in (path.rglob("*.py") if path.is_dir() else [path])
        )
        for number in re.findall(r"(?<![\d.])\d[\d,]{2,}\b", claim):
            if number != "390":  # of the window: its height is what is measured
                assert re.search(rf"\b{number.replace(',', '_?')}\b", texts), (claim, number)
                checked += 1
    assert checked >= 3


def test_what_the_first_picture_says_is_what_the_bot_answers() -> None:
    """The numbers of that answer in its description, as the tour's test holds them."""
    held = json.loads(read("tests/demo/numbers.json"))["everyone-all-rounds"]
    [alt] = re.findall(r'everyone-all-rounds\.png"[^>]*alt="([^"]+)"', read("README.md"))
    told = re.findall(r"\d+,\d{3}", alt)
    assert told
    assert [number for number in told if number not in {each.strip("−+-") for each in held}] == []


def test_every_button_of_the_guide_is_one() -> None:
    labels = set(re.findall(r"(?<!\*)\*([A-Z][\w ]*)\*(?!\*)", read("docs/guide.md")))
    rooms = [file for room in ("ui", "features", "cogs") for file in (ROOT / room).rglob("*.py")]
    code = "\n".join(file.read_text("utf-8") for file in rooms)
    assert {"Share", "Details", "Vote"} <= labels
    assert [label for label in labels if f'"{label}"' not in code] == []
