"""What the demo shows: what its members type, press and fill in, in order."""

import random
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[1] / "data" / "examples"


@dataclass(frozen=True)
class TourStep:
    """One thing a member types in the tour, and whether they share the answer."""

    member: str
    command: str
    options: dict[str, Any] = field(default_factory=dict)
    share: tuple[str, ...] = ()  # the buttons that are pressed to share the answer, in order
    name: str = ""  # of the saved files
    then: tuple[str | dict[str, Any], ...] = ()  # buttons to press and forms to fill, in order
    votes: int = 0  # the number of the poll in which the seeded voters cast their ballots afterwards
    posts: bool = False  # what is saved is the card that it posts, not the private answer


def example(name: str) -> tuple[str, bytes]:
    """A proposal that comes with the bot, as the file a member would attach."""
    path = next(EXAMPLES.glob(f"*{name}.json"))
    return path.name, path.read_bytes()


def predictions() -> tuple[str, bytes]:
    """Invented predictions of 40 eras that know a little, beside a meta model that knows more."""
    draw, lines = random.Random(7), ["era,id,prediction,target,meta_model,feature_size"]
    for era in range(1101, 1141):
        for stock in range(60):
            target, size = draw.randrange(5) / 4, draw.randrange(5) / 4
            shared = draw.gauss(0, 1) + 0.3 * target
            numbers = (draw.gauss(0.3 * size + 0.3 * shared, 1), target, shared, size)
            lines.append(f"{era},stock_{stock:02}," + ",".join(f"{number:.3f}" for number in numbers))
    return "predictions.csv", "\n".join(lines).encode()


