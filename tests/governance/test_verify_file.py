"""verify.py as a stranger runs it: alone in an empty folder, under any Python since 3.9."""

import ast
import copy
import hashlib
import json
import os
import shutil
import subprocess
import sys
from collections.abc import Callable
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from governance.commitments import canonical, commit, terms_hash
from governance.export import claim, export
from governance.receipts import Receipt, receipt_text
from governance.verifier import FILE, script
from governance.votes.rule import Rule
from governance.votes.tally import METHODS, tally
from tests.governance.exported_poll import cast_as, salt

pytestmark = pytest.mark.slow  # a process each

SEED = "5" * 64
NAMES = ["a", "b", "c"]
# ballots that tie, so that a lot decides where the method has lots
BALLOTS: dict[str, list[Any]] = {
    "single": ["a", "b", "a", "b", "c", None],
    "approval": [["a", "b"], ["c"], ["a", "c"], ["b"], []],
    "ranked_irv": [["a", "b"], ["b", "c"], ["c", "a"], ["a"], ["b"], ["c"]],
    "ranked_schulze": [["a", "b", "c"], ["b", "c", "a"], ["c", "a", "b"], ["b"], ["a"]],
    "score": [{"a": 5, "b": 5}, {"c": 2}, {"b": 1, "a": 1}, {"a": 0}, {}],
    "numeric": ["0.1", "0.2", "0.9", "1.0", "0.2"],
    "gradient": ["strong_for", "for", "neutral", "against", "for", "strong_against"],
    "dots": [{"a": 5, "b": 5}, {"c": 10}, {"a": 5, "b": 5}, {}, {"c": 0}],
}


def poll_of(method: str) -> dict[str, Any]:
    return {
        "id": 7,
        "title": "Which cap?",
        "method": method,
        "options": {"numeric": ["0", "1", "0.1"], "gradient": None}.get(method, NAMES),
        "budget": 10 if method == "dots" else None,
        "opened": "2027-01-01T00:00:00Z",
        "closed": "2027-01-08T00:00:00Z",
        "tie_seed_commitment": hashlib.sha256(SEED.encode()).hexdigest(),
        "rule": {"least_ballots": 5, "blocks": 20, "favour": 20, "electorate": 0, "known": 9},
    }


def exported(method: str, *, ballots: list[Any] | None = None, told: bool = True) -> dict[str, Any]:
    """An export of the bot's own."""
    poll, cast = poll_of(method), BALLOTS[method] if ballots is None else ballots
    counted = cast_as(*((ballot, number) for number, ballot in enumerate(cast, 1)))
    rule: Any = {"rule": Rule(), "known": 9} if method == "gradient" else {}
    budget = {"budget": 10} if method == "dots" else {}
    result = claim(tally(method, cast, poll["options"], seed=SEED, **budget, **rule)) if told else None
    weighted = {"linear_stake": {"a": 55, "b": 45}, "log_stake": None}
    return export(poll, counted, result=result, weighted=weighted, tie_seed=SEED)


def run(folder: Path, said: Any, *more: str, python: str = sys.executable) -> tuple[int, str]:
    """What verify.py answers in a folder with nothing but itself and the export."""
    shutil.copy(FILE, folder / "verify.py")
    (folder / "poll-7.json").write_text(json.dumps(said), encoding="utf-8")
    done = subprocess.run(
        [python, "-I", "-S", "verify.py", "poll-7.json", *more],
        cwd=folder,
        env={"PATH": os.defpath},
        capture_output=True,
        timeout=60,
    )
    return done.returncode, (done.stdout + done.stderr).decode()


def test_it_is_made_of_the_modules_as_they_are() -> None:
    assert FILE.read_text(encoding="utf-8") == script(), "run `python -m governance.verifier`"


def test_it_imports_nothing_but_python_and_is_written_as_3_9_reads_it() -> None:
    tree = ast.parse(script())
    sources = [node.value.value for node in tree.body if isinstance(node, ast.Assign) and _is_source(node)]
    assert len(sources) >= 9
    known = {"governance", *sys.stdlib_module_names}
    for text in [script(), *sources]:
        for node in ast.walk(ast.parse(text, feature_version=(3, 9))):
            names = [alias.name for alias in node.names] if isinstance(node, ast.Import) else []
            names += [node.module or ""] if isinstance(node, ast.ImportFrom) else []
            assert {name.split(".")[0] for name in names} <= known


def _is_source(node: Any) -> bool:
    return isinstance(node.targets[0], ast.Subscript)


