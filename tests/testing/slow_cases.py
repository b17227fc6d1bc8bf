"""Cases of a parametrised test that only the slow run has."""

import pytest

from skmia.attacks import get_attack, get_attack_names


def slow(*cases):
    """Cases for ``pytest.mark.parametrize``; a tuple holds the arguments of a case."""
    return [
        pytest.param(
            *(case if isinstance(case, tuple) else (case,)), marks=pytest.mark.slow
        )
        for case in cases
    ]


def others_slow(cases, kept):
    """All cases, in their order, of which the fast run has those that are kept."""
    return [one for case in cases for one in ([case] if case in kept else slow(case))]


def by_evidence():
    """One attack for each kind of evidence: the last in the list of all."""
    names = get_attack_names()
    return set({type(get_attack(n).attack["evidence"]): n for n in names}.values())
