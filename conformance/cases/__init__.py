"""All cases, in the order in which they are run."""

from . import adoption, by_hand, edits, examples, functions, held, killed, linked, oidc, people, removal, versions

ALL = [
    *examples.CASES,
    *edits.CASES,
    *versions.CASES,
    *by_hand.CASES,
    *held.CASES,
    *adoption.CASES,
    *removal.CASES,
    *people.CASES,
    *oidc.CASES,
    *linked.CASES,
    *functions.CASES,
    *killed.CASES,
]
