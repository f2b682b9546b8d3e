"""One of each: what the house does in one place is done nowhere else."""

from pathlib import Path

ROOT = Path(__file__).parent.parent
ROOMS = ("cogs", "features", "governance", "scoring", "storage", "tournament", "ui", "wording")


def test_text_is_made_safe_for_discord_in_one_place() -> None:
    for room in ROOMS:
        for path in (ROOT / room).rglob("*.py"):
            if path != ROOT / "ui" / "text.py":
                text = path.read_text(encoding="utf-8")
                assert "escape_markdown" not in text, path
                assert "escape_mentions" not in text, path
                assert "bullets([plain(" not in text, f"{path}: bullets make their text safe themselves"
