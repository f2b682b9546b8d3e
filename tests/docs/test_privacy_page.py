"""docs/privacy.md says what the database holds and what `/privacy show` tells, in the same words."""

import re
from pathlib import Path

from features.server import leaving
from storage.market import api_answers
from storage.members import questions, shared, typed, verifications
from storage.members.privacy import KEPT_OTHERWISE, PERSONAL_TABLES

TEXT = (Path(__file__).parents[2] / "docs" / "privacy.md").read_text(encoding="utf-8")
ROWS = {
    name: (why, long)
    for name, why, long in re.findall(r"^\| ([^|]+?) \| ([^|]+?) \| ([^|]+?) \|$", TEXT, re.MULTILINE)
    if name not in ("what", "---")
}


def test_every_kind_that_is_kept_is_told_and_no_other() -> None:
    assert {name: why for name, (why, _) in ROWS.items()} == {
        kind.name: kind.why for kind in PERSONAL_TABLES.values()
    }


def test_what_deleting_leaves_is_told() -> None:
    left = re.search(r"## What deleting leaves\n((?:- .*\n)+)", TEXT)
    assert left is not None
    assert left[1].splitlines() == [f"- {sentence}" for sentence in KEPT_OTHERWISE]


def test_times_are_those_of_the_code() -> None:
    def long(table: str) -> str:
        return ROWS[PERSONAL_TABLES[table].name][1]

    assert long("asked_questions").startswith(f"{questions.KEPT_FOR.days} days")
    assert long("typed_forms").startswith(f"{typed.KEPT_FOR.days} days")
    assert long("verification_codes") == f"{verifications.VALID.seconds // 60} minutes"
    assert long("shared_answers") == f"the newest {shared.KEPT_PER_MEMBER}"
    assert f"and {leaving.KEPT_FOR.days} days longer" in TEXT
    assert f"kept for {api_answers.KEPT_FOR.days} days" in TEXT
