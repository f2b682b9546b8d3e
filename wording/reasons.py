"""Why moderators took something out of sight, as everybody reads it."""

from governance.text import clean_line

LONGEST_REASON = 300


def read_reason(text: str) -> str:
    """A moderator's reason on one line. Raises ValueError for none and for a longer one."""
    reason = clean_line(text)
    if not 0 < len(reason) <= LONGEST_REASON:
        raise ValueError(f"A reason has 1 to {LONGEST_REASON} characters; everybody can read it.")
    return reason
