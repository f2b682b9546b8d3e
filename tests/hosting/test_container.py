"""What the container and the service are told: nothing they need is left out, no setting is misspelt."""

import re
import shutil
import subprocess
import sys
from dataclasses import fields
from pathlib import Path

import pytest

from settings import Settings

ROOT = Path(__file__).parents[2]
NAMES = {field.name.upper() for field in fields(Settings)}
OTHERS = {"PATH", "PYTHONUNBUFFERED", "MPLCONFIGDIR", "NUMBA_CACHE_DIR"}
ASKS = """
import asyncio, importlib
import bot
for name in bot.EXTENSIONS:
    importlib.import_module(name)
print(len(asyncio.run(bot.SampleSource().names()).models), "models")
"""


def read(name: str) -> str:
    return (ROOT / name).read_text("utf-8")


@pytest.fixture(scope="module")
def context(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """What `COPY . .` brings into the container."""
    folder = tmp_path_factory.mktemp("context")
    unseen = shutil.ignore_patterns("__pycache__")
    for line in read(".dockerignore").splitlines():
        if line.startswith("!"):
            source, target = ROOT / line[1:], folder / line[1:]
            target.parent.mkdir(parents=True, exist_ok=True)
            if source.is_dir():
                shutil.copytree(source, target, ignore=unseen)
            else:
                shutil.copy(source, target)
    return folder


@pytest.mark.slow
def test_the_bot_runs_from_what_is_copied(context: Path) -> None:
    ran = subprocess.run([sys.executable, "-c", ASKS], cwd=context, capture_output=True, text=True, env={})
    assert ran.returncode == 0, ran.stderr
    assert re.fullmatch(r"[0-9]+ models\n", ran.stdout)
    ran = subprocess.run(
        [sys.executable, "bot.py"], cwd=context, capture_output=True, text=True, env={"PATH": "/nowhere"}
    )
    assert ran.returncode == 1
    assert ran.stderr.startswith("DISCORD_TOKEN is not set")


def test_the_list_is_an_allow_list_without_secrets() -> None:
    lines = [line for line in read(".dockerignore").splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*"
    assert {line for line in lines if not line.startswith("!")} == {"*", "**/__pycache__"}
    assert not [line for line in lines if ".env" in line or "sqlite" in line]


def test_the_container_ends_as_a_user_of_its_own() -> None:
    users = re.findall(r"^USER (.+)$", read("Dockerfile"), re.MULTILINE)
    assert users
    assert users[-1] not in ("0", "root")


@pytest.mark.parametrize(
    ("file", "told"),
    [
        ("Dockerfile", r"^(?:ENV)?\s+([A-Z_]+)="),
        ("compose.yaml", r"^ +([A-Z_]+): "),
        ("hosting/roundtable.service", r"(?:Environment=| )([A-Z_]+)=/"),
    ],
)
def test_what_is_set_is_a_setting(file: str, told: str) -> None:
    found = set(re.findall(told, read(file), re.MULTILINE)) - OTHERS
    assert found
    assert found <= NAMES


def test_the_health_check_asks_a_port_that_is_listened_on() -> None:
    [port] = re.findall(r"HEALTH_PORT=([0-9]+)", read("Dockerfile"))
    assert re.findall(r'HEALTH_PORT: "([0-9]+)"', read("compose.yaml")) == [port]
    assert 'CMD ["python", "bot.py", "health"]' in read("Dockerfile")
