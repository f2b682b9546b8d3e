"""What proposals would have paid on made-up rows: softening, owners, baselines and rhythms by hand."""

from dataclasses import replace
from typing import Any

import numpy as np
import pytest

from features.payout.compare import compare_payouts
from features.simulation.pay_windows import rounds_a_week
from features.simulation.proposal_impact import proposal_impact
from scoring.rules import parse_rule, rule_in_force
from tests.features.simulation.proposed import (
    FALLING,
    NAN,
    MadeUp,
    calendar,
    made_up,
    pay_of,
    proposal,
    rows_of,
    stakes_of,
)
from tournament.sample import SampleSource
from tournament.source import EVERYONE

# ---------------------------------------------------------------- the sample, by pandas


async def test_daily_rounds_are_priced_the_same_by_both() -> None:
    made = MadeUp(rows_of([[0.02, 0.2, -0.4]], tc=0.01, first=600), calendar(3, first=600, days=1))
    for text, clip in (("2C1T", 0.05), ("2C1T clip 0.1", 0.1), ("2C1T clip 0.25", 0.25)):
        impact = pay_of(await proposal_impact(made, proposal(rule=text), baseline="1C"))
        compared = await compare_payouts(made, EVERYONE, text, current="1C", rounds="all")
        pay = [100 * max(-clip, min(clip, 2 * corr + 0.01)) for corr in (0.02, 0.2, -0.4)]
        np.testing.assert_allclose(compared.proposed.by_round, pay)
        assert impact.windows[0].new == pytest.approx(sum(pay))
        assert impact.windows[0].old == pytest.approx(compared.current.total) == pytest.approx(2 + 5 - 5)


async def test_a_clip_is_kept_on_rounds_of_the_rhythm_it_was_typed_for() -> None:
    rows = rows_of([[0.2, 0.5, -0.4]], first=1343)
    rows = replace(rows, scores={"corr60": rows.scores["corr"], "mmc60": rows.scores["tc"]})
    made = MadeUp(rows, calendar(3, first=1343))
    got = pay_of(await proposal_impact(made, proposal(rule="3xCORR60 clip 0.3"), baseline="3xCORR60"))
    assert got.windows[0].old == pytest.approx(100 * (0.6 + 1 - 1))  # the clip in force is 1
    assert got.windows[0].new == pytest.approx(100 * (0.3 + 0.3 - 0.3))
    assert got.more_when == "Never: both rules weigh the scores alike."


# ---------------------------------------------------------------- notice, phase-in, grandfathering by hand


@pytest.mark.parametrize(
    ("terms", "name", "costs"),
    [
        ({"notice_weeks": 2}, "notice", [4, 5, 6, 6, 6]),
        ({"notice_weeks": 3}, "notice", [7, 8, 9, 9]),
        ({"phase_in_rounds": 4}, "phase_in", [2 + 1.5 + 1.5 + 0.75, 2 + 2.25 + 1.5 + 0.75, 7.5]),
        # only who is there in the first round keeps the old rule
        ({"compensation": "grandfathering", "grandfathering_rounds": 4}, "grandfather", [8, 8, 12]),
        ({"notice_weeks": 2, "phase_in_rounds": 2}, "together", [2 + 2 + 3 + 1.5, 2 + 3 + 3 + 1.5, 10.5]),
        ({"compensation": "full"}, "together", [0] * 6),
    ],
)
async def test_softening_by_hand(terms: dict[str, Any], name: str, costs: list[float]) -> None:
    # 1xCORR gives way to nothing: what is softened is what is paid in all
    made = made_up(FALLING, stakes_of([100, 100]))
    impact = pay_of(await proposal_impact(made, proposal(rule="0xCORR + 1xTC", **terms), baseline="1xCORR"))
    (window,) = impact.windows
    assert (window.old, window.new, window.difference) == (pytest.approx(16), 0, pytest.approx(-16))
    np.testing.assert_allclose(getattr(window.rolling, name), costs)
    assert window.result.costs.compensation == pytest.approx(16)
    assert window.losing == 0.5  # 12 and 4 NMR of 100


