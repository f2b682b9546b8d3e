"""What can be typed about what may come: the fields behind the menus' last lines."""

from collections.abc import Mapping

from features.ahead.power import read_difference
from features.payout.forms import RULE_HINT, STAKE
from ui.answer import Field, text_field

SEVERAL = "Up to four, like 1C3T vs 2C1T; 1xCORR"
PAY: Mapping[str, Field] = {
    "rules": text_field("rules", "Other rules", "The rules to look ahead by", SEVERAL),
    "stake": STAKE,
}
POWER: Mapping[str, Field] = {
    "difference": Field(
        "Difference",
        "Percent of the stake a round",
        "0.01 to 100, like 0.5",
        lambda text: {"difference": read_difference(text)},
        lambda asked: f"{asked['difference']:g}",
    ),
    "rule_a": text_field("rule_a", "Another rule", "The rule", RULE_HINT),
    "rule_b": text_field("rule_b", "Against another", "The rule to hold it against", RULE_HINT),
}
ONE_RULE: Mapping[str, Field] = {"rule": text_field("rule", "Another rule", "The rule", RULE_HINT)}
