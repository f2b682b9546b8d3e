"""Whether anybody beat the fund: by hand, where somebody did, in the bundled sample, and refused."""

import math
from dataclasses import replace
from datetime import date

import numpy as np
import pytest

from features.lab.fund.combination import (
    EDGES,
    FundCombination,
    best_window,
    combination_of,
    fund_combination,
)
from features.lab.fund.combination_card import combination_answer, combination_card, how_sure
from features.lab.fund.panel import fund_rounds, read_panel
from features.meta_model.implied import meta_model_of
from tests.features.lab.fund.fields import calendar, field_of_scores, moving
from tournament.sample import SampleSource
from tournament.source import TournamentField

DAY = date(2031, 6, 1)
ASKED = {"rounds": None, "tournament": "classic"}


def found_in(
    corr: np.ndarray,
    rounds: str | None = None,
    alike: np.ndarray | float = 0.6,
    stake: np.ndarray | float = 100.0,
) -> FundCombination:
    field = field_of_scores(corr, alike=alike, stake=stake)
    return combination_of(*field, rounds, "Invented", DAY)


# ---------------------------------------------------------------- by hand


def test_the_window_with_the_most_scores_of_whole_columns() -> None:
    scored = np.zeros((6, 5), dtype=bool)
    scored[:, :2] = True
    scored[2:5] = True
    assert best_window(scored, 2) == (2, 5)  # 3 x 5 against 6 x 2
    assert best_window(scored, 4) == (0, 6)
    scored[5, 0] = False
    assert best_window(scored, 5) == (0, 5)
    assert best_window(scored, 6) == (0, 0)  # one whole column is no field
    by_hand = [
        (rows * count, stop, rows)
        for stop in range(1, 7)
        for start in range(stop)
        if (rows := stop - start) >= 2 and (count := int(scored[start:stop].all(axis=0).sum())) >= 2
    ]
    _, stop, rows = max(by_hand)
    assert best_window(scored, 2) == (stop - rows, stop)


def test_the_panel_by_hand_and_bounded() -> None:
    corr = np.array([[0.01, 0.02, np.nan], [0.03, 0.04, 0.05]])
    everyone, rounds = field_of_scores(corr, stake=np.array([[1.0, 5.0, 9.0]] * 2))
    known = fund_rounds(everyone, rounds)
    np.testing.assert_array_equal(known.numbers, [201, 202])
    np.testing.assert_array_equal(known.held, [2, 10, 9])
    np.testing.assert_array_equal(known.scored, [[True, True, False], [True, True, True]])
    np.testing.assert_allclose(known.corr, [0.11 / 3.6, 0.68 / 9])  # stake x CORR by stake x correlation
    np.testing.assert_allclose(known.mean_score, [0.11 / 6, 0.68 / 15])
    panel = read_panel(known, known.numbers, np.arange(3))
    np.testing.assert_array_equal(panel.scores["corr"], corr)
    assert panel.left_out == ""
    few = read_panel(known, known.numbers, np.arange(3), most=4)
    np.testing.assert_array_equal(few.models, [1, 2])
    np.testing.assert_array_equal(few.scores["corr"], corr[:, 1:])
    assert few.left_out == "Of 3 models the 2 with the largest stakes are looked at."


def test_interim_rows_are_not_looked_at() -> None:
    everyone, rounds = field_of_scores(np.full((3, 2), 0.01))
    rows = everyone.read(everyone.numbers)
    field = TournamentField.of(replace(rows, resolved=rows.round < 203))
    np.testing.assert_array_equal(fund_rounds(field, rounds).numbers, [201, 202])


@pytest.mark.slow
def test_a_model_that_is_better_is_seen() -> None:
    rng = np.random.default_rng(3)
    corr = moving(rng, 120, 12) + 0.02
    corr[:, 4] += 0.08
    found = found_in(corr, stake=np.where(np.arange(12) == 4, 0.01, 100.0))
    assert found.verdict == "yes"
    assert found.finding == "Yes: the best model of 12 models beat the fund by more than luck explains."
    assert np.flatnonzero(found.single.test.best.weights).tolist() == [4]
    assert found.mix is not None
    assert found.mix.alike is None
    assert found.mix.parts == 12
    assert "where nobody is better it still says yes" in how_sure(found)


