"""The picture of a file's scores, read back pixel by pixel."""

from functools import partial

import numpy as np
import pytest

from features.lab.score_file import scores_of_file
from features.lab.score_file_chart import picture_of_scores
from tests.features.lab.files import as_file, frame, rows
from tests.features.payout.test_compare_chart import near
from tests.features.stakes.test_concentration_chart import check_titled, pixels
from ui.drawing import CURRENT, GAIN, LOSS, PROPOSED

pytestmark = pytest.mark.slow


def test_the_picture_states_the_finding_and_shows_every_score_and_era() -> None:
    found = scores_of_file(as_file(frame(eras=60, stocks=60, features=2)))
    picture = picture_of_scores(found)
    corr = found.scores["CORR"]
    shown = check_titled(partial(picture_of_scores, found), f"CORR {corr.mean:.4f} an era: more than luck")
    assert min(near(shown, colour).sum() for colour in (PROPOSED, CURRENT, GAIN, LOSS)) > 200
    for part in ("60 eras", f"CORR {corr.by_era.sum():.2f}", f"above 0 in {corr.above_0}", "MMC", "FNC"):
        assert part in picture.alt


def test_bars_below_0_hang_and_those_above_stand() -> None:
    found = scores_of_file(rows("1,a,1,0", "1,b,2,1", "2,a,2,0", "2,b,1,1"))
    shown = pixels(picture_of_scores(found, False).png)
    up, down = (np.flatnonzero(near(shown, colour).any(axis=1)) for colour in (GAIN, LOSS))
    assert up.max() <= down.min() + 3
    assert abs(np.ptp(up) - np.ptp(down)) < 5
