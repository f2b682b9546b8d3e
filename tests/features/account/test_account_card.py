"""Cards of the proof of an account, within Discord's limits and without anything that formats by accident."""

from datetime import UTC, datetime, timedelta

import pytest

from features.account.account_card import NO_KEYS, code_card, verified_card
from features.account.verify import Started
from storage.members.verifications import AccountVerification
from ui.card import fitting

NOW = datetime(2031, 5, 4, 12, tzinfo=UTC)
CODE = "0123456789abcdef01234567"
LONG, MARKED = ("quiet_heron_" * 9)[:100], "*_`~|" * 20


@pytest.mark.parametrize("name", ["heron", LONG, MARKED])
def test_a_code_card_has_the_names_and_the_time_but_not_the_code(name: str) -> None:
    card = code_card(Started(CODE, NOW, name, name))
    assert len(fitting(card)) == 1
    assert CODE not in card.said, "it stands above the card, alone"
    assert f"<t:{int(NOW.timestamp())}:t>" in card.text
    assert card.small == NO_KEYS
    if name == MARKED:
        assert MARKED not in card.said


@pytest.mark.parametrize(
    ("after", "words"),
    [
        (timedelta(seconds=-1), "today"),
        (timedelta(hours=23), "today"),
        (timedelta(days=1), "1 day ago"),
        (timedelta(days=1500), "1,500 days ago"),
    ],
)
def test_a_verified_card_says_how_long_ago(after: timedelta, words: str) -> None:
    card = verified_card(AccountVerification(1, "crypto", "heron", NOW, NOW + timedelta(days=7)), NOW + after)
    assert card.text == (
        f"You proved on 2031-05-04, {words}, that this Numerai account is yours. "
        "Last checked on 2031-05-11; it is checked again from 2031-08-09 on."
    )
    assert card.small == f"Numerai Crypto · {NO_KEYS}"
    assert card.after.startswith("**Who sees it** Only you.")


@pytest.mark.parametrize("name", [LONG, MARKED])
def test_a_verified_card_fits_whatever_the_account_is_called(name: str) -> None:
    card = verified_card(AccountVerification(1, "classic", name, NOW, NOW), NOW, new=True)
    assert len(fitting(card)) == 1
    assert card.after.startswith("**Now clear the bio** ")
