"""Whose a model is, where a source tells it, or where an account can be nobody else's."""

import numpy as np
from numpy.typing import NDArray

from features.stakes.holders import owners_of
from tournament.source import Stakes

CLOSE = 1e-6  # of a stake: leaderboards are rounded
OF_NAMESAKES = " of accounts that are one model of the same name"


def owners_told(models: tuple[str, ...], stakes: Stakes) -> tuple[NDArray[np.intp] | None, str]:
    """The account of each of these models as owners_of has it, and of whom that is told.

    Where a source does not say whose models are whose, an account that has the name and the whole stake of a
    model is that model; all others are models of nobody listed, and the words say so. None without any.
    """
    owner = owners_of(models, stakes)
    if owner is not None:
        return owner, ""
    held = dict(zip((name.casefold() for name in stakes.models), stakes.model_stake.tolist(), strict=True))
    account = {
        name.casefold(): at
        for at, (name, stake) in enumerate(zip(stakes.accounts, stakes.account_stake.tolist(), strict=True))
        if stake > 0 and abs(held.get(name.casefold(), 0.0) - stake) <= CLOSE * stake
    }
    beyond = enumerate(models, start=len(stakes.accounts))
    found = np.array([account.get(model.casefold(), alone) for alone, model in beyond], dtype=np.intp)
    return (found, OF_NAMESAKES) if account and (found < len(stakes.accounts)).any() else (None, "")
