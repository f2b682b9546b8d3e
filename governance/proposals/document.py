"""Proposals as JSON: written, read back, described by a schema, and fingerprinted."""

import hashlib
import json
from typing import Any

from governance.proposals.proposal import Proposal, read_proposal


def from_json(text: str | bytes) -> Proposal:
    """The proposal in a JSON text of at most 64 KB. Raises ValueError with a sentence for anything else."""
    return read_proposal(text)


def to_json(proposal: Proposal) -> str:
    """The proposal as JSON that people can read and from_json takes back; what is not said is left out."""
    said = proposal.model_dump(mode="json", exclude_defaults=True)
    return json.dumps(said, ensure_ascii=False, indent=2) + "\n"


def json_schema() -> dict[str, Any]:
    """The published JSON Schema of a proposal; docs/proposal.schema.json is a copy of it."""
    return {
        "$schema": "https://json-schema.org/draft/2020-12/schema",
        **Proposal.model_json_schema(),
    }


def content_hash(proposal: Proposal) -> str:
    """SHA-256 (hex) of what the proposal says: sorted keys, no spaces, nothing that is not said.

    Its texts are in NFC since they were read. Neither the order of keys nor white space around texts
    matters, and a field that a later version of the form adds leaves the hashes of older proposals alone.
    """
    said = proposal.model_dump(mode="json", exclude_defaults=True)
    canonical = json.dumps(said, ensure_ascii=False, sort_keys=True, separators=(",", ":"))
    return hashlib.sha256(canonical.encode()).hexdigest()
