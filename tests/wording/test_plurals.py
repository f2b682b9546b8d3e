"""How many there are of a thing is said by one function: no sentence spells a plural of its own."""

from pathlib import Path

import pytest

from tests.wording.plurals import ones_before_plurals, spelled_plurals

ROOT = Path(__file__).parents[2]
ROOMS = ("bot.py", "cogs", "demo", "features", "governance", "storage", "tools.py", "ui", "wording")
UNMENDED = {"governance/proposals/parameters.py"}  # what is typed, in a form that stays as it was hashed


def files() -> list[Path]:
    return [
        path for room in ROOMS for path in ([ROOT / room] if "." in room else (ROOT / room).rglob("*.py"))
    ]


@pytest.mark.slow
def test_only_one_function_spells_a_plural() -> None:
    found = [
        f"{path.relative_to(ROOT)}:{line}: {what}"
        for path in files()
        if str(path.relative_to(ROOT)) not in UNMENDED
        for line, what in spelled_plurals(path.read_text(encoding="utf-8"))
    ]
    assert len(files()) > 100
    assert found == [], "say it with governance.text.counted"


@pytest.mark.parametrize(
    ("source", "seen"),
    [
        ('f"{n} rounds"', True),
        ('f"of {len(models):,} models of one account"', True),
        ('f"{n} more voters would"', True),
        ('f"{whole(x)} independent stretches"', True),
        ('''f"{n} round{'s' if n != 1 else ''}"''', True),
        ('"" if n == 1 else "es"', True),
        ('f"{LONGEST} characters"', False),
        ('f"{2 * FEWEST:,} voters"', False),
        ('f"""{counted(n, "round")} models"""', False),
        ('f"{name} wins"', False),
        ('f"{name} is one of the options"', False),
    ],
)
def test_what_counts_as_a_plural_of_its_own(source: str, seen: bool) -> None:
    assert bool(list(spelled_plurals(source))) == seen


@pytest.mark.parametrize(
    ("text", "seen"),
    [
        ("1 rounds", ["1 rounds"]),
        ("of 1 guessed accounts.", ["1 guessed accounts"]),
        ("1 round, 21 rounds, 1.1 rounds, rounds 1-1 and #1 wins", []),
        ("1 of 5 members", []),
    ],
)
def test_what_people_read_as_a_wrong_plural(text: str, seen: list[str]) -> None:
    assert ones_before_plurals(text) == seen