POLL = {
    "title": "What should the payout reward?",
    "description": "Pick everything you could live with.",
    "options": "CORR alone\nCORR and TC\nCORR and MMC\nWhatever helps the fund",
}
QUESTION = {"title": "Should every change be announced eight weeks ahead?", "description": ""}
RANGE = {
    "title": "Below what payout factor would you withdraw most of your stake?",
    "description": "",
    "options": "0 to 1 step 0.05",
}
PROMISE = {
    "kind": "promise",
    "what": "A page that lists every payout rule with its date",
    "who": "the team",
    "link": "https://forum.example/t/1",
    "said_on": "2026-09-01",
    "due_on": "2026-11-01",
}
REVISED = {
    "title": "At most 2xCORR and 1xTC, in steps",
    "problem": "The scores we pay for and the result of the fund have drifted apart.",
    "change": "Nobody is paid by more than 2xCORR and 1xTC. TC can only be chosen together with 2xCORR.",
    "parameters": "rule: 2xCORR + 1xTC\nfallback: paid by 1xCORR\nnotice: 8 weeks\nphase-in: 20 rounds\n"
    "review: 2027-11-01\ncompensation: none, because nobody was promised a multiplier",
}
RULES = {"proposed": "1xCORR + 3xTC", "current": "2xCORR + 1xTC"}
WINDOWS = RULES | {"who": "everyone"}
TOUR = (
    TourStep("ada", "help", name="help"),
    TourStep("ben", "account link", {"name": "model_07585"}, name="link"),
    TourStep(
        "ben", "payout compare", {"proposed": "1C3T"}, ("Share", "In percent of the stake only"), "my-pay"
    ),
    TourStep("ben", "payout show", {"rounds": "30"}, name="show"),
    TourStep("ben", "payout show", {"who": "model_07585, model_02765, account_03793"}, name="show-several"),
    TourStep("ben", "account group", {"name": "herd", "who": "model_07585, model_02765"}, name="herd"),
    TourStep("ben", "payout show", {"who": "herd", "rounds": "311-321"}, ("Share",), "show-herd"),
    TourStep("ben", "payout compare", {"who": "herd", "proposed": "1C3T"}, name="compare-herd"),
    TourStep("ben", "account group", name="groups"),
    TourStep("ben", "payout show", {"year": 2022, "currency": "USD"}, name="show-year"),
    TourStep("ben", "payout show", {"who": "account_03793", "year": 2022}, name="show-year-of-account"),
    TourStep("ben", "payout compare", RULES | {"rounds": "all", "basis": "compounding"}, name="compounding"),
    TourStep(
        "ada",
        "payout what-if",
        {"scores": "corr 0.02, tc 0.05", "stake": 100.0, "rule": "1C3T"},
        name="what-if",
    ),
    TourStep("chloe", "payout compare", WINDOWS | {"rounds": "all"}, ("Share",), "everyone-all-rounds"),
    TourStep("chloe", "payout compare", WINDOWS | {"rounds": "311-321"}, ("Share",), "everyone-tc-rounds"),
    TourStep("ada", "payout rules", name="rules"),
    TourStep("ada", "payout rules", {"rule": "classic-2023-10-07"}, name="rule"),
    TourStep("ada", "stakes concentration", {"unit": "model"}, name="stakes-by-model"),
    TourStep("ada", "stakes concentration", share=("Share",), name="stakes-by-account"),
    TourStep("chloe", "stakes influence", share=("Share",), name="influence"),
    TourStep("chloe", "stakes influence", {"zoom": 1000.0, "threshold": 500.0}, name="influence-zoomed"),
    TourStep("chloe", "stakes influence", {"by": "round"}, name="influence-by-round"),
    TourStep("ben", "stakes unstake", {"top": 20}, ("Share",), "unstake"),
    TourStep("ben", "stakes who", name="my-stake"),
    TourStep("ada", "stakes history", name="stake-history"),
    TourStep("chloe", "weights compare", share=("Share",), name="weights"),
    TourStep("chloe", "weights compare", {"scheme": "performance cap 2%"}, name="weights-by-performance"),
    TourStep("chloe", "weights split-test", {"scheme": "sqrt"}, name="split-test"),
    TourStep("chloe", "plan drawdown", share=("Share",), name="drawdown"),
    TourStep("ben", "plan drawdown", {"name": "model_07585", "measure": "pay"}, name="drawdown-of-pay"),
    TourStep("chloe", "plan overfit", name="overfit"),
    TourStep("chloe", "plan transition", {"phase_in": 40}, name="transition"),
    TourStep("chloe", "record scores", share=("Share",), name="repeatable-scores"),
    TourStep("ben", "ahead pay", share=("Share", "In percent of the stake only"), name="pay-ahead"),
    TourStep("ben", "ahead stake", share=("Share",), name="stake-ahead"),
    TourStep("ada", "ahead power", share=("Share",), name="power"),
    TourStep("ada", "ahead restake", {"rule": "1xCORR + 3xTC", "current": "2C1T"}, name="restake"),
    TourStep("ben", "record score-file", {"file": predictions()}, name="scored-file"),
    TourStep("mona", "setup limits", {"hours": 0, "open_at_once": 10}, name="limits"),
    TourStep(
        "ada", "proposal import", {"file": example("round-589")}, name="filed", then=("File it",), posts=True
    ),
    TourStep("ben", "proposal simulate", {"number": 1}, name="simulated"),
    TourStep("ben", "proposal impact", {"number": 1}, name="impact-on-me"),
    TourStep("ben", "proposal second", {"number": 1}, name="seconded"),
    TourStep("chloe", "proposal second", {"number": 1}, name="discussion"),
    TourStep(
        "chloe",
        "proposal argue",
        {"number": 1, "side": "against", "claim": "Nobody had a week to adapt a model to it."},
        name="argued",
    ),
    TourStep("ben", "proposal import", {"file": example("with-notice")}, name="alike"),
    TourStep(
        "ben",
        "proposal import",
        {"file": example("with-notice")},
        name="softened",
        then=("File it",),
        posts=True,
    ),
    TourStep(
        "chloe",
        "proposal import",
        {"file": example("hard-cap")},
        name="capped",
        then=("File it",),
        posts=True,
    ),
    TourStep(
        "chloe",
        "proposal new",
        {"kind": "communication"},
        name="draft",
        then=(
            "Type it all",
            {
                "title": "Say it first here",
                "problem": "A rule changed overnight and nobody had been asked.",
                "change": "Every change of the payout is announced here eight weeks before it begins.",
                "parameters": "notice: 8 weeks\nexample: weight 0.02, split 90/10 -> 0.18 and 0.002",
            },
        ),
    ),
    TourStep(
        "ada",
        "proposal revise",
        {"number": 1},
        name="revision",
        then=(REVISED,),
    ),
    TourStep("ben", "proposal list", name="proposals"),
    TourStep("mona", "poll new", {"method": "approval"}, name="poll", then=(POLL,), posts=True, votes=1),
    TourStep("ben", "poll show", {"number": 1}, name="ballot", then=("Vote", {"choice": ["1", "3"]})),
    TourStep("mona", "poll close", {"number": 1}, name="approved", then=("Close #1",), posts=True),
    TourStep("mona", "poll new", {"method": "gradient"}, name="agreement", then=(QUESTION,), votes=2),
    TourStep("mona", "poll close", {"number": 2}, name="agreed", then=("Close #2",), posts=True),
    TourStep("ada", "poll new", {"method": "numeric"}, name="number", then=(RANGE,), votes=3),
    TourStep("ada", "poll close", {"number": 3}, name="median", then=("Close #3",), posts=True),
    TourStep("ben", "poll export", {"number": 1}, name="recount"),
    TourStep("mona", "poll hide", {"number": 3, "reason": "Asked by mistake."}, name="hidden-poll"),
    TourStep("mona", "promise add", PROMISE, name="promise"),
    TourStep("ben", "promise list", name="promises"),
    TourStep(
        "ada", "opinion add", {"claim": "Stake is confidence, and confidence is skill"}, name="statement"
    ),
    TourStep("ben", "opinion vote", name="opinion"),
    TourStep(
        "mona", "digest schedule", {"weekday": "Monday", "hour": 18, "zone": "Europe/Berlin"}, name="schedule"
    ),
    TourStep("ben", "digest preview", name="week"),
    TourStep("ben", "digest me", name="waits-for-me"),
    TourStep("mona", "poll new", {"method": "single"}, name="open-poll", then=(POLL,), posts=True, votes=4),
    TourStep("ben", "payout compare", {"proposed": "1xCORR + 3xTCC"}, name="mistyped"),
    TourStep("ada", "payout compare", {"proposed": "1C3T"}, name="no-link"),
    TourStep("ben", "privacy show", name="privacy"),
    TourStep("ada", "help", name="your-turn"),
)
