"""The rules on record, as the tests of rules name them."""

from pathlib import Path

from scoring.rules import (
    load_rules,
    rule_in_force,
)

SAMPLE = Path(__file__).parents[3] / "data" / "sample"
RULES = load_rules()
BASE = rule_in_force("classic", round=600)
