"""The wheel of `scoring` and `governance`, built from a copy of the checkout and used where there is none."""

import json
import re
import shutil
import subprocess
import sys
import sysconfig
import venv
import zipfile
from importlib.metadata import distribution
from pathlib import Path

import pytest

from governance.commitments import canonical, sha256
from governance.export import claim, export
from governance.votes.tally import tally

ROOT = Path(__file__).parents[2]
README = (ROOT / "README.md").read_text(encoding="utf-8")
PIP = (sys.executable, "-m", "pip", "--isolated", "--disable-pip-version-check")

pytestmark = pytest.mark.slow


def run(*command: str | Path, cwd: Path) -> str:
    done = subprocess.run([str(part) for part in command], cwd=cwd, capture_output=True, text=True, env={})
    assert done.returncode == 0, done.stdout + done.stderr
    return done.stdout


@pytest.fixture(scope="module")
def wheel(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("wheel")
    copied = folder / "checkout"
    unseen = shutil.ignore_patterns(".*", "__pycache__", "*.egg-info", "out")
    shutil.copytree(ROOT, copied, ignore=unseen)
    # setuptools is the one that requirements-dev.txt names, so nothing is downloaded
    run(*PIP, "wheel", "--no-deps", "--no-index", "--no-build-isolation", "-w", folder, copied, cwd=folder)
    [built] = folder.glob("*.whl")
    return built


def test_it_holds_both_packages_whole_and_nothing_else(wheel: Path) -> None:
    held = {name for name in zipfile.ZipFile(wheel).namelist() if ".dist-info/" not in name}
    wanted = {
        path.relative_to(ROOT).as_posix()
        for package in ("scoring", "governance")
        for path in (ROOT / package).rglob("*")
        if path.suffix in {".py", ".toml", ".typed"}
    }
    assert held == wanted
    assert {"scoring/py.typed", "governance/py.typed", "scoring/rules/rules.toml"} <= held
    assert wheel.name.startswith("roundtable-")


def required_by(name: str) -> set[str]:
    """What a distribution asks for without extras, with what that asks for."""
    found = {name}
    for line in distribution(name).requires or []:
        if "extra ==" not in line:
            found |= required_by(re.split(r"[^\w.-]", line)[0])
    return found


def environment(folder: Path, wheel: Path, *, with_dependencies: bool) -> tuple[Path, list[str]]:
    """A new environment with the wheel; what the wheel asks for is lent by the running environment."""
    venv.create(folder / "env", symlinks=True)
    python = folder / "env" / "bin" / "python"
    site = Path(
        run(python, "-c", "import sysconfig; print(sysconfig.get_path('purelib'))", cwd=folder).strip()
    )
    run(*PIP, "--python", python, "install", "--no-deps", "--no-index", wheel, cwd=folder)
    [metadata] = site.glob("roundtable-*.dist-info/METADATA")
    asked = re.findall(
        r"^Requires-Dist: ([\w-]+)(?!.*extra ==)", metadata.read_text(encoding="utf-8"), re.MULTILINE
    )
    if with_dependencies:
        lent = Path(sysconfig.get_path("purelib"))
        for name in set().union(*map(required_by, asked)):
            for top in {path.parts[0] for path in distribution(name).files or []} - {".."}:
                if (lent / top).exists() and top != "__pycache__":
                    (site / top).symlink_to(lent / top)
    return python, asked


def test_quants_use_it_in_an_empty_folder(wheel: Path, tmp_path: Path) -> None:
    assert "`pip install .`" in README
    python, asked = environment(tmp_path, wheel, with_dependencies=True)
    assert sorted(asked) == ["clarabel", "numpy", "pydantic", "scipy"]
    empty = tmp_path / "empty"
    empty.mkdir()
    paid = (
        "from scoring.payout import payouts; print(payouts([[0.03, 0.01]], [1, 3], stake=250, factor=0.5)[0])"
    )
    # 0.5 x (0.03 + 3 x 0.01) = 0.03, below the clip, of 250
    assert float(run(python, "-I", "-c", paid, cwd=empty)) == pytest.approx(7.5, rel=1e-12)
    sure = "from scoring.intervals import ewc_interval; print(ewc_interval(range(20)).df)"
    assert float(run(python, "-I", "-c", sure, cwd=empty)) == 3  # round(0.4 x 20^(2/3))
    every = """
import importlib, json, pkgutil, sys
import governance, scoring
for package in (governance, scoring):
    for found in pkgutil.walk_packages(package.__path__, package.__name__ + "."):
        importlib.import_module(found.name)
rules = sys.modules["scoring.rules"].load_rules()
print(json.dumps([len(rules), scoring.__file__, sorted(name.split(".")[0] for name in sys.modules)]))
"""
    count, place, loaded = json.loads(run(python, "-I", "-c", every, cwd=empty))
    assert count > 0
    assert Path(place).is_relative_to(tmp_path)
    assert not {"discord", "pandas", "matplotlib", "aiosqlite", "storage", "tournament"} & set(loaded)


def test_the_notebook_of_the_readme_runs_as_it_is_printed(wheel: Path, tmp_path: Path) -> None:
    python, _ = environment(tmp_path, wheel, with_dependencies=True)
    [code] = re.findall(r"```python\n(.*?)```", README, re.DOTALL)
    printed = run(python, "-I", "-c", f"{code}\nprint(factor)", cwd=tmp_path)
    [said] = re.findall(r"# (0\.\d+)", code)
    assert float(printed) == pytest.approx(float(said), abs=0.0005)


def test_whoever_recounts_needs_python_and_the_wheel_alone(wheel: Path, tmp_path: Path) -> None:
    python, _ = environment(tmp_path, wheel, with_dependencies=False)
    empty = tmp_path / "empty"
    empty.mkdir()
    (empty / "poll.json").write_text(json.dumps(exported_poll()), encoding="utf-8")
    [command] = re.findall(r"^python (-m governance\.receipts verify poll\.json)", README, re.MULTILINE)
    told = run(python, *command.split(), cwd=empty)
    assert "holds together: 3 ballots counted." in told
    assert '"a" won and every total is as claimed' in told


def exported_poll() -> dict[str, object]:
    """Three ballots for two options, two of them for a."""
    seed = "a seed of chance"
    poll = {
        "id": 7,
        "title": "Which cap?",
        "method": "single",
        "options": ["a", "b"],
        "budget": None,
        "opened": "2027-01-01T00:00:00Z",
        "closed": "2027-01-08T00:00:00Z",
        "tie_seed_commitment": sha256(seed),
    }
    counted = [(canonical(choice), f"{number:032x}") for number, choice in enumerate("aba", 1)]
    result = claim(tally("single", ["a", "b", "a"], ["a", "b"], seed=seed))
    return export(poll, counted, result=result, weighted={}, tie_seed=seed)
