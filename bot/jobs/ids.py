"""Ids that nobody guesses: of jobs, and of what lies in trays."""

import secrets

_ALPHABET = "abcdefghijkmnpqrstuvwxyz23456789"


def new_id() -> str:
    """Sixteen characters that are not used yet, to be read aloud without mistakes."""
    return "".join(secrets.choice(_ALPHABET) for _ in range(16))
