"""A proposal as a typed form: what it may hold and how it is read."""

import datetime
import re
from collections.abc import Mapping
from typing import Annotated, Any, Literal, cast, get_args

from pydantic import (
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    GetPydanticSchema,
    ValidationError,
    ValidationInfo,
    field_validator,
    model_validator,
)

from governance.proposals.canonical import canonical_terms
from governance.proposals.examples import LONGEST, check_example
from governance.proposals.json_text import LARGEST, decode
from governance.proposals.refusals import came, tell
from governance.text import clean, clean_line, clean_phrase
from scoring.schemes import SCHEMES
from scoring.typed import is_number, tidy

Tournament = Literal["classic", "signals", "crypto"]
Kind = Literal["payout", "stake_cap", "weights", "eligibility", "communication", "other"]

KINDS: Mapping[str, str] = {
    "payout": "payout",
    "stake_cap": "stake cap",
    "weights": "meta-model weights",
    "eligibility": "eligibility",
    "communication": "communication",
    "other": "other",
}
LARGEST_ROUND = 1_000_000

# "none, because it is small": the reason is the last group
NONE_BECAUSE = re.compile(r"(?:none|no)\s*(?:,\s*because\b|because\b|[,:]|$)\s*(.*)", re.IGNORECASE)


def _cleaned(cleaner: Any) -> BeforeValidator:
    # what no cleaning brings to its limit is refused as it is, at once
    return BeforeValidator(
        lambda value: cleaner(value) if isinstance(value, str) and len(value) <= LARGEST else value
    )


def _read_date(value: object) -> object:
    if isinstance(value, str) and re.fullmatch(r"[0-9]{4}-[0-9]{2}-[0-9]{2}", tidy(value)):
        try:
            return datetime.date.fromisoformat(tidy(value))
        except ValueError:
            raise ValueError(f"{came(value)} is no day of the calendar.") from None
    if value is None or (isinstance(value, datetime.date) and not isinstance(value, datetime.datetime)):
        return value
    raise ValueError(f"A date is written like 2027-03-01, not {came(value)}.")


Text = Annotated[str, Field(max_length=1000), _cleaned(clean)]
NeededText = Annotated[str, Field(min_length=1, max_length=1000), _cleaned(clean)]
Phrase = Annotated[str, Field(min_length=1, max_length=300), _cleaned(clean_phrase)]
RuleText = Annotated[str, Field(min_length=1, max_length=200), _cleaned(clean_phrase)]
ExampleText = Annotated[str, Field(min_length=1, max_length=LONGEST), _cleaned(clean_phrase)]
SchemeName = Annotated[str, GetPydanticSchema(lambda _, schema_of: schema_of(Literal[*SCHEMES]))]
Share = Annotated[float, Field(gt=0, le=1)]
Nmr = Annotated[float, Field(gt=0, le=1e9)]
Rounds = Annotated[int, Field(ge=1, le=2000)]
Day = Annotated[datetime.date, BeforeValidator(_read_date)]


class _Form(BaseModel):
    model_config = ConfigDict(
        frozen=True,
        extra="forbid",
        strict=True,
        allow_inf_nan=False,
        hide_input_in_errors=True,
    )


class Declined(_Form):
    """What a proposal leaves out on purpose, and why."""

    notice_weeks: Phrase | None = Field(default=None, title="notice")
    phase_in_rounds: Phrase | None = Field(default=None, title="phase-in")
    fallback: Phrase | None = Field(default=None, title="fallback")
    review_on: Phrase | None = Field(default=None, title="review date")
    compensation: Phrase | None = Field(default=None, title="compensation")


