"""What can be typed about pay: the fields behind the menus' last lines."""

from collections.abc import Mapping

from features.payout.at_risk import read_stake
from ui.answer import ROUNDS, Field, text_field

NAME = text_field("name", "Whose pay", "A model, an account, several, or everyone", "Like heron_1, heron_2")
STAKE = Field(
    "Stake",
    "NMR at stake",
    "A number above 0, like 250",
    lambda text: {"stake": read_stake(text)},
    lambda asked: "" if asked["stake"] is None else f"{asked['stake']:g}",
)
RULE_HINT = "Like 1C3T, 1xCORR + 3xTC, 0.75 corr + 2.25 mmc clip 0.05, #12 or live"
COMPARE: Mapping[str, Field] = {
    "proposed": text_field("proposed", "Another rule", "The rule to try", RULE_HINT),
    "current": Field(
        "Compare with",
        "The rule to compare with",
        "A rule, live, or “paid” for what was really paid",
        lambda text: {"current": None if text.strip().casefold() == "paid" else text},
        lambda asked: asked["current"] or "paid",
    ),
    "rounds": ROUNDS,
    "stake": STAKE,
}
SHOW: Mapping[str, Field] = {"rounds": ROUNDS, "name": NAME}
WHAT_IF: Mapping[str, Field] = {
    "rule": text_field("rule", "Another rule", "The rule", RULE_HINT),
    "scores": text_field("scores", "Other scores", "The round's scores", "Like corr 0.02, tc -0.01"),
    "stake": STAKE,
}
