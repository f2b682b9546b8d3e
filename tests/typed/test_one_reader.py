"""One module reads the numbers that members type: a walk through every other one."""

import ast
import re
from collections.abc import Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent.parent
READER = "scoring/typed.py"
# files whose digits are no number that a member types, and why
NOT_TYPED = {
    "features/account/verify.py": "a code of ours in a profile",
    "features/lab/csv_file.py": "half a million cells of a file, as programs write them",
    "scoring/metrics/eras.py": "the number in the name of an era of a file",
    "features/lab/fund/returns.py": "cells of a file, as programs write them",
    "features/proposals/buttons.py": "the page in a custom id of ours",
    "features/proposals/steps.py": "the port in a link",
    "governance/commitments.py": "hashes",
    "governance/export.py": "hashes",
    "features/server/zones.py": "hours and minutes from UTC, as clocks write them",
    "governance/looks.py": "letters, for which digits are none",
    "governance/verification.py": "hashes",
    "governance/digest/summary.py": "the key of a week, chosen from a list",
    "governance/digest/promise.py": "a date",
    "governance/proposals/proposal.py": "a date",
    "governance/text.py": "numbered lists of Markdown",
    "governance/votes/ballots.py": "ballots as they are stored and counted, already spelled",
    "tournament/numerai/parse.py": "what the API sends",
    "ui/text.py": "signs of Markdown in what is shown",
    "ui/questions.py": "the number in a custom id, and the page of a menu of ours",
    "scoring/rules/__init__.py": "the id of a rule on record, and rules.toml",
    "governance/proposals/json_text.py": "JSON",
}
ROOMS = ("scoring", "governance", "storage", "tournament", "ui", "wording", "features", "cogs")
STR_METHODS = {
    "strip",
    "lstrip",
    "rstrip",
    "replace",
    "removeprefix",
    "removesuffix",
    "group",
    "lower",
    "casefold",
}
NUMBERS = {"float", "int", "Decimal", "Fraction", "complex"}
DIGITS = re.compile(r"\[\^?0-9|\\d|\[1-9|\[\.0-9")


def own_numbers(tree: ast.AST) -> Iterator[int]:
    """Lines at which a module reads digits by a pattern of its own, or makes a number of a text."""
    for node in ast.walk(tree):
        if not isinstance(node, ast.Call):
            continue
        called = node.func.attr if isinstance(node.func, ast.Attribute) else getattr(node.func, "id", "")
        of_re = isinstance(node.func, ast.Attribute) and getattr(node.func.value, "id", "") == "re"
        texts = [part.value for part in ast.walk(node) if isinstance(part, ast.Constant)]
        if of_re and any(isinstance(text, str) and DIGITS.search(text) for text in texts):
            yield node.lineno
        if called in ("isdigit", "isdecimal", "isnumeric"):
            yield node.lineno
        if called in NUMBERS and node.args and not isinstance(node.args[0], ast.Constant):
            source = node.args[0]
            method = (
                source.func.attr
                if isinstance(source, ast.Call) and isinstance(source.func, ast.Attribute)
                else ""
            )
            if method in STR_METHODS:
                yield node.lineno
    for function in ast.walk(tree):
        if not isinstance(function, ast.FunctionDef | ast.AsyncFunctionDef):
            continue
        texts = {
            each.arg
            for each in (*function.args.args, *function.args.kwonlyargs)
            if each.annotation is not None and ast.unparse(each.annotation).split(" |")[0] == "str"
        }
        for node in ast.walk(function):
            if not isinstance(node, ast.Call):
                continue
            called = getattr(node.func, "id", getattr(node.func, "attr", ""))
            if called in NUMBERS and any(getattr(value, "id", "") in texts for value in node.args):
                yield node.lineno


@pytest.mark.slow
def test_no_other_module_reads_numbers_from_what_members_type() -> None:
    found: dict[str, list[int]] = {}
    for room in ROOMS:
        for path in sorted((ROOT / room).rglob("*.py")):
            lines = sorted(set(own_numbers(ast.parse(path.read_text(encoding="utf-8")))))
            if lines:
                found[path.relative_to(ROOT).as_posix()] = lines
    assert found.pop(READER)
    assert {file: lines for file, lines in found.items() if file not in NOT_TYPED} == {}
    assert set(NOT_TYPED) - set(found) == set()


@pytest.mark.parametrize(
    "code",
    [
        're.fullmatch(r"[0-9]{1,4}", value)',
        're.compile(r"\\d+")',
        "float(match.group(1))",
        'int(value.strip("%"))',
        "text.isdigit()",
        "def f(typed: str): return float(typed)",
        "def f(*, typed: str | None): return Decimal(typed)",
    ],
)
def test_the_walk_finds_a_reader_of_its_own(code: str) -> None:
    assert list(own_numbers(ast.parse(code))) == [1]
