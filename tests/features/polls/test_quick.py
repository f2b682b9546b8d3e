"""What is typed for a native poll, answer by answer."""

import pytest

from features.polls.opening import read_quick


@pytest.mark.parametrize("unseen", ["\ufe0f", "\u200d", "\u200b", "\u3164"])
def test_each_answer_is_cleaned_by_itself(unseen: str) -> None:
    assert read_quick("Tea?", f"yes;{unseen} no ;{unseen};b", 24) == ("Tea?", ["yes", "no", "b"])
