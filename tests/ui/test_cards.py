"""Every card within Discord's limits, whatever the result; percentages without amounts."""

import asyncio
from dataclasses import replace
from datetime import UTC, date, datetime
from typing import Any

import discord
import numpy as np
import pytest

from features.account.account_card import account_card
from features.account.link import LinkedAccount
from features.earnings.earnings import PayRecord
from features.earnings.earnings_card import record_answer
from features.payout.at_risk import BASES
from features.payout.compare import compare_payouts
from features.payout.compare_card import comparison_answer
from features.payout.compare_chart import picture_of_comparison
from features.payout.comparison import PayoutComparison, Side
from features.payout.what_if import what_if
from features.payout.what_if_card import what_if_answer
from features.rules.rules import timeline
from features.rules.rules_card import rules_answer
from features.server.privacy_card import kept_answer
from scoring.rules import PayoutRule, load_rules
from storage.members.links import AccountLink
from storage.members.privacy import KEPT_OTHERWISE, PERSONAL_TABLES
from tests.ui.cards import check, check_answer
from tournament.sample import SampleSource
from tournament.source import EVERYONE
from ui.card import Card, drawn_once
from ui.drawing import Picture
from ui.text import plain

LONG, MARKED = ("quiet_heron_" * 9)[:100], "*_`~|" * 20
ALL_SCORES = " + ".join(
    f"1{n}.125x{score}" for n, score in enumerate(["CORR", "MMC", "TC", "FNCv3", "FNCv4", "CORR60", "MMC60"])
)


ASKED = {
    "proposed": "1C3T", "current": None, "rounds": None, "stake": None, "basis": "stake of the time",
    "name": "x", "tournament": "classic", "rule": None, "scores": "", "factor": None,
}  # fmt: skip


def comparison(name: str, scale: float = 1.0, rounds: int = 20, **changed: Any) -> PayoutComparison:
    at = np.arange(rounds)
    sides = [Side(ALL_SCORES, ALL_SCORES, scale * np.sin(at + phase), 0.004) for phase in (0, 2)]
    plain = PayoutComparison(
        name, "account", 1_234_567, "NMR", 168 + at, date(2031, 5, 4), date(2031, 9, 14), sides[0], sides[1],
        (-scale, scale), 10, rounds, "Never.", (), ("Nothing.",), "Numerai Classic",
        date(2031, 10, 1), usd=(date(2031, 10, 1), 19.4), asked_at=datetime(2031, 10, 2, tzinfo=UTC),
    )  # fmt: skip
    return replace(plain, **changed)


def record(name: str, scale: float = 1.0, rounds: int = 158, pending: int = 30) -> PayRecord:
    at = np.arange(rounds)
    scores = {score: np.where(at % 3 == 0, np.nan, np.sin(at)) for score in ("corr", "mmc", "fnc_v3")}
    return PayRecord(
        name, "account", 1_234_567, 168 + at, np.ones(rounds), scale * np.cos(at),
        scale * np.abs(np.cos(at)), scores,
        at < rounds - pending, 77 * at, "Numerai Classic", date(2031, 10, 1), (date(2031, 10, 1), 19.4),
        datetime(2031, 10, 2, tzinfo=UTC), "These numbers are from yesterday: Numerai does not answer.",
    )  # fmt: skip


@pytest.mark.parametrize("name", [LONG, MARKED, "x"])
@pytest.mark.parametrize("scale", [1e13, 1.0, 1e-9, 0.0])
def test_extreme_results_fit_and_names_do_not_format(name: str, scale: float) -> None:
    shown = plain(name)
    for rounds in (1, 158):
        compared = check_answer(comparison_answer(comparison(name, scale, rounds), ASKED))
        assert f"For **{shown} (" in compared
        recorded = check_answer(record_answer(record(name, scale, rounds, 1), ASKED))
        assert f"{shown} (1,234,567 models) · " in recorded


@pytest.mark.parametrize("sentence", ["Left out: 12 rows that had no stake.", "a_b*c " * 8])
def test_many_warnings_and_assumptions_fit(sentence: str) -> None:
    many = (sentence,) * 60
    found = comparison("x", warnings=many, assumptions=many[:20], notice=sentence)
    told = check_answer(comparison_answer(found, ASKED))
    assert told.count(plain(sentence.strip())) == 81
    check_answer(record_answer(replace(record("x"), notice=" ".join(many)), ASKED))


def test_a_record_lists_every_round_in_line() -> None:
    pages = record_answer(record("x", pending=2), ASKED).details
    assert [page.small for page in pages] == ["* pending", *[""] * (len(pages) - 1)]
    lines = [line for page in pages for line in page.text.split("```")[1].strip("\n").split("\n")]
    header, rows = lines[0], [line for line in lines if line[0] != "r"]
    assert [int(line[:4]) for line in rows] == list(range(325, 167, -1))
    assert [line[4] for line in rows] == ["*"] * 2 + [" "] * 156
    assert len({len(line) for line in lines}) == 1
    assert len(header) <= 26  # a phone wraps longer ones
    small = record_answer(record("x", 1e-9), ASKED).details[0].text.split("```")[1].strip("\n").split("\n")
    assert {len(line) for line in small} == {len(header)}