@pytest.mark.parametrize("method", METHODS)
def test_what_the_bot_exports_holds_together(tmp_path: Path, method: str) -> None:
    made = exported(method)
    code, said = run(tmp_path, made, "--head", made["head"])
    assert code == 0, said
    assert said.startswith(f"“Which cap?” holds together: {len(BALLOTS[method])} ballots counted.\n")
    winners = ", ".join(json.dumps(winner) for winner in made["result"]["winners"])
    assert (
        f"Checked: counted again, one vote per member, {winners} won and every total is as claimed." in said
    )
    assert "Checked: the head is the one you gave." in said


OTHER_HEAD = "The head does not follow from the ballots and the outcome."


def _other_winner(made: dict[str, Any]) -> None:
    made["result"]["winners"] = ["c"]


def _other_total(made: dict[str, Any]) -> None:
    made["result"]["totals"]["a"] = "99"


def _other_choice(made: dict[str, Any]) -> None:
    made["ballots"][0]["choice"] = None


def _no_choice(made: dict[str, Any]) -> None:
    made["ballots"][1]["salts"].pop()


def _one_more(made: dict[str, Any]) -> None:
    made["ballots"][1]["salts"].append("f" * 32)


def _one_twice(made: dict[str, Any]) -> None:
    made["ballots"][1]["salts"].insert(0, made["ballots"][1]["salts"][0])


def _one_erased(made: dict[str, Any]) -> None:
    made["ballots"][1]["salts"][0] = None


def _unsorted(made: dict[str, Any]) -> None:
    made["ballots"].reverse()


def _other_commitment(made: dict[str, Any]) -> None:
    made["commitments"].append("0" * 64)


def _other_title(made: dict[str, Any]) -> None:
    made["poll"]["title"] = "Which floor?"


def _other_seed(made: dict[str, Any]) -> None:
    made["tie_seed"] = "6" * 64


def _other_rule(made: dict[str, Any]) -> None:
    made["poll"]["rule"]["least_ballots"] = 1


def _other_shares(made: dict[str, Any]) -> None:
    made["weighted"]["linear_stake"]["a"] = 54


def _withheld(made: dict[str, Any]) -> None:
    made |= {"ballots": [], "weighted": {}, "result": None}


@pytest.mark.parametrize(
    ("tamper", "problem"),
    [
        (_other_winner, "Counting the choices again gives another result than the one that is claimed."),
        (_other_total, "Counting the choices again gives another result than the one that is claimed."),
        (_other_choice, OTHER_HEAD),
        (_no_choice, OTHER_HEAD),
        (_one_more, OTHER_HEAD),
        (_one_twice, "1 ballot is there more than once."),
        (_one_erased, "1 choice has no salt, but 0 ballots have no choice."),
        (_unsorted, "The ballots are not in the order of the format."),
        (_other_commitment, "0 choices have no salt, but 1 ballot has no choice."),
        (_other_title, OTHER_HEAD),
        (_other_seed, "The tie seed is not the one that was committed to."),
        (_other_rule, OTHER_HEAD),
        (_other_shares, "The weighted shares of linear_stake are not in steps of 5 points."),
        (_withheld, OTHER_HEAD),
    ],
)
def test_each_kind_of_tampering_is_named(
    tmp_path: Path, tamper: Callable[[dict[str, Any]], None], problem: str
) -> None:
    made = exported("single")
    head, changed = made["head"], copy.deepcopy(made)
    tamper(changed)
    code, said = run(tmp_path, changed, "--head", head)
    assert code == 1
    assert said.splitlines()[0].endswith("does NOT hold together:")
    assert problem in said.splitlines()


def test_a_count_that_another_lot_decided_is_named(tmp_path: Path) -> None:
    # made anew from the start by whoever keeps the poll: the head fits, and the winner of the tie does not
    for method in ("single", "ranked_irv", "approval", "dots"):
        poll = poll_of(method)
        lots = {tally(method, BALLOTS[method], poll["options"], seed=f"{n}" * 64).winners for n in range(10)}
        assert len(lots) > 1, f"the ballots of {method} do not tie"
        made = exported(method)
        other = next(iter(lots - {tuple(made["result"]["winners"])}))
        counted = [(canonical(row["choice"]), salt) for row in made["ballots"] for salt in row["salts"]]
        result = {**made["result"], "winners": list(other)}
        forged = export(poll, counted, result=result, weighted={}, tie_seed=SEED)
        code, said = run(tmp_path, forged, "--head", forged["head"])
        assert (code, said.splitlines()[1:]) == (
            1,
            ["Counting the choices again gives another result than the one that is claimed."],
        )


