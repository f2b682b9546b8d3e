"""One interval for every mean and total over rounds: no feature resamples rounds for one of its own."""

import ast
from pathlib import Path

FEATURES = Path(__file__).parents[2] / "features"


def test_no_feature_resamples_rounds_for_a_mean() -> None:
    files = sorted(FEATURES.rglob("*.py"))
    assert files
    for file in files:
        tree = ast.parse(file.read_text(encoding="utf-8"))
        imported = {node.module for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert "scoring.change.resampling" not in imported, file
