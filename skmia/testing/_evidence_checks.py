"""Checks of evidence: what every transformer of pairs must hold."""

from copy import deepcopy

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.datasets import make_blobs
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.utils.estimator_checks import (
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
)

from skmia.shadow import ShadowModels
from skmia.targets import Session
from skmia.testing._common_checks import require


def check_evidence(evidence, *, data=None):
    """Check that an evidence sees every pair alike, whatever it is shown with.

    scikit-learn's ``check_estimator`` makes arrays, and an evidence takes pairs: this
    takes its place.

    Parameters
    ----------
    evidence : Evidence
        Instance with the parameters to be checked; not changed.
    data : tuple of (Session, ShadowModels), default=None
        A target with the records in question, and fitted shadow models. None: boosted
        trees on three overlapping classes.

    Raises
    ------
    AssertionError
        What is wrong, and why it matters.

    Examples
    --------
    >>> from skmia.attacks.evidence import Signals
    >>> from skmia.testing import check_evidence
    >>> check_evidence(Signals("loss"))
    """
    name = type(evidence).__name__
    check_no_attributes_set_in_init(name, evidence)
    check_parameters_default_constructible(name, evidence)
    session, shadows = _models() if data is None else data
    pairs, member, _ = shadows.pairs(evidence.n_models)
    fitted = clone(evidence)
    Z = fitted.fit_transform(pairs, member)
    require(
        isinstance(Z, pd.DataFrame) and len(Z) == len(pairs),
        evidence,
        "gives no DataFrame with one row per pair. observe(session) must give one row "
        "per record in question, in their order.",
    )
    whole = fitted.transform(session)
    _check_rows(evidence, fitted, session, whole)
    _check_repeats(evidence, fitted, session, whole)
    _check_access(evidence, fitted, session)


def _check_rows(evidence, fitted, session, whole):
    """A pair is seen alike in any order and in any company."""
    rows = np.random.RandomState(0).permutation(len(session))
    for chosen in (rows, rows[:7]):
        require(
            _equal(fitted.transform(session[chosen]), whole.iloc[chosen]),
            evidence,
            "sees a pair differently when the pairs are permuted or cut. What is seen "
            "of a record must not depend on those it stands with: cross-validation "
            "and subsets would give other numbers.",
        )


def _check_repeats(evidence, fitted, session, whole):
    """Seen again, also as a copy in another process, a model looks the same."""
    again, asked = deepcopy((fitted, session.about(*_records(session))))
    require(
        _equal(again.transform(asked), whole),
        evidence,
        "sees a copy of the model and its records differently. Records are compared by "
        "content, never by identity, and random steps need a seed in random_state: "
        "else shadow models and the target are not seen alike.",
    )


def _check_access(evidence, fitted, session):
    """What it asks is what it declares."""
    weak = session.about(*_records(session))
    weak.answers = weak.answers & fitted.asks
    try:
        fitted.transform(weak)
    except AttributeError as error:
        require(
            False,
            evidence,
            f"asks more than its attribute 'asks' says: {error} An audit would run it "
            "on models that do not answer.",
        )


def _records(session):
    return session.X.copy(), session.y.copy()


def _equal(one, other):
    return list(one) == list(other) and np.array_equal(
        one.to_numpy(), other.to_numpy(), equal_nan=True
    )


def _models():
    X, y = make_blobs(60, n_features=4, cluster_std=6, random_state=0)
    y = np.array(["b", "c", "a"])[y]
    model = GradientBoostingClassifier(n_estimators=2, random_state=0)
    shadows = ShadowModels(model, cv=4, random_state=0).fit(X, y)
    return Session(clone(model).fit(X[::2], y[::2]), X, y), shadows
