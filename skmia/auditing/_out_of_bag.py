"""Audits in which members of the ensemble itself are the references."""

from dataclasses import replace

import numpy as np
from sklearn.base import clone
from sklearn.utils import _safe_indexing, check_random_state

from skmia.attacks import get_attack
from skmia.attacks.evidence import OutOfBag, References
from skmia.shadow._bags import drawn_records

# The strongest of those that can: benchmarks/bench_out_of_bag.py.
STRONGEST = ("lira-offline", "rmia-offline")
ON_REFERENCES = (
    "The references are out-of-bag members of the model itself: nothing was trained. "
    "Attacks beside them know which row of the training data a candidate would be, and "
    "so which members would have drawn it: an auditor's privilege."
)


def no_shadows(n_shadows):
    """The number 0, and an error where shadow models were asked for."""
    if n_shadows not in ("auto", 0):
        raise ValueError(
            "The 'n_shadows' parameter of audit must be 0 or 'auto' with "
            f'references="out-of-bag", which trains nothing. Got {n_shadows!r}.'
        )
    return 0


def beside_bags(granted):
    """What who asks the members of an ensemble is granted: the ensemble itself."""
    if "scores" not in granted.levels:
        raise ValueError(
            "The 'references' parameter of audit can be 'out-of-bag' where the access "
            f"is 'scores' or more, since members are asked. Got {str(granted)!r}."
        )
    return replace(granted, levels=granted.levels | {"white-box"})


def supposed_bags(model, X, member, groups, seed):
    """Which members of the ensemble drew each audited record, or would have.

    A record of the holdout set takes the place of a random training record: that it is
    in no bag would tell that it was not trained on. The places are dealt out, each as
    often as the others, so that bags alone tell nothing at all. A member that drew one
    record of a group knows the others, too; a group takes one place.

    Parameters
    ----------
    model : fitted ensemble
    X : records, members first, in the order of the fit
    member : ndarray of {0, 1}
    groups : ndarray of int of shape (n_records,) or None
        Records that belong together.
    seed : int

    Returns
    -------
    bags : ndarray of bool of shape (n_models, n_records)
    """
    n_train = np.count_nonzero(member)
    own = drawn_records(model, _safe_indexing(X, np.arange(n_train)))
    groups = np.arange(len(member)) if groups is None else groups
    of_train = groups[:n_train]
    n_groups = groups.max() + 1
    drawn = np.array([np.bincount(of_train, bag, n_groups) > 0 for bag in own])
    places = check_random_state(seed).permutation(of_train)
    others = np.setdiff1d(groups, of_train)
    drawn[:, others] = drawn[:, np.resize(places, len(others))]
    return drawn[:, groups]


def without_fits(names, of):
    """Default attacks: of these names the ones that train nothing, and the strongest.

    Parameters
    ----------
    names : iterable of str
    of : str or None
        Kind of the ensemble.

    Returns
    -------
    names : list of str
    """
    free = [name for name in names if get_attack(name, of=of).fits == "0"]
    return [*free, *STRONGEST]


def beside_members(recipe, bags):
    """Offline reference attack with out-of-bag members in the place of references.

    What it learns of the ensemble it learns from some records, to judge others. All
    other attacks are what they are.

    Parameters
    ----------
    recipe : AttackRecipe
    bags : ndarray of bool of shape (n_models, n_records) or None
        None: there are no such members.

    Returns
    -------
    recipe : AttackRecipe
    """
    evidence = recipe.attack[0]
    if bags is None or type(evidence) is not References or evidence.online:
        return recipe
    evidence = OutOfBag(evidence.signals, bags=bags)
    attack = clone(recipe.attack).set_params(evidence=evidence)
    return replace(recipe, attack=attack, fitted_on="members")
