"""How many there are of a thing is said by one function: no sentence spells a plural of its own."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
ROOMS = ("bot.py", "cogs", "demo", "features", "governance", "storage", "tools.py", "ui", "wording")
UNMENDED = {"governance/proposals/parameters.py"}  # what is typed, in a form that stays as it was hashed

# between a number and what it counts there may be such words as "more" or "guessed", but none of these
BETWEEN = re.compile(
    r"\b(a|about|again|all|already|an|and|are|as|at|be|been|between|by|can|could|do|does|for|from|gain|had|has|"
    r"have|if|in|is|it|lie|lies|lose|lost|may|must|no|not|of|on|once|or|over|run|so|than|that|the|their|them|"
    r"there|they|to|under|was|were|which|who|whom|will|with|would)\b"
)
# words in s that count nothing: after a name or an amount, mostly verbs
NO_NOUNS = re.compile(
    r"agrees|always|announces|as|asks|beats|becomes|closes|comes|describes|does|ends|falls|fits|gives|goes|"
    r"grows|has|holds|is|its|joins|lacks|less|lies|lists|makes|names|needs|opens|pays|plus|repeats|replaces|"
    r"runs|says|sees|sets|stands|takes|this|times|types|was|wins|withdraws|works|yours"
)
AFTER = re.compile(r"^ ((?:[a-z-]+ ){0,2}?)([a-z]+s)\b")
TELLS_NO_COUNT = ("counted", "number", "amount", "percent", "spans", "span", "listed", "signed", "plus_minus")


def spelled_plurals(source: str) -> Iterator[tuple[int, str]]:
    """(line, what) of every number before a plural in a text, and of every s that depends on a number."""
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.JoinedStr):
            for value, after in zip(node.values, node.values[1:], strict=False):
                if isinstance(value, ast.FormattedValue) and isinstance(after, ast.Constant):
                    found = AFTER.match(str(after.value))
                    if not found or BETWEEN.search(found[1]) or NO_NOUNS.fullmatch(found[2]):
                        continue
                    if _counts(value.value):
                        yield node.lineno, f"{{{ast.unparse(value.value)}}}{found[0]}"
        if isinstance(node, ast.IfExp):
            ways = [each.value for each in (node.body, node.orelse) if isinstance(each, ast.Constant)]
            if "" in ways and {"s", "es"} & set(ways):
                yield node.lineno, ast.unparse(node)


def _counts(value: ast.expr) -> bool:
    """Whether it may be 1: what a constant says is known, and some functions write no bare number."""
    if isinstance(value, ast.Call):
        called = value.func.attr if isinstance(value.func, ast.Attribute) else getattr(value.func, "id", "")
        return called not in TELLS_NO_COUNT
    names = [each.id for each in ast.walk(value) if isinstance(each, ast.Name)]
    return not names or not all(name.isupper() for name in names)


def files() -> list[Path]:
    return [
        path for room in ROOMS for path in ([ROOT / room] if "." in room else (ROOT / room).rglob("*.py"))
    ]


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
