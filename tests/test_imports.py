"""Who may import whom: the table of the house, held over every import of every file, nested ones too."""

import ast
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent


@dataclass(frozen=True)
class Room:
    """A row of the table: what stands in a folder or file, and what it may import besides itself."""

    says: str
    own: tuple[str, ...] = ()
    others: tuple[str, ...] = ()


HOUSE = {
    "scoring": Room(
        "numbers in, numbers out; opens its own `rules.toml`, and what `python -m scoring` is given",
        (),
        ("numpy", "scipy"),
    ),
    "governance": Room(
        "what proposals, ballots, promises, opinions and summaries say, and how they are counted",
        ("scoring",),
    ),
    "storage": Room("rows in SQLite: one function per query", ("governance",), ("aiosqlite",)),
    "tournament": Room(
        "where the numbers come from, as frozen arrays: the bundled sample, and Numerai's API",
        ("scoring.rules",),
        ("aiohttp", "aiolimiter", "numpy", "pandas"),
    ),
    "wording": Room(
        "numbers, names and fixed sentences as people read them, each in their tongue",
        ("scoring.rules", "scoring.typed", "governance.text", "tournament.source"),
        ("babel", "numpy"),
    ),
    "logs.py": Room("what is logged, and how: one line an event", ("storage.errors",), ("discord",)),
    "ui": Room(
        "what all cards share: their parts, errors, pages, sharing, posting, the drawing thread",
        ("governance.text", "storage", "tournament.source", "wording", "kept", "logs"),
        ("discord", "matplotlib", "numpy"),
    ),
    "shards.py": Room("several connections to Discord, and what each of them tells", (), ("discord",)),
    "kept.py": Room("what many ask for is worked out once, and everybody gets their turn"),
    "tools.py": Room(
        "what every command and button works with",
        ("storage.database", "storage.upkeep.files", "tournament.source", "ui", "wording", "kept"),
        ("discord",),
    ),
    "features": Room(
        "one folder per noun: the question answered",
        ("scoring", "governance", "storage", "tournament", "wording", "kept"),
        ("numpy",),
    ),
    "cogs": Room(
        "what people type, one file per noun: hears a question, says the answer; never another cog",
        ("governance", "storage", "tournament.source", "ui", "wording", "tools", "features"),
        ("discord",),
    ),
    "settings.py": Room("what a host decides, read from the environment"),
    "health.py": Room(
        "what a host's monitor asks: whether all is well, and figures",
        ("storage", "tools", "wording"),
        ("aiohttp", "discord", "prometheus_client"),
    ),
    "bot.py": Room(
        "the bot built from the settings, start and stop, and what hosts type",
        (
            "scoring.kernels",
            *("storage", "tournament", "ui", "tools", "features", "cogs", "logs", "settings", "health"),
            "shards",
        ),
        ("aiohttp", "discord", "dotenv"),
    ),
}
# files of a feature that stand nearer to Discord: what they may import besides
DISCORD = ("_card", "forms", "dialogs", "buttons", "posting")
NEARER = {
    "*_card, forms, dialogs, buttons, posting": Room(
        "the only files of a feature that know Discord", ("ui", "tools"), ("discord",)
    ),
    "*_chart": Room("the only files of a feature that know matplotlib", ("ui.drawing",), ("matplotlib",)),
}
# a feature imports those of lower floors, never one beside it
FLOORS = (
    ("meta_model",),
    ("rules",),
    ("account", "earnings", "payout", "polls", "promises", "opinions", "server"),
    ("stakes",),
    ("simulation",),
    ("ahead", "digest", "lab", "plan", "proposals", "warnings"),
)
# one file -> what it alone may import besides
ALONE = {
    "scoring/__main__.py": ("fastparquet", "pandas"),
    "scoring/metrics/cluster.py": ("dask", "distributed"),
    "scoring/kernels/__init__.py": ("numba",),
    "scoring/weights/soft_cap.py": ("clarabel",),
    "governance/proposals/proposal.py": ("pydantic",),
    "governance/opinions/map.py": ("numpy",),
    "governance/opinions/alike.py": ("numpy",),
    "governance/opinions/groups.py": ("numpy",),
    "governance/opinions/clusters.py": ("numpy",),
    "governance/opinions/components.py": ("numpy",),
    "governance/opinions/order.py": ("numpy",),
    "governance/votes/dealings.py": ("numpy",),
    "governance/votes/secrecy.py": ("numpy",),
    "features/lab/parquet_reader.py": ("fastparquet", "fsspec", "pandas"),
    "tournament/numerai/cache.py": ("storage",),
    "tournament/numerai/field/kept.py": ("storage",),
}
UNBOUND = {"demo", "benchmarks", "tests"}  # may import anything
GENERATED = {"governance/verify.py"}
MOST_FILES = 14
MOST_LINES = 320


