"""One interval for every mean and total over rounds: no feature resamples rounds for one of its own."""

import ast
from pathlib import Path

import pytest

FEATURES = Path(__file__).parents[2] / "features"
FILES = sorted(str(path.relative_to(FEATURES)) for path in FEATURES.rglob("*.py"))


@pytest.mark.parametrize("name", FILES)
def test_no_feature_resamples_rounds_for_a_mean(name: str) -> None:
    tree = ast.parse((FEATURES / name).read_text(encoding="utf-8"))
    imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
    assert "scoring.change.resampling" not in imported
