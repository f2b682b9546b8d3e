"""Whether a map of opinions has groups, and the sentence that says why or why not."""

from governance.opinions.groups import SMALLEST, STABILITY, Parting
from governance.text import counted

PEOPLE_NEEDED = 20
CLEAR = 0.5  # a silhouette below is a weak structure: Kaufman and Rousseeuw 1990
NO_GROUPS = "no stable groups"
TOO_CLOSE = "too close to tell"


def verdict(found: Parting | None, clustered: int, needed: int) -> tuple[str, str]:
    """What is found among so many people with so many votes each, and why; groups only where that is sure."""
    if found is None:
        return NO_GROUPS, (
            f"Groups need {PEOPLE_NEEDED} people with votes on at least "
            f"{counted(needed, 'statement')}; so far there "
            f"{'is' if clustered == 1 else 'are'} {clustered}."
        )
    if not found.labels.size:
        return NO_GROUPS, f"However they are parted, a group has fewer than {SMALLEST} people."
    if found.stable is False:
        return NO_GROUPS, (
            f"When people are drawn again, the groups agree to {found.stability:.2f} only, where 1 is the "
            f"same and 0 is chance; it takes {STABILITY:.2f}."
        )
    if found.clear is False:
        return NO_GROUPS, "Votes that are shuffled between people look about as grouped as these."
    if found.stable is None:
        return TOO_CLOSE, (
            f"When people are drawn again, the groups agree to {found.stability:.2f}, where 1 is the same "
            f"and 0 is chance; it takes {STABILITY:.2f}, too near to be sure. More votes will tell."
        )
    if found.clear is None:
        return TOO_CLOSE, (
            "Votes that are shuffled between people look nearly as grouped as these, too nearly to be sure. "
            "More votes will tell."
        )
    close = " They lie close together: opinions may vary gradually between them."
    return counted(int(found.labels.max()) + 1, "group"), (
        f"People drawn again part alike ({found.stability:.2f}, where 1 is the same), and shuffled votes "
        f"look less grouped.{close if found.silhouette < CLEAR else ''}"
    )
