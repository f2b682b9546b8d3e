"""What a rule comes to in rounds that had another one in force: its clip, its threshold and its words."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

from scoring.rules import PayoutRule, describe_multipliers, is_permitted, load_rules
from wording.numbers import listed, spans

MEANT = "as typed, in each of these rounds, whatever rounds it was meant for"


@dataclass(frozen=True)
class ToldRule:
    """What the rule was in words, over all rounds it was priced in."""

    short: str
    words: str
    multipliers: Mapping[str, float] | None  # None where they changed from round to round, or are not known
    notes: tuple[str, ...] = ()
    as_typed: tuple[str, ...] = ()  # "clip 0.1": typed terms that took the place of those of a round
    left_out: tuple[str, ...] = ()  # "clip 0.05": typed terms of other rounds, for which a round's own stand
    other_rounds: bool = False  # a rule of rounds of another rhythm: the weekly equivalent of a daily one
    as_paid: bool = False

    @property
    def terms_sentence(self) -> str:
        """That typed terms were applied as they are; "" where none were."""
        return f"{listed(self.as_typed).capitalize()}: {MEANT}." if self.as_typed else ""


@dataclass(frozen=True)
class Terms:
    """A rule at the terms of rounds that had `base` in force."""

    rule: PayoutRule
    base: PayoutRule
    meant_for: PayoutRule | None  # the rule of rounds of another rhythm that it is

    @classmethod
    def of(cls, read: Callable[[PayoutRule], PayoutRule], base: PayoutRule) -> "Terms":
        """The terms at which a rule is priced where `base` was in force; `read` turns that one into it."""
        rule = read(base)
        return cls(rule, base, _rule_of_other_rounds(rule, base))

    @property
    def paid(self) -> dict[str, float]:
        """The scores that it pays by, each with its multiplier."""
        return {score: times for score, times in self.rule.multipliers.items() if times}

    @property
    def typed(self) -> bool:
        """Whether a person typed it, rather than named one on record."""
        return self.rule.status == "proposed"

    @property
    def clip(self) -> float:
        """Its own where it was typed for these rounds, else theirs."""
        return self.rule.clip if self.typed and self.meant_for is None else self.base.clip

    @property
    def own_threshold(self) -> bool:
        """Whether its threshold was typed for these rounds, so that their payout factor is not its own."""
        return (
            self.typed and self.meant_for is None and self.rule.stake_threshold != self.base.stake_threshold
        )

    @property
    def own(self) -> tuple[str, ...]:
        """What was typed other than the rule in force: "clip 0.05", "threshold 72,000"."""
        if not self.typed:
            return ()
        told = [] if self.rule.clip == self.base.clip else [f"clip {self.rule.clip:g}"]
        if self.rule.stake_threshold != self.base.stake_threshold:
            threshold = self.rule.stake_threshold
            told.append(f"threshold {'none' if threshold is None else f'{threshold:,.0f}'}")
        return tuple(told)


def told_rule(read: Callable[[PayoutRule], PayoutRule], in_force: Mapping[int, PayoutRule]) -> ToldRule:
    """What a rule is called over rounds (at least one), of which `in_force` has the rule that they had."""
    by_rule = [(Terms.of(read, base), numbers) for base, numbers in rounds_by_rule(in_force)]
    terms = by_rule[-1][0]
    as_typed = _once(each.own for each, _ in by_rule if each.meant_for is None)
    left_out = _once(each.own for each, _ in by_rule if each.meant_for is not None)
    # a typed rule is named with its clip and threshold, where they are not those of the time
    named = terms.typed and not left_out
    short = terms.rule.id if named else describe_multipliers(terms.rule.multipliers)
    notes: list[str] = []
    not_a_choice = sorted(
        number
        for each, numbers in by_rule
        if each.typed and not is_permitted(each.rule, each.base)
        for number in numbers
    )
    if not_a_choice:
        notes.append(f"{short} was not among the choices members had in {spans(not_a_choice)}.")
    meant_for = next((each.meant_for for each, _ in reversed(by_rule) if each.meant_for is not None), None)
    if meant_for is not None:
        notes.append(
            f"{short} is a rule of other rounds ({_rhythm(meant_for)}); here it is its weekly equivalent, "
            "at the clip and payout factor of these rounds."
        )
    return ToldRule(
        short,
        _in_words(terms.rule, terms.clip),
        terms.rule.multipliers,
        tuple(notes),
        as_typed=as_typed,
        left_out=left_out,
        other_rounds=meant_for is not None,
    )


def rounds_by_rule(in_force: Mapping[int, PayoutRule]) -> list[tuple[PayoutRule, list[int]]]:
    """The rounds of each rule that was in force, in the order of the rules."""
    rounds_of: dict[str, list[int]] = {}
    for number, rule in in_force.items():
        rounds_of.setdefault(rule.id, []).append(number)
    by_id = {rule.id: rule for rule in in_force.values()}
    return [(by_id[rule_id], numbers) for rule_id, numbers in rounds_of.items()]


def _once(told: Iterable[tuple[str, ...]]) -> tuple[str, ...]:
    return tuple(dict.fromkeys(term for terms in told for term in terms))


def _rule_of_other_rounds(rule: PayoutRule, base: PayoutRule) -> PayoutRule | None:
    """The rule of rounds of another rhythm than `base` that this one is, or whose terms were typed."""
    if rule.status != "proposed":
        return rule if rule.rounds_at_once != base.rounds_at_once else None
    if rule.clip == base.clip or rule.stake_threshold == base.stake_threshold:
        return None
    alike = [
        each
        for each in load_rules()
        if (each.tournament, each.clip, each.stake_threshold)
        == (base.tournament, rule.clip, rule.stake_threshold)
    ]
    if any(each.rounds_at_once == base.rounds_at_once for each in alike):
        return None
    return alike[-1] if alike else None


def _in_words(rule: PayoutRule, clip: float) -> str:
    named = "" if rule.status == "proposed" else f" ({rule.tournament.title()} from {rule.effective_on})"
    return f"{describe_multipliers(rule.multipliers)}{named}, at most ±{100 * clip:g} % of the stake a round"


def _rhythm(rule: PayoutRule) -> str:
    share = "the whole" if rule.stake_fraction == 1 else f"1/{round(1 / rule.stake_fraction)} of the"
    return f"about {rule.rounds_at_once} at once, each on {share} stake"
