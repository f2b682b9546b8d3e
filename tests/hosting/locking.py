"""One version of everything: requirements files and uv's constraints, made of pyproject.toml by `make lock`.

A lock file of uv's own names the registry of the machine on which it was made, once for each file there is of
each package; the versions alone are the same everywhere, so they are what is kept.
"""

import re
import subprocess
import sys
import tempfile
import tomllib
from pathlib import Path

ROOT = Path(__file__).parents[2]
PROJECT = ROOT / "pyproject.toml"
_CONSTRAINTS = re.compile(r"(constraint-dependencies = \[\n)(.*?)(^\]\n)", re.DOTALL | re.MULTILINE)
_EXPORT = ("--frozen", "--no-hashes", "--no-emit-project", "--no-header", "--no-annotate", "--no-build")


def file_of(group: str) -> str:
    """How the requirements file of a group is called."""
    return "requirements.txt" if group == "bot" else f"requirements-{group}.txt"


def groups() -> dict[str, list[str]]:
    """What each group names itself, without what it includes; a requirement as it is written."""
    told = tomllib.loads(PROJECT.read_text("utf-8"))["dependency-groups"]
    return {name: [each for each in lines if isinstance(each, str)] for name, lines in told.items()}


def included() -> dict[str, set[str]]:
    """All groups whose requirements a group has: those it includes, and itself."""
    told = tomllib.loads(PROJECT.read_text("utf-8"))["dependency-groups"]
    found: dict[str, set[str]] = {}
    for name, lines in told.items():  # a group includes only groups above it
        inner = [found[each["include-group"]] for each in lines if isinstance(each, dict)]
        found[name] = {name}.union(*inner)
    return found


def pins_of(group: str) -> list[str]:
    """The lines of a group's requirements file."""
    lines = (ROOT / file_of(group)).read_text("utf-8").splitlines()
    return [line for line in lines if line and not line.startswith("#")]


def constraints() -> list[str]:
    """What pyproject.toml tells uv of everything that comes along."""
    return tomllib.loads(PROJECT.read_text("utf-8"))["tool"]["uv"]["constraint-dependencies"]


def main() -> None:
    """Resolve anew, in a folder of its own, and write what was found."""
    project = PROJECT.read_text("utf-8")
    with tempfile.TemporaryDirectory() as folder:
        alone = Path(folder) / "pyproject.toml"
        alone.write_text(_CONSTRAINTS.sub(r"\1\3", project), "utf-8")
        _uv("lock", "--quiet", folder=folder)
        found = {
            group: _uv("export", *_EXPORT, "--only-group", group, folder=folder).splitlines()
            for group in groups()
        }
    for group, lines in found.items():
        made = f"# Group `{group}` of pyproject.toml with all that it brings along; made by `make lock`.\n"
        (ROOT / file_of(group)).write_text(made + "".join(f"{line}\n" for line in lines), "utf-8")
    every = sorted({line for lines in found.values() for line in lines})
    listed = "".join(f'    "{line}",\n' for line in every)
    PROJECT.write_text(_CONSTRAINTS.sub(lambda there: there[1] + listed + there[3], project), "utf-8")


def _uv(*words: str, folder: str) -> str:
    ran = subprocess.run(
        [sys.executable, "-m", "uv", *words], cwd=folder, capture_output=True, text=True, check=False
    )
    if ran.returncode:
        raise SystemExit(ran.stderr)
    return ran.stdout


if __name__ == "__main__":
    main()