def test_a_record_says_when_more_of_it_is_final() -> None:
    at = datetime(2031, 10, 5, tzinfo=UTC)
    told = record_answer(replace(record("x", pending=2), next_final=at), ASKED).card.heading
    assert told.endswith(f" pending in 2, the next is final <t:{int(at.timestamp())}:R>")


@pytest.mark.slow
@pytest.mark.parametrize("basis", BASES)
@pytest.mark.parametrize("stake", [None, 130])
@pytest.mark.parametrize("name", ["model_02765", "account_06446", EVERYONE])
async def test_what_is_shared_in_percent_tells_neither_amounts_nor_names(
    source: SampleSource, name: str, stake: float | None, basis: str
) -> None:
    for rule in ("1xCORR + 3xTC", "2C1T clip 0.05 threshold 150K", "classic-2023-10-07"):
        got = await compare_payouts(source, name, rule, rounds="300-325", stake=stake, basis=basis, unit="%")
        shown = got.for_others(None)
        told = check_answer(comparison_answer(shown, ASKED | {"basis": basis}))
        assert "NMR" not in told
        assert "USD" not in told
        assert name == EVERYONE or name not in discord.utils.remove_markdown(told)
    alt = (await asyncio.to_thread(picture_of_comparison, shown)).alt
    assert "NMR" not in alt
    assert name == EVERYONE or name not in alt


@pytest.mark.parametrize(
    ("scores", "stake", "rule"),
    [
        ("corr 0.02, tc -0.01", 11_000_000, "1xCORR + 3xTC"),
        ("corr -1, tc -1", 1e-12, "1000C1000T clip 0.001"),
        ("c .1, m .1, t .1, fncv3 .1, fncv4 .1, corr60 .1, mmc60 .1", 1, ALL_SCORES.replace(" ", "")),
    ],
)
async def test_what_if_fits(source: SampleSource, scores: str, stake: float, rule: str) -> None:
    for factor in (None, 1e-12, 1.0):
        found = await what_if(source, scores, stake, rule=rule, factor=factor)
        check_answer(what_if_answer(found, ASKED, [("1C3T", "1C3T")]))


@pytest.mark.parametrize("rule", load_rules(), ids=lambda rule: rule.id)
async def test_every_rule_fits_on_its_card(rule: PayoutRule) -> None:
    shown = await timeline(rule.tournament, None)
    answer = rules_answer(shown, rule, {"tournament": rule.tournament, "rule": rule.id})
    check_answer(answer)
    assert answer.card.small.startswith(rule.id)
    assert f"**From** {rule.effective_on}" in answer.card.text
    assert answer.menus[0].chosen.change == {"rule": rule.id}


@pytest.mark.parametrize("tournament", ["classic", "signals", "crypto"])
async def test_a_timeline_has_every_rule_newest_first(tournament: str) -> None:
    answer = rules_answer(await timeline(tournament, None), None, {"tournament": tournament, "rule": None})
    check_answer(answer)
    expected = [str(rule.effective_on) for rule in load_rules() if rule.tournament == tournament]
    for told, count in ((answer.details[0], len(expected)), (answer.card, 6)):
        days = [line.removeprefix("✗ ")[2:12] for line in told.text.split("\n")]
        assert days == sorted(expected, reverse=True)[:count]


@pytest.mark.parametrize("name", [LONG, MARKED])
def test_what_is_kept_of_a_member_fits(name: str) -> None:
    link = AccountLink(1, name, "account", "classic", datetime(2031, 10, 1, tzinfo=UTC))
    linked = LinkedAccount(link, ("a",) * 999, 168, 325, 158, 1e7, "Numerai Classic", date(2031, 10, 1))
    assert account_card(linked).heading == f"Linked: {plain(name)}"
    check(account_card(linked))
    kept = {
        table: [dict.fromkeys((*kind.shows, "member_id"), name * 9)] * 50
        for table, kind in PERSONAL_TABLES.items()
    }
    answer = kept_answer(kept, PERSONAL_TABLES, KEPT_OTHERWISE)
    behind = check_answer(answer)
    for kind in PERSONAL_TABLES.values():
        assert f"• {kind.name}: 50" in answer.card.text
        assert kind.why in behind
    assert behind.count("and 47 more: see Take it along") == sum(
        bool(k.shows) for k in PERSONAL_TABLES.values()
    )


def test_a_kept_card_has_its_picture_drawn_once_with_a_title_and_once_without() -> None:
    drawn: list[bool] = []

    def draw(titled: bool) -> Picture:
        drawn.append(titled)
        return Picture(b"", "made up")

    card = drawn_once(Card("A finding", draw=draw))
    assert card.draw is not None
    assert [card.draw(titled).alt for titled in (False, True, False, True)] == ["made up"] * 4
    assert drawn == [False, True]
    assert drawn_once(Card("No picture")).draw is None
