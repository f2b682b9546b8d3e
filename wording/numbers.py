"""Numbers and lists as people read them."""

import math
from collections.abc import Mapping, Sequence

from governance.text import counted as counted
from scoring.rules import describe_multipliers

MINUS = "−"


def number(value: float) -> str:
    """A number with as many digits as its size deserves: 124,091, 65.46, 0.0123, −4.2; "unknown" for NaN."""
    if math.isnan(value):
        return "unknown"
    size = abs(value)
    decimals = 0 if size >= 999.95 else 1 if size >= 99.995 else 2 if size >= 0.99995 else 4
    text = f"{size:,.{decimals}f}"
    if not text.strip("0.,"):
        return "0" if value == 0 else f"less than {10.0**-decimals:.{decimals}f}"
    return MINUS + text if value < 0 else text


def brief(value: float) -> str:
    """A number with three digits or as many as it has before the point: 2,662, 974, 94.3, −1.88, 0.161."""
    size = abs(value)
    if math.isnan(value) or size < 0.001:
        return number(value)
    decimals = 0 if size >= 99.95 else 1 if size >= 9.995 else 2 if size >= 0.9995 else 3
    return f"{value:,.{decimals}f}".replace("-", MINUS)


def brief_signed(value: float) -> str:
    """The same with its sign spelled out, for gains: +974, −1.88."""
    return f"+{brief(value)}" if value > 0 else brief(value)


def about(value: float) -> str:
    """An estimate, to two digits: "about 9,500", "about −0.42"."""
    if value == 0 or not math.isfinite(value):
        return number(value)
    digits = 1 - math.floor(math.log10(abs(value)))
    rounded = round(value, digits)
    return f"about {rounded:,.{max(0, digits)}f}".replace("-", MINUS)


def whole(value: float) -> str:
    """A number to the nearest whole one: 1,234; "unknown" for NaN."""
    return "unknown" if math.isnan(value) else f"{value:,.0f}"


def amount(value: float, unit: str) -> str:
    """A number with its unit: "12.34 NMR", "−3.10 %"."""
    return f"{number(value)} {unit}"


def signed(value: float, unit: str) -> str:
    """An amount with its sign spelled out, for differences; without one where it is too small to show."""
    told = amount(value, unit)
    return told if value <= 0 or told.startswith("less") else f"+{told}"


def plus_minus(value: float, decimals: int) -> str:
    """A number with its sign and so many decimals: "+0.04", "−1.00"."""
    return f"{value:+.{decimals}f}".replace("-", MINUS)


def percent(share: float) -> str:
    """A share as people read it: "17 %", "under 1 %", "none"."""
    if math.isnan(share):
        return "unknown"
    if 0.99 < share < 1:
        return "over 99 %"
    return "none" if share == 0 else "under 1 %" if share < 0.01 else f"{100 * share:.0f} %"


def p_told(p_value: float) -> str:
    """A p value as people read it: "p = .88", "p = .004", "p < .001", "p > .99"."""
    if math.isnan(p_value):
        return "p unknown"
    if p_value < 0.001:
        return "p < .001"
    if p_value > 0.99:
        return "p > .99"
    return "p = " + f"{p_value:.{2 if p_value >= 0.01 else 3}f}".removeprefix("0")


def listed(things: Sequence[str], last: str = "and") -> str:
    """ "a, b and c"."""
    return things[0] if len(things) == 1 else f"{', '.join(things[:-1])} {last} {things[-1]}"


def shortened(name: str, most: int = 30) -> str:
    """A name that leaves room for what is said of it."""
    return name if len(name) <= most else f"{name[: most - 1]}…"


def score_name(score: str) -> str:
    """How members write a score: corr -> CORR, fnc_v3 -> FNCv3."""
    return describe_multipliers({score: 1.0}).removeprefix("1x")


def span(first: int, last: int) -> str:
    """ "round 318" or "rounds 311-325"."""
    return f"round {first}" if first == last else f"rounds {first}-{last}"


def spans(numbers: Sequence[int]) -> str:
    """ "round 318", "rounds 306-310 and 312": runs of rounds, at most three of them spelled out."""
    runs: list[tuple[int, int]] = []
    for item in numbers:
        if runs and item == runs[-1][1] + 1:
            runs[-1] = (runs[-1][0], item)
        else:
            runs.append((item, item))
    if len(runs) > 3:
        return f"rounds {numbers[0]}-{numbers[-1]} with gaps"
    if len(runs) == 1:
        return span(*runs[0])
    return "rounds " + listed([f"{first}-{last}" if last > first else f"{first}" for first, last in runs])


def too_few(rounds: int, block: int) -> str:
    """Why so few rounds have no interval; block: the rounds of one independent stretch."""
    if rounds == 1:
        return "1 round is too few for an interval."
    stretches = counted(max(1, rounds // block), "independent stretch", "independent stretches")
    few = counted(rounds, "round")
    return f"{few} are too few for an interval: neighbouring ones overlap, so they hold about {stretches}."


def pays_more_when(weights: Mapping[str, float]) -> str:
    """The half-plane of a break-even line in words: "Whenever TC is above half of CORR"."""
    if not weights:
        return "Never: both rules weigh the scores alike"
    if len(weights) == 1:
        ((score, weight),) = weights.items()
        return f"Whenever {score_name(score)} is {'above' if weight > 0 else 'below'} 0"
    if len(weights) == 2:
        (first, a), (second, b) = weights.items()
        if a * b < 0:
            side, share = ("above" if b > 0 else "below"), -a / b
            return f"Whenever {score_name(second)} is {side} {_share_of(share)}{score_name(first)}"
    terms = " + ".join(f"{weight:g}x{score_name(score)}" for score, weight in weights.items())
    return f"Whenever {terms.replace('+ -', f'{MINUS} ').replace('-', MINUS)} is above 0"


def _share_of(share: float) -> str:
    names = {
        0.5: "half of ",
        1.0: "",
        2.0: "twice ",
        1 / 3: "a third of ",
        0.25: "a quarter of ",
        3.0: "three times ",
    }
    for value, name in names.items():
        if math.isclose(share, value):
            return name
    return f"{share:.3g} times "
