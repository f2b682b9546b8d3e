"""How much to stake: shares by trying, choices by hand, and what is refused."""

import math

import numpy as np
import pytest

from features.ahead.pay import pay_ahead
from features.ahead.sizing.stake import LOSSES, SHARES, stake_ahead
from features.ahead.sizing.stake_card import stake_answer
from features.ahead.sizing.stake_chart import picture_of_stake
from scoring.intervals import ewc_interval
from tests.features.ahead.records import NAN, Ahead, ahead_of, changed, lucky
from tests.ui.cards import check_answer
from tournament.sample import SampleSource

ASKED = {"rule": None, "loss": 0.2, "name": "owl_0", "tournament": "classic"}


@pytest.mark.slow
async def test_the_sample_by_default(source: SampleSource) -> None:
    found = await stake_ahead(source, "model_07585")
    assert found.rule == "1xCORR + 3xTC"
    assert len(found.choices) == 20  # 0, .5 and 1 of CORR by 0 to 3 of TC, without 0 of both
    pay = await pay_ahead(source, "model_07585", ["1C3T"])
    final = pay.lines[0].ahead.wide.final
    np.testing.assert_array_equal(found.year.final, final)
    for loss in LOSSES:
        share = found.largest[loss]
        assert np.mean(share * (1 - final) > loss + 1e-12) <= 0.05
        if share < 1:
            assert np.mean(1.01 * share * (1 - final) > loss) >= 0.05
    np.testing.assert_allclose(found.growth[4], np.log(0.8 + 0.2 * final).mean())
    assert found.finding == (
        f"At most {100 * found.share:.0f} % of your NMR under 1xCORR + 3xTC, or a loss of over 20 % of your "
        "NMR in a year is likelier than 5 %"
    )
    assert found.best_name == "1xCORR"
    assert found.wins == pytest.approx(0.53, abs=0.04)  # 2,000 resamples: an error of .011
    assert found.others is not None
    assert found.others.n == 164
    assert abs(found.others.gain) < 0.002
    assert "did better than with 1xCORR" in found.out_of_sample
    check_answer(stake_answer(found, ASKED, [("1xCORR", "1xCORR")]))
    picture = picture_of_stake(found)
    assert picture.png.startswith(b"\x89PNG")
    assert "A line of growth by the share that is staked" in picture.alt
    hidden = check_answer(stake_answer(found.for_others(None), ASKED))
    assert "07585" not in hidden
    assert found.for_others("model_07585") is found


@pytest.mark.slow
async def test_a_rule_without_a_choice() -> None:
    made = ahead_of(lucky(90))
    found = await stake_ahead(made, "owl_0", "2xCORR")
    assert found.choices == ("2xCORR",)
    assert found.choice == "There is no choice of multipliers under 2xCORR"
    assert found.others is None
    own = ewc_interval(np.clip(2 * np.array(lucky(90))[0], -0.25, 0.25))
    assert found.kelly == pytest.approx(own.mean / (own.se**2 * 90))
    check_answer(stake_answer(found, {**ASKED, "rule": "2xCORR"}))
    assert picture_of_stake(found, False).png.startswith(b"\x89PNG")


async def test_choices_that_noise_tells_apart_are_not_stable() -> None:
    rng = np.random.default_rng(3)
    made = ahead_of(lucky(90, mean=0.0, seed=2))
    assert made.rows is not None
    tc = rng.normal(0, 0.02, made.rows.round.size)
    found = await stake_ahead(changed(made, scores={**made.rows.scores, "tc": tc}), "owl_0")
    assert found.wins < 0.5 or "no stable choice" not in found.choice
    assert found.best.wins.sum() == pytest.approx(1)
    assert found.others is not None
    assert found.others.n == 6
    check_answer(stake_answer(found, ASKED))


async def test_a_sure_loser_and_a_sure_winner() -> None:
    winner = await stake_ahead(ahead_of([[0.02] * 60, *lucky(60)]), "owl_0", "1C")
    assert winner.largest == dict.fromkeys(LOSSES, 1.0)
    assert winner.finding == (
        "All of your NMR under 1xCORR: a loss of over 20 % of your NMR in a year has a chance of 5 % at most"
    )
    assert math.isnan(winner.kelly)
    assert winner.fastest == 1
    check_answer(stake_answer(winner, {**ASKED, "rule": "1C"}))
    loser = await stake_ahead(ahead_of([[-0.02] * 60]), "owl_0", "1C")
    assert loser.fastest == 0
    gone = 1 - 0.98**52
    assert loser.share == pytest.approx(0.2 / gone, rel=0.05)  # what is lost compounds, with a lag
    assert SHARES[0] == 0
    check_answer(stake_answer(loser, {**ASKED, "rule": "1C"}))


@pytest.mark.parametrize(
    ("made", "asked", "sentence"),
    [
        (ahead_of(lucky(60)), {"loss": 0.3}, "The loss is one of 10 %, 20 %, 50 %."),
        (ahead_of(lucky(60)), {"rule": "1xMMC"}, "This data has no MMC"),
        (ahead_of(lucky(39)), {"rule": "1C"}, "owl_0 has 39 final rounds with CORR"),
        (ahead_of([[NAN] * 59 + [0.01], *lucky(60)]), {"rule": "1C"}, "owl_0 has 1 final round with CORR"),
        (ahead_of(lucky(60)), {"name": "owl_9"}, "There is no model or account called"),
        (ahead_of(lucky(60)), {"name": "everyone"}, "Everyone together has no stake"),
    ],
)
async def test_what_cannot_be_asked(made: Ahead, asked: dict[str, object], sentence: str) -> None:
    with pytest.raises(ValueError) as refused:  # noqa: PT011 - the sentence is compared
        await stake_ahead(made, **{"name": "owl_0", **asked})  # type: ignore[arg-type]
    assert sentence in str(refused.value)
