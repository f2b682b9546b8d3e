"""Licences, pinned versions, secrets, file modes, unsafe calls and known weaknesses: make audit."""

import json
import subprocess
import sys

from tests.audit.findings import ROOT, odd_modes, secrets_in, texts, unfit_licences, unpinned

# of ruff's security rules, what this project has decided for each place stands in pyproject.toml
UNSAFE = ("-m", "ruff", "check", "--select", "S", "--ignore", "S101,S311", "--output-format", "concise", ".")


def main() -> int:
    """Tell what was looked at and what was found; 1 for anything found."""
    found = 0
    for what, told in (
        ("licences that permit MIT use", list(unfit_licences())),
        ("one version for each requirement", list(unpinned(sorted(ROOT.glob("requirements*.txt"))))),
        ("no secret in the repository", list(secrets_in(texts()))),
        ("file modes", list(odd_modes())),
        ("no unsafe call (ruff's rules S)", _unsafe()),
    ):
        print(f"{'ok  ' if not told else 'BAD '} {what}")
        print("".join(f"       {each}\n" for each in told), end="")
        found += len(told)
    return 1 if found + _known_weaknesses() else 0


def _unsafe() -> list[str]:
    ran = subprocess.run([sys.executable, *UNSAFE], cwd=ROOT, capture_output=True, text=True)
    return [] if ran.returncode == 0 else (ran.stdout or ran.stderr).strip().splitlines()


def _known_weaknesses() -> int:
    """How many pip-audit knows, told; what it could not ask about is told as such."""
    ran = subprocess.run(
        [sys.executable, "-m", "pip_audit", "-r", "requirements.txt", "--no-deps", "--disable-pip",
         "--format", "json", "--timeout", "15", "--progress-spinner", "off"],
        cwd=ROOT, capture_output=True, text=True,
    )  # fmt: skip
    try:
        told = json.loads(ran.stdout)["dependencies"]
    except (ValueError, KeyError):
        why = (ran.stderr.strip().splitlines() or ["it said nothing"])[-1][:200]
        print(f"????  known weaknesses: NOT LOOKED UP, pip-audit could not ask its service ({why})")
        return 0
    skipped = [each["name"] for each in told if "skip_reason" in each]
    weak = [f"{each['name']}: {bug['id']}" for each in told for bug in each.get("vulns", ())]
    if skipped:
        print(
            f"????  known weaknesses: NOT LOOKED UP for {len(skipped)} of {len(told)}: {', '.join(skipped)}"
        )
    if len(skipped) < len(told):
        print(f"{'ok  ' if not weak else 'BAD '} known weaknesses of the others")
    print("".join(f"       {each}\n" for each in weak), end="")
    return len(weak)


if __name__ == "__main__":
    sys.exit(main())