async def test_who_loses_more_than_the_threshold() -> None:
    made = made_up(FALLING, stakes_of([100, 100]))
    for threshold, share in ((0.0, 1.0), (0.05, 0.5), (0.13, 0.0)):
        got = await proposal_impact(
            made, proposal(rule="0C1T"), baseline="1xCORR", losing_more_than=threshold
        )
        assert pay_of(got).windows[0].losing == share


async def test_models_of_one_account_count_together() -> None:
    corr = [[0.02, 0.02], [-0.01, -0.01], [0.01, NAN]]
    together = made_up(corr, stakes_of([1, 1, 1], [0, 0, 1]))
    (window,) = pay_of(await proposal_impact(together, proposal(rule="0C1T"), baseline="1xCORR")).windows
    np.testing.assert_allclose(window.result.gains.difference, [-2, -1])
    np.testing.assert_allclose(window.stake, [200, 100])
    apart = made_up(corr)  # nobody says whose they are
    impact = pay_of(await proposal_impact(apart, proposal(rule="0C1T"), baseline="1xCORR"))
    np.testing.assert_allclose(impact.windows[0].result.gains.difference, [-4, 2, -1])
    assert (impact.unit, impact.guessed) == ("model", False)


@pytest.mark.parametrize(("days", "per_week"), [(7, 1), (1, 5), (14, 1), (2, 4)])
async def test_weeks_of_notice_are_as_many_rounds_as_open_in_them(days: int, per_week: int) -> None:
    # every second day: 4 and 3 a week in turn
    known = calendar(40, days=days)
    assert rounds_a_week(known, 355) in ({4, 3} if days == 2 else {per_week})
    made = MadeUp(rows_of([[0.02] * 40]), known)
    got = pay_of(await proposal_impact(made, proposal(rule="0C1T", notice_weeks=2), baseline="1xCORR"))
    assert got.terms.notice == 2 * rounds_a_week(known, 355)
    np.testing.assert_allclose(got.windows[0].rolling.notice, 2 * got.terms.notice)


async def test_the_rule_in_force_in_the_newest_scored_round_is_the_baseline() -> None:
    made = made_up([[0.01] * 3], tc=0.01)  # rounds 316-318: up to 1xCORR + 2xTC
    impact = pay_of(await proposal_impact(made, proposal(rule="2C1T")))
    assert (impact.old.short, impact.new.short) == ("1xCORR + 2xTC", "2xCORR + 1xTC")
    assert impact.windows[0].difference == 0
    assert impact.finding == ("2xCORR + 1xTC would have paid the same as 1xCORR + 2xTC over rounds 316-318.")
    assert impact.headline == "2xCORR + 1xTC: the same over rounds 316-318"


async def test_the_live_rule_as_a_baseline() -> None:
    made = made_up([[0.01] * 3], tc=0.01)
    live = parse_rule("1xTC", rule_in_force("classic", round=316))
    got = pay_of(await proposal_impact(replace(made, announced=live), proposal(rule="2C"), baseline="Live"))
    assert (got.windows[0].old, got.windows[0].new) == (pytest.approx(3), pytest.approx(6))
    with pytest.raises(ValueError, match=r"^Made up announces no live rule"):
        await proposal_impact(made, proposal(rule="2C"), baseline="live")


async def test_windows_that_agree_need_no_reason(source: SampleSource) -> None:
    pay = pay_of(await proposal_impact(source, proposal(rule="2C6T")))
    assert (pay.why, pay.disagree) == ("", False)
    assert ", and " in pay.finding
    long = replace(pay, new=replace(pay.new, multipliers=dict.fromkeys(("corr", "tc", "fnc_v3"), 1.123456)))
    assert long.headline.startswith("New rule: ")