class Parameters(_Form):
    """What a proposal sets, in numbers that can be simulated; None is not said."""

    rule: RuleText | None = Field(
        default=None,
        title="payout rule",
        description="as members type rules; what it does not say stays as in force",
    )
    stake_cap: Share | None = Field(
        default=None, title="stake cap", description="largest share of all weight per account"
    )
    stake_cap_nmr: Nmr | None = Field(
        default=None, title="stake cap in NMR", description="largest stake per account that counts"
    )
    weights: SchemeName | None = Field(
        default=None, title="weights", description="how stakes become meta-model weights"
    )
    weights_cap: Share | None = Field(
        default=None,
        title="share of the weights",
        description="only with a scheme that has one: largest weight of a cap, dial of reshape, "
        "correlation of gate",
    )
    min_correlation: Annotated[float, Field(ge=0, le=1)] | None = Field(
        default=None, title="gate", description="smallest correlation with the example predictions"
    )
    eligibility: Phrase | None = Field(
        default=None, title="eligibility", description="who may take part, in words"
    )
    fallback: Phrase | None = Field(
        default=None,
        title="fallback",
        description="what members who do nothing get, such as “paid by 1xCORR”",
    )
    effective_round: Annotated[int, Field(ge=1, le=LARGEST_ROUND)] | None = Field(
        default=None, title="effective round", description="first round of the change"
    )
    notice_weeks: Annotated[int, Field(ge=1, le=260)] | None = Field(
        default=None, title="notice", description="weeks between announcement and change"
    )
    phase_in_rounds: Rounds | None = Field(
        default=None, title="phase-in", description="rounds over which the change comes in evenly"
    )
    review_on: Day | None = Field(
        default=None, title="review date", description="when it is asked whether it worked"
    )
    ends_on: Day | None = Field(
        default=None, title="end date", description="when the change falls away unless it is renewed"
    )
    compensation: Literal["full", "grandfathering"] | None = Field(
        default=None, title="compensation", description="full, or the old terms for some more rounds"
    )
    grandfathering_rounds: Rounds | None = Field(
        default=None, title="rounds of grandfathering", description="only with grandfathering"
    )
    rollback: Phrase | None = Field(default=None, title="roll-back", description="what would undo the change")
    worked_examples: tuple[ExampleText, ...] = Field(
        default=(),
        max_length=5,
        title="worked examples",
        description="each is calculated again",
        strict=False,
    )
    declined: Declined = Field(
        default=Declined(), title="reasons for none", description="what is left out on purpose, and why"
    )

    @field_validator("eligibility")
    @classmethod
    def _in_words(cls, value: str | None) -> str | None:
        if value is not None and is_number(value):
            raise ValueError(f"The eligibility is in words; a least correlation is a gate: “gate: {value}”.")
        return value

    @field_validator("fallback")
    @classmethod
    def _is_something(cls, value: str | None) -> str | None:
        if value is not None and NONE_BECAUSE.fullmatch(value):
            raise ValueError("Why there is none belongs to the reasons for none.")
        return value

    @field_validator("worked_examples")
    @classmethod
    def _right(cls, value: tuple[str, ...]) -> tuple[str, ...]:
        for text in value:
            check_example(text)
        return value

    @model_validator(mode="after")
    def _agrees_with_itself(self) -> "Parameters":
        scheme = None if self.weights is None else SCHEMES[self.weights]
        if scheme is not None and scheme.needs_share and self.weights_cap is None:
            raise ValueError(f"These weights need their {scheme.share}: “weights: {scheme.example}”.")
        if self.weights_cap is not None and not (scheme is not None and scheme.needs_share):
            shown = next(each.example for each in SCHEMES.values() if each.needs_share)
            raise ValueError(f"Only weights such as “{shown}” have a share; leave it out.")
        if (self.compensation == "grandfathering") != (self.grandfathering_rounds is not None):
            raise ValueError(
                "Grandfathering needs its number of rounds, and nothing else has one: "
                "“compensation: grandfather 20 rounds”."
            )
        if self.review_on and self.ends_on and self.review_on > self.ends_on:
            raise ValueError("The review date must not come after the end date.")
        for name in Declined.model_fields:
            if getattr(self, name) is not None and getattr(self.declined, name) is not None:
                raise ValueError(f"The {LABELS[name]} is both set and left out; keep one of the two.")
        return self


class Proposal(_Form):
    """What somebody wants changed, why, and how it would be known that it was wrong."""

    title: Annotated[str, Field(min_length=1, max_length=100), _cleaned(clean_line)] = Field(title="title")
    tournament: Tournament = Field(title="tournament")
    kind: Kind = Field(title="kind")
    problem: NeededText = Field(title="problem")
    change: NeededText = Field(title="change")
    evidence: Text = Field(default="", title="evidence")
    alternatives: Text = Field(default="", title="alternatives")
    drawbacks: Text = Field(default="", title="drawbacks")
    wrong_if: Text = Field(
        default="", title="sign that it was wrong", description="what would show it was wrong"
    )
    parameters: Parameters = Field(default=Parameters(), title="parameters")

    @field_validator("parameters")
    @classmethod
    def _in_its_tournament(cls, value: Parameters, info: ValidationInfo) -> Parameters:
        tournament = info.data.get("tournament")
        return value if tournament is None else _in_tournament(value, tournament)


LABELS: Mapping[str, str] = {
    name: str(field.title) for form in (Proposal, Parameters) for name, field in form.model_fields.items()
}


def read_proposal(data: Mapping[str, Any] | str | bytes) -> Proposal:
    """The proposal that a mapping or a JSON text holds, its texts cleaned and its rule in canonical form.

    Raises ValueError with one sentence for each problem: the field by its label, what is
    allowed and what came. A length counts after cleaning. What a rule does not say stays unsaid, so that a
    proposal reads the same, and has the same hash, whatever rule is in force on the day it is read.
    """
    if isinstance(data, str | bytes):
        return read_proposal(_table(decode(data)))
    try:
        return Proposal.model_validate(dict(_table(data)))
    except ValidationError as error:
        raise ValueError(tell(error.errors(include_url=False), LABELS)) from None


def read_parameters(data: Mapping[str, Any], tournament: str) -> Parameters:
    """Parameters of a proposal in a tournament; errors as in read_proposal."""
    if tournament not in get_args(Tournament):
        raise ValueError(f"The tournament must be classic, signals or crypto, not {came(tournament)}.")
    try:
        return _in_tournament(Parameters.model_validate(dict(_table(data))), tournament)
    except ValidationError as error:
        raise ValueError(tell(error.errors(include_url=False), LABELS)) from None


def _table(data: object) -> Mapping[str, Any]:
    if not isinstance(data, Mapping):
        raise ValueError(f"A proposal is an object with named fields, not {came(data)}.")
    return cast("Mapping[str, Any]", data)


def _in_tournament(parameters: Parameters, tournament: str) -> Parameters:
    """The same with rule and fallback in canonical form."""
    spelled = canonical_terms(parameters.rule, parameters.fallback, tournament)
    return parameters.model_copy(update=spelled)