@pytest.mark.slow
def test_where_an_edge_would_be_seen_and_none_is_the_answer_is_no() -> None:
    corr = 0.1 * moving(np.random.default_rng(4), 150, 8) + 0.02
    found = found_in(corr)  # the fund's .033 is a mix: nobody alone comes near
    assert found.verdict == "no"
    assert found.single.rejects[1 + EDGES.index(0.010)] > 0.9
    assert found.finding == "No: none of 8 models beat the fund by more than luck explains."


def test_few_stretches_tell_nothing_and_that_is_said() -> None:
    found = found_in(moving(np.random.default_rng(5), 30, 40))
    assert found.single.test.least_p == 1 / 8
    assert found.single.rejects == (0.0,) * 5
    assert found.verdict == "cannot tell"
    assert "30 rounds are 3 stretches: nothing could be told" in how_sure(found)
    assert found.worst is None


def test_too_many_unlike_models_leave_the_mix_out() -> None:
    found = found_in(moving(np.random.default_rng(6), 20, 60))
    assert found.mix is not None
    assert found.mix.parts * 3 < 20
    few = replace(found, mix=None, why_no_mix="The best mix is left out: why.")
    assert "The best mix is left out: why." in [
        page.text for page in combination_answer(few, None, ASKED).details
    ]


@pytest.mark.slow
def test_a_large_field_is_bounded_and_says_so() -> None:
    rng = np.random.default_rng(7)
    found = found_in(moving(rng, 60, 900), stake=np.arange(1.0, 901.0))
    assert found.models == 666
    assert (
        "Of 900 models the 666 with the largest stakes are looked at." in combination_card(found, None).small
    )


# ---------------------------------------------------------------- the bundled sample


@pytest.fixture(scope="module")
def sample() -> SampleSource:
    return SampleSource()


@pytest.mark.slow
async def test_the_sample_over_256_to_306(sample: SampleSource) -> None:
    """Of 339 models 70 % "beat" the mean of scores, 3 % the fund; nobody is told from luck."""
    found = await fund_combination(sample, "256-306")
    assert (found.numbers.size, found.models) == (51, 339)
    assert found.above_mean_score == pytest.approx(0.70, abs=0.005)
    assert found.above == pytest.approx(0.03, abs=0.005)
    assert found.single.test.best.ratio == pytest.approx(0.318, abs=5e-4)
    assert (found.single.test.blocks, found.single.test.p) == (5, 25 / 32)
    # simulated elsewhere: .07 at .05 with blocks of 10
    assert found.single.rejects[0] == pytest.approx(0.07, abs=0.05)
    assert list(found.single.rejects) == sorted(found.single.rejects)
    assert 0.15 < found.single.rejects[2] < 0.45
    assert found.verdict == "cannot tell"
    assert found.mix is not None
    assert (found.mix.parts < 17, found.mix.tested.by_round.mean() < 0) == (True, True)


@pytest.mark.slow
async def test_the_sample_over_the_window_of_its_own(sample: SampleSource) -> None:
    found = await fund_combination(sample)
    assert (found.span, found.models) == ("rounds 257-306", 351)
    assert found.fund.mean() == pytest.approx(0.0302, abs=1e-4)
    assert found.mean_score == pytest.approx(0.0235, abs=1e-4)
    assert "A proxy: it is implied by models with 9 % of the stake." in found.proxy
    assert len(found.monthly) == 33


