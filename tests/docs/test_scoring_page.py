"""The examples of docs/scoring.md, run as they are printed."""

import contextlib
import io
import math
import re
from pathlib import Path

import pytest

TEXT = (Path(__file__).parents[2] / "docs" / "scoring.md").read_text(encoding="utf-8")
EXAMPLES = re.findall(
    r"^## (.+)\n(?:(?!## ).*\n)*?```python\n((?:.*\n)*?)```\n\n```text\n((?:.*\n)*?)```", TEXT, re.MULTILINE
)
NUMBER = re.compile(r"-?\d[\d,]*(?:\.\d+)?")


@pytest.mark.slow
@pytest.mark.parametrize(
    ("code", "printed"), [pair[1:] for pair in EXAMPLES], ids=[pair[0] for pair in EXAMPLES]
)
def test_an_example_prints_what_stands_under_it(code: str, printed: str, tmp_path: Path) -> None:
    told = io.StringIO()
    with contextlib.chdir(tmp_path), contextlib.redirect_stdout(told):
        exec(compile(code, "docs/scoring.md", "exec"), {"__name__": "example"})  # noqa: S102 - our own page
    assert NUMBER.sub("#", told.getvalue()).split() == NUMBER.sub("#", printed).split()
    for found, said in zip(NUMBER.findall(told.getvalue()), NUMBER.findall(printed), strict=True):
        last = 10.0 ** -len(said.partition(".")[2])  # of the digits that are printed
        there, here = (float(number.replace(",", "")) for number in (found, said))
        assert math.isclose(there, here, abs_tol=1.01 * last), (found, said)


def test_there_are_three_and_none_is_long() -> None:
    assert len(EXAMPLES) == TEXT.count("```python") == 3
    assert all(len(re.findall(r"^.+$", code, re.MULTILINE)) <= 20 for _, code, _ in EXAMPLES)
