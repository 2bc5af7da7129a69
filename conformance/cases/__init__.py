"""All cases, in the order in which they are run."""

from . import (
    account,
    adoption,
    bucket_policies,
    buses,
    by_hand,
    edits,
    examples,
    functions,
    held,
    killed,
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
    *functions.CASES,
    *opened.CASES,
    *bucket_policies.CASES,
    *buses.CASES,
    *account.CASES,
    *neighbours.CASES,
    *killed.CASES,
]
