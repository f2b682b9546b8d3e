"""What is left of a change once stakes followed it: by pandas, by hand, and what it refuses."""

from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from features.ahead.sizing.restake import level_told, restaked
from features.ahead.sizing.restake_card import restake_answer
from features.ahead.sizing.stake_chart import picture_of_restaking
from tests.features.ahead.records import NAN, Ahead, ahead_of, lucky
from tests.ui.cards import check_answer
from tournament.sample import SampleSource
from tournament.source import SourceError

ASKED = {"rule": "1C3T", "current": None, "elasticity": 0.0, "tournament": "classic"}


def below_one(source: Ahead) -> Ahead:
    known = source.known_rounds
    return replace(source, known_rounds=replace(known, payout_factor=0.5 * known.payout_factor))


@pytest.mark.slow
async def test_the_sample_by_pandas(source: SampleSource, rows: pd.DataFrame) -> None:
    """As shipped, with interim rows, the ratio is .59: see the tests of scoring.ahead."""
    some = rows[(rows["stake_nmr"] > 0) & rows["corr"].notna() & rows["tc"].notna()]
    new, old = (
        ((a * some["corr"] + b * some["tc"]) * some["stake_nmr"]).groupby(some["round"]).sum()
        for a, b in ((1, 3), (2, 1))
    )
    found = await restaked(source, "1C3T", current="2C1T")
    assert found.means == pytest.approx(
        (new.sum() / some["stake_nmr"].sum(), old.sum() / some["stake_nmr"].sum())
    )
    assert found.ratio.mean == pytest.approx(new.sum() / old.sum())
    assert found.ratio.mean == pytest.approx(0.516, abs=0.001)
    assert found.finding == "If nobody restakes, 1xCORR + 3xTC pays 48 % less per NMR than 2xCORR + 1xTC"
    assert (await restaked(source, "1C3T", current="2C1T", elasticity=1.0)).finding == (
        "If stakes follow pay, 1xCORR + 3xTC pays per NMR what 2xCORR + 1xTC does: the mix is left"
    )
    half = await restaked(source, "1C3T", current="2C1T", elasticity=0.5)
    assert half.level(0.5) == pytest.approx(found.ratio.mean**0.5 - 1)
    for each in (found, half):
        check_answer(restake_answer(each, {**ASKED, "elasticity": each.elasticity}, [("1xCORR", "1xCORR")]))
        assert picture_of_restaking(each).png.startswith(b"\x89PNG")
    jack = [
        (new.sum() - new.iloc[at : at + 10].sum()) / (old.sum() - old.iloc[at : at + 10].sum())
        for at in range(0, 120, 10)
    ]
    # a jackknife by blocks of ten rounds has about the same error
    error = np.sqrt(11 / 12 * np.sum((jack - np.mean(jack)) ** 2))
    assert found.ratio.se == pytest.approx(error, rel=0.5)


async def test_by_hand() -> None:
    made = below_one(ahead_of(lucky(60), tc=0.02))
    scores = np.array(lucky(60)).mean()
    found = await restaked(made, "1C1T", current="2C", elasticity=0.5)
    ratio = (scores + 0.02) / (2 * scores)
    assert found.ratio.mean == pytest.approx(ratio)
    assert found.follows
    assert found.level(0) == pytest.approx(ratio - 1)
    assert found.level(0.5) == pytest.approx(ratio**0.5 - 1)
    assert found.level(1) == 0
    low, high = found.band(0)
    assert (low, high) == pytest.approx((found.ratio.low - 1, found.ratio.high - 1))
    assert found.band(1) == (0, 0)


async def test_where_the_factor_is_1_stakes_change_nothing() -> None:
    found = await restaked(ahead_of(lucky(60), tc=0.02), "1C1T", current="2C", elasticity=1.0)
    assert not found.follows
    assert found.level(1) == found.level(0) != 0
    assert found.finding.startswith("At a payout factor of 1 stakes change no pay: 1xCORR + 1xTC pays ")
    check_answer(restake_answer(found, {**ASKED, "elasticity": 1.0}))


async def test_rules_that_pay_alike() -> None:
    made = below_one(ahead_of(lucky(60), tc=0.02))
    same = await restaked(made, "2C", current="2C")
    assert same.finding == "2xCORR is compared with itself, so stakes have nothing to follow"
    alike = await restaked(made, "2C", current="2C clip 0.2")
    assert alike.finding == "If nobody restakes, 2xCORR pays per NMR what 2xCORR clip 0.2 does"
    check_answer(restake_answer(same, ASKED))


@pytest.mark.parametrize(
    ("made", "asked", "sentence"),
    [
        (ahead_of(lucky(60)), {"rule": "1C", "elasticity": 0.3}, "An elasticity is one of 0, 0.5, 1."),
        (ahead_of(lucky(60)), {"rule": "1xMMC"}, "This data has no MMC"),
        (ahead_of(lucky(60)), {"rule": "7xLUCK"}, "“LUCK” is not a score I know"),
        (ahead_of(lucky(14)), {"rule": "1C", "current": "2C"}, "14 rounds can be compared; 15 are needed"),
        (
            ahead_of([[NAN] * 60, *lucky(60, 1)], stake=0.0),
            {"rule": "1C", "current": "2C"},
            "0 rounds can be",
        ),
        (ahead_of(lucky(60, mean=-0.02)), {"rule": "1C", "current": "2C"}, "may as well have paid nothing"),
        (ahead_of(lucky(60), tc=-0.5), {"rule": "1T", "current": "2C"}, "may as well have paid nothing"),
    ],
)
async def test_what_cannot_be_asked(made: Ahead, asked: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is compared
        await restaked(made, **asked)  # type: ignore[arg-type]
    assert sentence in str(refused.value)


async def test_nothing_was_read_yet() -> None:
    with pytest.raises(SourceError):
        await restaked(replace(ahead_of(lucky(60)), rows=None), "1C")


def test_levels_are_told() -> None:
    assert [level_told(each) for each in (-0.41, 0.0, -0.001, 0.5)] == ["−41 %", "0 %", "0 %", "+50 %"]