def table() -> str:
    """The table as CONTRIBUTING.md shows it."""
    lines = ["| room | in a sentence | may import |", "| --- | --- | --- |"]
    for name, room in [*HOUSE.items(), *NEARER.items()]:
        shown = name if name.endswith(".py") or name in NEARER else f"{name}/"
        own = ", ".join(f"`{each}`" for each in room.own)
        told = "; ".join(part for part in (own, ", ".join(room.others)) if part)
        lines.append(f"| `{shown}` | {room.says} | {told} |")
    alone = "; ".join(f"`{file}` also {', '.join(more)}" for file, more in ALONE.items())
    floors = " < ".join(", ".join(floor) for floor in FLOORS)
    return "\n".join([*lines, "", f"Alone: {alone}.", "", f"Floors of `features/`: {floors}."])


def imports_of(file: Path) -> list[tuple[int, str]]:
    found = []
    for node in ast.walk(ast.parse(file.read_text(encoding="utf-8"))):
        if isinstance(node, ast.Import):
            found += [(node.lineno, alias.name) for alias in node.names]
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{file}:{node.lineno}: relative import"
            # `from scoring import rules` may mean the module scoring.rules: name both
            found += [(node.lineno, f"{node.module}.{alias.name}") for alias in node.names]
    return found


def is_allowed(name: str, allowed: set[str]) -> bool:
    parts = name.split(".")
    return parts[0] in sys.stdlib_module_names or any(
        ".".join(parts[:depth]) in allowed for depth in range(1, len(parts) + 1)
    )


def knows_discord(stem: str) -> bool:
    return stem.endswith(DISCORD)


def allowed_in(path: str) -> set[str]:
    """What a file may import, given its path from the top folder."""
    room = path.split("/")[0]
    row = HOUSE[room]
    allowed = {*row.own, *row.others, *ALONE.get(path, ())}
    if room != "features":
        return allowed | {room.removesuffix(".py")}
    stem = path.rsplit("/", 1)[-1].removesuffix(".py")
    if knows_discord(stem) or stem.endswith("_chart"):
        nearer = NEARER["*_chart" if stem.endswith("_chart") else next(iter(NEARER))]
        allowed |= {*nearer.own, *nearer.others}
    return allowed


def refused(path: str, name: str) -> str | None:
    """Why a file may not import a name; None where it may."""
    parts = name.split(".")
    if path.startswith("cogs/") and parts[0] == "cogs":
        return "a cog imports another cog"
    if not (path.startswith("features/") and parts[0] == "features"):
        return None if is_allowed(name, allowed_in(path)) else "it is not in the table"
    stem = path.rsplit("/", 1)[-1].removesuffix(".py")
    floor = {feature: at for at, floor in enumerate(FLOORS) for feature in floor}
    here, there = path.split("/")[1], parts[1]
    if here != there and floor[there] >= floor[here]:
        return "that feature is not on a lower floor"
    target = parts[2] if len(parts) > 2 else ""
    if not knows_discord(stem) and (knows_discord(target) or target.endswith("_chart")):
        return "a plain file of a feature knows neither Discord nor matplotlib"
    return None


