"""All cases, in the order in which they are run."""

from . import (
    adoption,
    buses,
    by_hand,
    edits,
    examples,
    functions,
    held,
    killed,
    linked,
    neighbours,
    oidc,
    opened,
    people,
    removal,
    versions,
)

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
    *opened.CASES,
    *buses.CASES,
    *neighbours.CASES,
    *killed.CASES,
]