def test_what_is_no_export_gets_one_sentence(tmp_path: Path) -> None:
    assert run(tmp_path, []) == (2, "The export must be an object with named fields.\n")
    made = exported("single")
    assert run(tmp_path, made, "--head", "0" * 8)[0] == 2
    code, said = run(tmp_path, made, "--head", made["head"][:20])
    assert code == 0
    assert "the first 20 digits of the head are the ones you gave; the other 44 were not compared" in said


def test_of_too_few_ballots_only_the_list_is_checked(tmp_path: Path) -> None:
    made = exported("score", ballots=BALLOTS["score"][:3], told=False)
    code, said = run(tmp_path, made, "--head", made["head"])
    assert code == 0, said
    assert said.startswith(
        "“Which cap?”: the list holds together. Too few ballots were cast (3), so the choices are withheld "
        "and only the list was checked.\n"
    )
    assert "Counted" not in said


def test_a_receipt_is_followed(tmp_path: Path) -> None:
    made = exported("single")

    def told(number: int, **changes: Any) -> str:
        commitment = commit(BALLOTS["single"][number - 1], salt(number))
        mine = Receipt(7, commitment, salt(number), terms_hash(made["poll"]))
        code, said = run(tmp_path, made, "--receipt", receipt_text(replace(mine, **changes)))
        assert code == 0
        return said.splitlines()[-1]

    assert told(2) == 'This ballot is in the counted list, unchanged: "b".'
    assert told(2, poll=8) == "This receipt is from another poll."
    assert told(2, commitment="0" * 64).startswith("This ballot is not among those in force at the close.")
    code, said = run(tmp_path, made, "--receipt", "roundtable-receipt-1:7:2")
    assert (code, said.startswith("This is no receipt")) == (2, True)


# what verify.py answers to each of many lists of arguments, in one process
EACH = """
import contextlib, io, json, runpy, sys
told = []
for arguments in json.load(open("asked.json")):
    sys.argv, said, code = ["verify.py", *arguments], io.TextIOWrapper(io.BytesIO(), "utf-8"), None
    with contextlib.redirect_stdout(said), contextlib.redirect_stderr(said):
        try:
            runpy.run_path("verify.py", run_name="__main__")
        except SystemExit as error:
            code = error.code
    said.flush()
    told.append([code or 0, said.buffer.getvalue().decode("utf-8")])
print(json.dumps(told))
"""


def told_each(folder: Path, python: str) -> list[list[Any]]:
    done = subprocess.run(
        [python, "-I", "-S", "-c", EACH],
        cwd=folder,
        env={"PATH": os.defpath},
        capture_output=True,
        timeout=60,
    )
    assert done.returncode == 0, done.stderr.decode()
    return json.loads(done.stdout)


@pytest.fixture(scope="module")
def exports(tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, list[list[Any]]]:
    """A folder with verify.py and two exports of every method, one with another total; what it tells here."""
    folder, asked = tmp_path_factory.mktemp("exports"), []
    shutil.copy(FILE, folder / "verify.py")
    for method in METHODS:
        made = exported(method)
        (folder / f"{method}.json").write_text(json.dumps(made), encoding="utf-8")
        asked.append([f"{method}.json", "--head", made["head"]])
        _other_total(made)
        (folder / f"{method}-changed.json").write_text(json.dumps(made), encoding="utf-8")
        asked.append([f"{method}-changed.json"])
    (folder / "asked.json").write_text(json.dumps(asked), encoding="utf-8")
    told = told_each(folder, sys.executable)
    assert [code for code, _ in told] == [0, 1] * len(METHODS)
    return folder, told


@pytest.mark.long
@pytest.mark.parametrize("version", ["3.9", "3.10", "3.12", "3.13"])
def test_other_versions_of_python_find_the_same(
    tmp_path: Path, exports: tuple[Path, list[list[Any]]], version: str
) -> None:
    found = [*Path.home().glob(f".pyenv/versions/{version}.*/bin/python"), shutil.which(f"python{version}")]
    working = [each for each in found if each and not subprocess.run([each, "-c", ""]).returncode]
    if not working:
        pytest.skip(f"Python {version} is not installed")
    made = exported("single")
    assert run(tmp_path, made, "--head", made["head"], python=str(working[0]))[0] == 0
    folder, expected = exports
    assert told_each(folder, str(working[0])) == expected