def files() -> list[str]:
    found = [path for path in ROOT.rglob("*.py") if not any(part[0] == "." for part in path.parts)]
    return sorted({path.relative_to(ROOT).as_posix() for path in found} - GENERATED)


@pytest.mark.parametrize("room", sorted({path.split("/")[0] for path in files()} - UNBOUND))
def test_a_room_imports_only_what_the_table_allows(room: str) -> None:
    assert room in HOUSE, f"{room} is not in the table: give it a row here"
    for path in files():
        if path.split("/")[0] != room:
            continue
        for line, name in imports_of(ROOT / path):
            why = refused(path, name)
            assert why is None, f"{path}:{line}: {name}: {why}"


def test_a_breach_would_be_seen(tmp_path: Path) -> None:
    file = tmp_path / "breach.py"
    file.write_text("def f():\n    import pandas\n    from scoring import payout\n", encoding="utf-8")
    names = [name for _, name in imports_of(file)]
    assert names == ["pandas", "scoring.payout"]
    assert refused("scoring/payout.py", "pandas")
    assert refused("tournament/sample.py", "scoring.payout")
    assert refused("tournament/sample.py", "scoring.rules") is None
    assert refused("features/payout/compare.py", "discord")
    assert refused("features/payout/compare.py", "features.payout.compare_card.compare_card")
    assert refused("features/payout/compare_card.py", "discord") is None
    assert refused("features/payout/compare_card.py", "matplotlib")
    assert refused("features/payout/compare.py", "features.stakes.holders")
    assert refused("features/stakes/holders.py", "features.payout.compare") is None
    assert refused("cogs/poll.py", "cogs.proposal")
    assert refused("bot.py", "matplotlib")


def test_contributing_shows_this_table() -> None:
    assert table() in (ROOT / "CONTRIBUTING.md").read_text(encoding="utf-8"), (
        "put what `python tests/test_imports.py` prints into CONTRIBUTING.md"
    )


def test_no_folder_has_more_files_than_one_can_look_over() -> None:
    folders = [path.rpartition("/")[0] for path in files()]
    crowded = {folder: folders.count(folder) for folder in folders if folders.count(folder) > MOST_FILES}
    assert not crowded


def test_no_file_is_longer_than_one_can_look_over() -> None:
    lines = {path: len((ROOT / path).read_text(encoding="utf-8").splitlines()) for path in files()}
    assert {path: count for path, count in lines.items() if count > MOST_LINES} == {}


def test_cogs_hold_no_sql_and_no_environment() -> None:
    for path in (ROOT / "cogs").rglob("*.py"):
        text = path.read_text(encoding="utf-8")
        for word in ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "environ"):
            assert word not in text, f"{path.name} holds {word.strip()}"


@pytest.mark.slow
def test_no_two_classes_have_one_name() -> None:
    found: dict[str, list[str]] = {}
    for path in files():
        if path.startswith("tests/"):
            continue
        for node in ast.parse((ROOT / path).read_text(encoding="utf-8")).body:
            if isinstance(node, ast.ClassDef):
                found.setdefault(node.name, []).append(path)
    assert len(found) > 150, "the classes are looked for in the wrong place"
    assert {name: where for name, where in found.items() if len(where) > 1} == {}


def test_text_is_made_safe_for_discord_in_one_place() -> None:
    for path in files():
        if path.startswith("tests/") or path == "ui/text.py":
            continue
        text = (ROOT / path).read_text(encoding="utf-8")
        assert "escape_markdown" not in text, path
        assert "escape_mentions" not in text, path
        assert "bullets([plain(" not in text, f"{path}: bullets make their text safe themselves"


if __name__ == "__main__":
    sys.stdout.write(table() + "\n")
