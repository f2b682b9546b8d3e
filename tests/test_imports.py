"""Who may import whom: the table of the house, checked over every import of every file, nested ones too."""

import ast
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent

# folder or file -> what it may import besides the standard library and itself
ALLOWED: dict[str, set[str]] = {
    "scoring": {"numpy"},
    "governance": {"scoring"},
    "storage": {"aiosqlite", "governance"},
    "tournament": {"numerapi", "requests", "numpy", "pandas", "scoring.rules"},
    "answers": {"numpy", "scoring", "governance", "storage", "tournament"},
    "charts": {"matplotlib", "numpy", "answers", "scoring", "governance"},
    "ui": {"discord", "answers", "scoring", "governance", "storage", "tournament.source"},
    "cogs": {"discord", "answers", "governance", "storage", "charts", "ui", "tournament.source"},
    "bot.py": {"aiohttp", "discord", "dotenv", "answers", "charts", "cogs", "storage", "tournament", "ui"},
}
# one file of a room -> what it alone may import besides
ALONE: dict[str, set[str]] = {
    "governance/proposal.py": {"pydantic"},
    "governance/opinion.py": {"numpy"},
    "tournament/cache.py": {"storage"},
}
UNBOUND = {"demo.py", "demo_card.py", "demo_votes.py", "benchmarks", "tests"}  # may import anything
OWN = set(ALLOWED) | {"bot", "demo", "benchmarks", "tests"}


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


def is_cog(file: Path) -> bool:
    return file.exists() and "Cog):" in file.read_text(encoding="utf-8").replace("Cog, group_name", "Cog):")


def rooms() -> list[str]:
    found = [path.name for path in ROOT.glob("*.py")]
    found += [path.name for path in ROOT.iterdir() if path.is_dir() and any(path.glob("*.py"))]
    return sorted(name for name in found if not name.startswith("."))


@pytest.mark.parametrize("room", rooms())
def test_a_room_imports_only_what_the_table_allows(room: str) -> None:
    if room in UNBOUND:
        return
    assert room in ALLOWED, f"{room} is not in the table: give it a row here and in CONTRIBUTING.md"
    place = ROOT / room
    for file in sorted(place.rglob("*.py")) if place.is_dir() else [place]:
        own = room.removesuffix(".py")
        for line, name in imports_of(file):
            if room == "cogs" and name.startswith("cogs.") and is_cog(place / f"{name.split('.')[1]}.py"):
                pytest.fail(f"{file.relative_to(ROOT)}:{line}: a cog imports another cog ({name})")
            more = ALONE.get(file.relative_to(ROOT).as_posix(), set())
            assert is_allowed(name, ALLOWED[room] | more | {own}), (
                f"{file.relative_to(ROOT)}:{line}: {room} may not import {name}"
            )


def test_a_breach_would_be_seen(tmp_path: Path) -> None:
    file = tmp_path / "breach.py"
    file.write_text("def f():\n    import pandas\n    from scoring import payout\n", encoding="utf-8")
    names = [name for _, name in imports_of(file)]
    assert names == ["pandas", "scoring.payout"]
    assert not is_allowed("pandas", ALLOWED["scoring"])
    assert not is_allowed("scoring.payout", ALLOWED["tournament"])
    assert is_allowed("scoring.rules", ALLOWED["tournament"])


def test_cogs_hold_no_sql_and_no_environment() -> None:
    for file in sorted((ROOT / "cogs").rglob("*.py")):
        text = file.read_text(encoding="utf-8")
        for word in ("SELECT ", "INSERT ", "UPDATE ", "DELETE ", "environ"):
            assert word not in text, f"{file.name} holds {word.strip()}"
