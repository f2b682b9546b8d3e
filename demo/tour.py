"""What the demo shows: what its members type, press and fill in, in order."""

from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

EXAMPLES = Path(__file__).parents[1] / "data" / "examples"


@dataclass(frozen=True)
class Step:
    """One thing a member types in the tour, and whether they share the answer."""

    member: str
    command: str
    options: dict[str, Any] = field(default_factory=dict)
    share: str | None = None  # the label of the button that is pressed
    name: str = ""  # of the saved files
    then: tuple[str | dict[str, str], ...] = ()  # buttons to press and forms to fill, in order
    votes: int = 0  # the number of the poll in which the seeded voters cast their ballots afterwards
    posts: bool = False  # what is saved is the card that it posts, not the private answer


def example(name: str) -> tuple[str, bytes]:
    """A proposal that comes with the bot, as the file a member would attach."""
    path = next(EXAMPLES.glob(f"*{name}.json"))
    return path.name, path.read_bytes()


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
    Step("ada", "help", name="help"),
    Step("ben", "account link", {"name": "model_07585"}, name="link"),
    Step("ben", "payout compare", {"proposed": "1C3T"}, "Share percentages only", "my-pay"),
    Step("ben", "payout show", {"rounds": "30"}, name="show"),
    Step("ben", "payout compare", RULES | {"rounds": "all", "basis": "compounding"}, name="compounding"),
    Step(
        "ada",
        "payout what-if",
        {"scores": "corr 0.02, tc 0.05", "stake": 100.0, "rule": "1C3T"},
        name="what-if",
    ),
    Step("chloe", "payout compare", WINDOWS | {"rounds": "all"}, "Share", "everyone-all-rounds"),
    Step("chloe", "payout compare", WINDOWS | {"rounds": "311-325"}, "Share", "everyone-tc-rounds"),
    Step("ada", "payout rules", name="rules"),
    Step("ada", "payout rules", {"rule": "classic-2023-10-07"}, name="rule"),
    Step("ada", "stakes concentration", {"unit": "model"}, name="stakes-by-model"),
    Step("ada", "stakes concentration", share="Share", name="stakes-by-account"),
    Step("chloe", "stakes influence", share="Share", name="influence"),
    Step("chloe", "stakes influence", {"zoom": 1000.0, "threshold": 500.0}, name="influence-zoomed"),
    Step("chloe", "stakes influence", {"by": "round"}, name="influence-by-round"),
    Step("ben", "stakes unstake", {"top": 20}, "Share", "unstake"),
    Step("ben", "stakes who", name="my-stake"),
    Step("ada", "stakes history", name="stake-history"),
    Step("mona", "setup limits", {"hours": 0, "open_at_once": 10}, name="limits"),
    Step(
        "ada", "proposal import", {"file": example("round-589")}, name="filed", then=("File it",), posts=True
    ),
    Step("ben", "proposal simulate", {"number": 1}, name="simulated"),
    Step("ben", "proposal impact", {"number": 1}, name="impact-on-me"),
    Step("ben", "proposal second", {"number": 1}, name="seconded"),
    Step("chloe", "proposal second", {"number": 1}, name="discussion"),
    Step(
        "chloe",
        "proposal argue",
        {"number": 1, "side": "against", "claim": "Nobody had a week to adapt a model to it."},
        name="argued",
    ),
    Step("ben", "proposal import", {"file": example("with-notice")}, name="alike"),
    Step(
        "ben",
        "proposal import",
        {"file": example("with-notice")},
        name="softened",
        then=("File it",),
        posts=True,
    ),
    Step(
        "chloe",
        "proposal import",
        {"file": example("hard-cap")},
        name="capped",
        then=("File it",),
        posts=True,
    ),
    Step(
        "chloe",
        "proposal new",
        {"kind": "communication"},
        name="draft",
        then=(
            {
                "title": "Say it first here",
                "problem": "A rule changed overnight and nobody had been asked.",
                "change": "Every change of the payout is announced here eight weeks before it begins.",
                "parameters": "notice: 8 weeks\nexample: weight 0.02, split 90/10 -> 0.18 and 0.002",
            },
        ),
    ),
    Step(
        "ada",
        "proposal revise",
        {"number": 1},
        name="revision",
        then=(REVISED,),
    ),
    Step("ben", "proposal list", name="proposals"),
    Step("mona", "poll new", {"method": "approval"}, name="poll", then=(POLL,), posts=True, votes=1),
    Step("ben", "poll show", {"number": 1}, name="ballot", then=("Vote",)),
    Step("mona", "poll close", {"number": 1}, name="approved", then=("Close #1",), posts=True),
    Step("mona", "poll new", {"method": "gradient"}, name="agreement", then=(QUESTION,), votes=2),
    Step("mona", "poll close", {"number": 2}, name="agreed", then=("Close #2",), posts=True),
    Step("ada", "poll new", {"method": "numeric"}, name="number", then=(RANGE,), votes=3),
    Step("ada", "poll close", {"number": 3}, name="median", then=("Close #3",), posts=True),
    Step("ben", "poll export", {"number": 1}, name="recount"),
    Step("mona", "promise add", PROMISE, name="promise"),
    Step("ben", "promise list", name="promises"),
    Step("ada", "opinion add", {"claim": "Stake is confidence, and confidence is skill"}, name="statement"),
    Step("ben", "opinion vote", name="opinion"),
    Step(
        "mona", "digest schedule", {"weekday": "Monday", "hour": 18, "zone": "Europe/Berlin"}, name="schedule"
    ),
    Step("ben", "digest preview", name="week"),
    Step("ben", "digest me", name="waits-for-me"),
    Step("mona", "poll new", {"method": "single"}, name="open-poll", then=(POLL,), posts=True, votes=4),
    Step("ben", "payout compare", {"proposed": "1xCORR + 3xTCC"}, name="mistyped"),
    Step("ada", "payout compare", {"proposed": "1C3T"}, name="no-link"),
    Step("ben", "privacy show", name="privacy"),
)