@pytest.mark.slow
async def test_the_fund_of_260_to_310_as_shipped(sample: SampleSource) -> None:
    """Interim rows and all: .0243 as stakes alone imply it, .0240 with rounds fitted to MMC; mean .0191."""
    fund = meta_model_of(await sample.everyone(), await sample.rounds(), interim=True)
    inside = (fund.numbers >= 260) & (fund.numbers <= 310)
    assert fund.corr[inside].mean() == pytest.approx(0.0243, abs=5e-4)
    assert fund.mean_score[inside].mean() == pytest.approx(0.0191, abs=1e-4)


@pytest.mark.slow
async def test_longer_windows_of_the_sample(sample: SampleSource) -> None:
    """p from .6 to .98 and 3 to 15 % above the fund in windows of 51 to 124 rounds."""
    for rounds, models, above in (("212-306", 63, 0.03), ("183-306", 26, 0.15)):
        found = await fund_combination(sample, rounds)
        assert found.models == models
        assert found.above == pytest.approx(above, abs=0.005)
        assert 0.6 < found.single.test.p < 0.99
        assert found.single.rejects[0] == pytest.approx(0.13, abs=0.08)  # .15 and .11 simulated elsewhere
        assert found.verdict == "cannot tell"


@pytest.mark.slow
async def test_the_best_in_the_worst_rounds_of_the_sample(sample: SampleSource) -> None:
    """217-226 is the fund's worst stretch with 20 rounds on either side.

    Against the stake-weighted mean, -.0091 in them, the 20 best of them were -.0107 before and -.0009 after;
    against the fund, -.0115 in them, it is -.0193 and -.0091.
    """
    found = await fund_combination(sample)
    worst = found.worst
    assert worst is not None
    assert (worst.first, worst.last) == (217, 226)
    assert worst.fund == pytest.approx(-0.0115, abs=1e-4)
    told = (worst.before.mean, worst.before.low, worst.before.high)
    assert told == pytest.approx((-0.0193, -0.0542, 0.0157), abs=1e-4)
    told = (worst.after.mean, worst.after.low, worst.after.high)
    assert told == pytest.approx((-0.0091, -0.0242, 0.0059), abs=1e-4)
    known = fund_rounds(await sample.everyone(), await sample.rounds())
    inside = (known.numbers >= 217) & (known.numbers <= 226)
    assert known.mean_score[inside].mean() == pytest.approx(-0.0091, abs=1e-4)


# ---------------------------------------------------------------- refused


@pytest.mark.parametrize(
    ("corr", "rounds", "more", "sentence"),
    [
        (np.full((30, 3), np.nan), None, {}, "There is no fund to hold anything against here"),
        (np.full((30, 3), 0.01), None, {"stake": 0.0}, "There is no fund to hold anything against here"),
        (np.full((30, 3), 0.01), None, {"alike": math.nan}, "There is no fund to hold anything against"),
        (np.full((19, 3), 0.01), None, {}, "That needs 20 final rounds in which the fund is told"),
        (
            moving(np.random.default_rng(1), 30, 1),
            None,
            {},
            "^Fewer than two models have a CORR in every round of a window long enough",
        ),
        (np.full((30, 3), 0.0), None, {}, "No score of rounds 201-230 differs from the fund's."),
        (np.full((30, 3), 0.01), "201-210", {}, "That needs 20 final rounds"),
        (np.full((30, 3), 0.01), "900-910", {}, "There is nothing in rounds 900-910"),
        (np.full((30, 3), 0.01), "soon", {}, "I can't read “soon” as a range of rounds"),
    ],
)
def test_what_can_not_be_answered_gets_one_sentence(
    corr: np.ndarray, rounds: str | None, more: dict[str, float], sentence: str
) -> None:
    with pytest.raises(ValueError, match=sentence):
        found_in(corr, rounds, **more)


def test_an_empty_field_gets_one_sentence() -> None:
    everyone, _ = field_of_scores(np.full((2, 2), 0.01))
    nobody = TournamentField.of(everyone.read(np.array([], dtype=np.int64)))
    with pytest.raises(ValueError, match="There is no fund"):
        combination_of(nobody, calendar(2), None, "Invented", DAY)
