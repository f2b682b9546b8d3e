"""What an audit looks for on this machine: licences, secrets, file modes, unpinned versions."""

import re
import subprocess
from collections.abc import Iterable, Iterator, Mapping
from importlib.metadata import Distribution, distribution
from pathlib import Path

from packaging.requirements import Requirement

from tests.hosting.locking import ROOT, pins_of

# licences under which a program of the MIT licence may use a library; MPL is bound to its own files, and the
# exception of LLVM's permits more than the Apache licence by itself
PERMISSIVE = (
    r"MIT|BSD|Apache|PSF|Python Software Foundation|ISC|NCSA|Zlib|CC0|Unlicense|MPL|Mozilla|CNRI|HPND|0BSD"
    r"|^LLVM-exception$"
)
WITH = re.compile(r"\s+(?:AND|OR|WITH)\s+|[;,/()]", re.IGNORECASE)
# what a token or key looks like; Discord's and Numerai's own first
SECRETS: Mapping[str, str] = {
    "a Discord bot's token": r"\b[MNO][A-Za-z0-9_-]{23,25}\.[A-Za-z0-9_-]{6}\.[A-Za-z0-9_-]{27,}",
    "a Discord webhook": r"discord(?:app)?\.com/api/webhooks/\d{17,}/[\w-]{40,}",
    "a GitHub token": r"\b(?:gh[pousr]_[A-Za-z0-9]{36,}|github_pat_\w{60,})",
    "an AWS key": r"\bAKIA[0-9A-Z]{16}\b",
    "a private key": r"-----BEGIN (?:[A-Z]+ )?PRIVATE KEY-----",
    "a key of an API": r"\bsk-[A-Za-z0-9_-]{20,}",
    "a secret of Numerai": r"(?i)numerai_secret(?:_key)?['\"]?\s*[=:]\s*['\"]?[A-Z0-9]{30,}",
}
EXECUTABLE = 0o111


def unfit_licences() -> Iterator[str]:
    """What the bot's requirements install, here, whose licence is not known to fit."""
    for each in map(Requirement, pins_of("bot")):
        if each.marker is None or each.marker.evaluate():  # others are of other systems
            told = licence_of(distribution(each.name))
            if not fits(told):
                yield f"{each}: licence {told or 'unknown'}"


def licence_of(found: Distribution) -> str:
    """The licence that a distribution names: as an expression, by classifiers, or in words."""
    classifiers = [
        each.split(" :: ")[-1] for each in found.metadata.get_all("Classifier", []) if "License" in each
    ]
    told = found.metadata.get("License-Expression") or "; ".join(classifiers)
    return told or (found.metadata.get("License") or "").split("\n")[0]


def fits(licence: str) -> bool:
    """Whether each part of a licence permits use under MIT."""
    parts = [part.strip() for part in WITH.split(licence) if part.strip()]
    return bool(parts) and all(re.search(PERMISSIVE, part) for part in parts if "Approved" not in part)


def unpinned(files: Iterable[Path]) -> Iterator[str]:
    """Lines of requirements without one exact version."""
    for file in files:
        for line in file.read_text("utf-8").splitlines():
            if not line.strip() or line.startswith(("#", "-r")):
                continue
            pin = re.fullmatch(r"([\w.-]+)(?:\[[\w,]+\])?==([\w.]+)(?: ; .+)?", line.strip())
            if pin is None:
                yield f"{file.name}: “{line}” is not one version"


def secrets_in(texts: Iterable[tuple[str, str]]) -> Iterator[str]:
    """Where something looks like a secret, of (name, text); the secret itself is not told."""
    for name, text in texts:
        for number, line in enumerate(text.splitlines(), 1):
            yield from (f"{name}:{number}: {what}" for what, rule in SECRETS.items() if re.search(rule, line))


def texts() -> Iterator[tuple[str, str]]:
    """Every text that is kept in the repository."""
    for name in _git("ls-files", "-z").split("\0"):
        if name and (ROOT / name).is_file():
            content = (ROOT / name).read_bytes()
            if b"\0" not in content[:1024]:
                yield name, content.decode("utf-8", "replace")


def odd_modes(listed: str | None = None) -> Iterator[str]:
    """Kept files that can be executed and begin with no `#!`, and links."""
    for line in (listed if listed is not None else _git("ls-files", "-s")).splitlines():
        told, _, name = line.partition("\t")
        mode = told.split()[0]
        if mode == "120000":
            yield f"{name}: a link"
        elif int(mode, 8) & EXECUTABLE and not (ROOT / name).read_bytes().startswith(b"#!"):
            yield f"{name}: can be executed, and is no script"


def _git(*words: str) -> str:
    return subprocess.run(["git", *words], cwd=ROOT, capture_output=True, text=True, check=True).stdout
