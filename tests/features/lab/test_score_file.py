"""Scores of a file era by era, beside numerai-tools and pandas; what has no score is counted and told."""

import io
import warnings

import numpy as np
import pandas as pd
import pytest

from features.lab.score_file import scores_csv, scores_of_file
from features.lab.score_file_card import decimal, scores_card
from scoring.intervals import ewc_interval
from tests.features.lab.files import as_file, frame, rows


@pytest.mark.slow
def test_each_era_scores_what_numerai_tools_says() -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # what its own libraries say when they are loaded
        from numerai_tools import scoring as theirs
    made = frame(eras=25, stocks=60, features=4)
    # the file's features are single precision: theirs get the same
    features = [name for name in made if name.startswith("feature_")]
    made[features] = made[features].astype(np.float32).astype(float)
    found = scores_of_file(as_file(made.sample(frac=1, random_state=2)))
    for at, (era, part) in enumerate(made.groupby("era")):
        part = part.set_index("id")
        assert found.eras[at] == era
        p = part[["prediction"]]
        expected = {
            "CORR": theirs.numerai_corr(p, part.target).iloc[0],
            "MMC": theirs.correlation_contribution(p, part.meta_model, part.target).iloc[0],
            "FNC": theirs.feature_neutral_corr(p, part[features], part.target).iloc[0],
        }
        for name, value in expected.items():
            assert found.scores[name].by_era[at] == pytest.approx(value, abs=1e-9), (era, name)


def test_the_summary_is_that_of_pandas() -> None:
    found = scores_of_file(as_file(frame(eras=40)))
    assert list(found.scores) == ["CORR", "MMC"]
    table = pd.read_csv(io.StringIO(scores_csv(found)), dtype={"era": str})
    assert list(table) == ["era", "stocks", "corr", "mmc"]
    assert list(table.era) == list(found.eras)
    assert set(table.stocks) == {40}
    for score in found.scores.values():
        values = table[score.which.lower()]
        assert score.mean == pytest.approx(values.mean(), abs=1e-8)
        assert score.sd == pytest.approx(values.std(), abs=1e-8)
        assert score.sharpe == pytest.approx(values.mean() / values.std(), abs=1e-5)
        assert score.above_0 == (values > 0).sum()
        assert score.interval == ewc_interval(score.by_era)


def test_what_has_no_score_is_counted_and_told() -> None:
    made = frame(eras=20)
    by = dict(tuple(made.groupby("era")))
    by["0101"] = by["0101"].assign(prediction=0.5)
    by["0102"] = by["0102"].iloc[:1]
    by["0103"] = by["0103"].assign(target=np.nan)
    by["0104"].loc[by["0104"].index[:9], "prediction"] = np.nan  # more than a fifth
    by["0105"].loc[by["0105"].index[:8], "prediction"] = np.nan  # a fifth
    by["0106"] = by["0106"].assign(target=1)
    found = scores_of_file(as_file(pd.concat(by.values())))
    assert found.unscored == {
        "the same prediction for every stock": 1,
        "a single stock": 1,
        "no target yet": 1,
        "more than a fifth of the predictions or targets missing": 1,
        "the same target for every stock": 1,
    }
    assert found.scores["CORR"].eras == 15
    assert "5 eras have no score: the same prediction for every stock in 1, a single stock in 1" in (
        scores_card(found).small
    )
    assert np.isfinite(found.scores["CORR"].by_era[4])
    assert scores_csv(found).splitlines()[1] == "0101,40,,"


@pytest.mark.parametrize(
    ("content", "why"),
    [
        (rows("1,a,1,1", "2,a,1,0"), "a single stock"),
        (rows("1,a,.5,1", "1,b,.5,0"), "the same prediction for every stock"),
        (rows("1,a,.5,1", "1,b,.6,1"), "the same target for every stock"),
    ],
)
def test_where_no_era_has_a_score_that_is_the_answer(content: bytes, why: str) -> None:
    with pytest.raises(ValueError, match=f"^No era can be scored: {why}\\.$"):
        scores_of_file(content)


def test_as_many_features_as_stocks_explain_everything() -> None:
    found = scores_of_file(as_file(frame(eras=3, stocks=6, features=5)))
    assert found.scores["FNC"].eras == 0
    card = scores_card(found)
    assert "No era has FNC." in card.text
    assert "nan" not in card.said


def test_a_meta_model_of_some_eras_alone() -> None:
    made = frame(eras=20)
    made.loc[made.era < "0111", "meta_model"] = np.nan
    found = scores_of_file(as_file(made))
    assert (found.scores["CORR"].eras, found.scores["MMC"].eras) == (20, 10)
    assert "10 eras are too few to tell it from luck" in scores_card(found).heading


def test_the_finding_says_whether_luck_could_do_it() -> None:
    made = frame(eras=60, stocks=60)
    assert scores_card(scores_of_file(as_file(made))).heading.endswith("more than luck")
    noise = made.assign(prediction=np.random.default_rng(4).random(len(made)))[list(made)[:4]]
    assert scores_card(scores_of_file(as_file(noise))).heading.endswith("an era, luck alone could do that")
    against = made.assign(prediction=-made.prediction)[list(made)[:4]]
    heading = scores_card(scores_of_file(as_file(against))).heading
    assert heading.startswith("CORR −.")
    assert heading.endswith("an era, worse than luck")
    few = made[made.era < "0110"][list(made)[:4]]
    assert "9 eras are too few" in scores_card(scores_of_file(as_file(few))).heading
    one = scores_card(scores_of_file(as_file(made[made.era == "0101"])))
    assert "1 era is too few" in one.heading
    assert "nan" not in one.said


def test_a_name_that_a_spreadsheet_would_run_is_text() -> None:
    found = scores_of_file(rows("=1+1,a,1,0", "=1+1,b,2,1", "x,a,1,0", "x,b,2,1"))
    assert [line.split(",")[0] for line in scores_csv(found).splitlines()] == ["era", "'=1+1", "x"]


def test_eras_stand_at_their_numbers_where_those_are_close() -> None:
    def at(*eras: str) -> tuple[list[float], bool]:
        found = scores_of_file(rows(*(f"{era},{s},{s},{s}" for era in eras for s in "12")))
        places, numbered = found.positions
        return list(places), numbered

    assert at("0004", "0008") == ([4, 8], True)
    assert at("20260130", "20260206", "20270101") == ([1, 2, 3], False)
    assert at("a", "b") == ([1, 2], False)
    assert at("1", "01") == ([1, 2], False)


def test_a_score_as_members_write_it() -> None:
    assert [decimal(value) for value in (0.0213, -0.0041, 0.00001, -0.00001, 1.25)] == [
        ".0213", "−.0041", ".0000", ".0000", "1.2500",
    ]  # fmt: skip
