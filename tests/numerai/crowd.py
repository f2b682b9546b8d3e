"""A tournament of thousands of invented models, made quickly: whole rounds of Classic."""

from functools import lru_cache
from typing import Any

import numpy as np

from tests import numerai_data
from tests.numerai_data import CLASSIC, Json

STAKED = 0.75  # of the models in a round
COMING = 12  # models that are new in each round, for as many that go


class Crowd:
    """`size` models in every round, named by number; the same round is always the same."""

    def __init__(self, size: int) -> None:
        self.size = size

    def columns(self, number: int) -> dict[str, Any]:
        """The numbers (n,) of the models in a round, and their stake, payout and scores."""
        draw = np.random.default_rng(number)
        model = np.arange(self.size) + COMING * (number % 1000)
        # a model's stake stays what it is while it is there, but for some who change it
        stake = np.exp(2.2 * _normal(model) + 3.0) * np.exp(0.1 * (draw.random(self.size) < 0.02))
        stake = np.where(model % 100 < 100 * STAKED, stake, 0.0)
        small = 0.05 if number >= numerai_data.NEW_RULE else 1.0
        scores = {
            "v2Corr20": draw.normal(0.01, 0.02, self.size),
            "mmc": draw.normal(0.002, 0.01, self.size),
            "corr60": small * draw.normal(0.01, 0.02, self.size),
            "mmc60": small * draw.normal(0.002, 0.01, self.size),
        }
        named = {"v2_corr20": "v2Corr20"}
        paid = numerai_data.multipliers(number, CLASSIC)
        weighted = sum(times * scores[named.get(score, score)] for score, times in paid.items())
        bound = numerai_data.clip(number, CLASSIC)
        factor = numerai_data.factor(number, CLASSIC)
        return {
            "model": model,
            "stake": stake,
            "payout": stake * np.clip(factor * weighted, -bound, bound),
            **scores,
            "corrWMetaModel": draw.uniform(0.1, 0.9, self.size),
            "apcwnm": draw.uniform(0.2, 0.6, self.size),
            "mcwnm": draw.uniform(0.5, 1.0, self.size),
        }

    def whole_round(self, number: int) -> Json:
        """What roundDetails tells of a round."""
        told = self.columns(number)
        resolved = numerai_data.is_resolved(number)
        amounts = [numerai_data.nmr(amount) for amount in told["payout"].tolist()]
        scores = [name for name in told if name not in ("model", "stake", "payout")]
        columns = [told[name].tolist() for name in scores]
        return {
            "roundNumber": number,
            "tournament": CLASSIC,
            "roundResolved": resolved,
            "roundResolveTime": numerai_data.when(numerai_data.resolving(number)),
            "payoutFactor": repr(numerai_data.factor(number, CLASSIC)),
            "totalAtStake": float(told["stake"].sum()),
            "payoutMultipliers": [
                {"displayName": name, "multiplier": times}
                for name, times in numerai_data.multipliers(number, CLASSIC).items()
            ],
            "models": [
                {
                    "id": f"{model:08}-0000-4000-8000-{model:012}",
                    "modelName": f"crowd_{model:05}",
                    "selectedStakeValue": numerai_data.nmr(stake) if stake else None,
                    "payoutPending": amount,
                    "payoutSettled": amount if resolved else None,
                    **dict(zip(scores, values, strict=True)),
                }
                for model, stake, amount, *values in zip(
                    told["model"].tolist(), told["stake"].tolist(), amounts, *columns, strict=True
                )
            ],
        }


@lru_cache(maxsize=8)
def _of_all(last: int) -> np.ndarray:
    return np.random.default_rng(8).normal(size=last)


def _normal(model: np.ndarray) -> np.ndarray:
    """One draw a model, the same in every round."""
    return _of_all(40_000)[model]
