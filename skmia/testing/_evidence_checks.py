"""Checks of evidence: `session` is a target with records, `shadows` are models."""

from copy import deepcopy

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.utils.estimator_checks import (
    check_no_attributes_set_in_init,
    check_parameters_default_constructible,
)

from skmia.testing._common_checks import equal_data, require
from skmia.utils._records import copied


def check_parameters_are_kept(evidence, session, shadows):
    """The constructor stores its parameters, and does nothing else."""
    check_no_attributes_set_in_init(type(evidence).__name__, evidence)
    check_parameters_default_constructible(type(evidence).__name__, evidence)


def check_nothing_else_changes(evidence, session, shadows):
    """Neither the records nor the answers, which others are given, too."""
    given = session.about(*_records(session))
    try:
        _seen(evidence, given, shadows)
        kept = equal_data(given.X, session.X) and np.array_equal(given.y, session.y)
    except ValueError as error:
        if "read-only" not in str(error):
            raise
        kept = False
    require(
        kept,
        evidence,
        "writes on the records or the answers of the session. The next attack would "
        "see others: change a copy.",
    )


def check_one_row_per_pair(evidence, session, shadows):
    """A table with one row per pair, shadow models and target alike."""
    pairs, member, _ = shadows.pairs(evidence.n_models)
    fitted = clone(evidence)
    Z = fitted.fit_transform(pairs, member)
    asked = fitted.transform(session)
    for table, of in ((Z, pairs), (asked, session)):
        require(
            isinstance(table, pd.DataFrame) and len(table) == len(of),
            evidence,
            "gives no DataFrame with one row per pair. observe(session) must give one "
            "row per record in question, in their order.",
        )


def check_pairs_in_any_company(evidence, session, shadows):
    """A pair is seen alike in any order and in any company."""
    fitted, whole = _seen(evidence, session, shadows)
    rows = np.random.RandomState(0).permutation(len(session))
    for chosen in (rows, rows[:7]):
        require(
            _equal(fitted.transform(session[chosen]), whole.iloc[chosen]),
            evidence,
            "sees a pair differently when the pairs are permuted or cut. What is seen "
            "of a record must not depend on those it stands with: cross-validation "
            "and subsets would give other numbers.",
        )


def check_copies_are_seen_alike(evidence, session, shadows):
    """Seen again, also as a copy in another process, a model looks the same."""
    fitted, whole = _seen(evidence, session, shadows)
    again, asked = deepcopy((fitted, session.about(*_records(session))))
    require(
        _equal(again.transform(asked), whole),
        evidence,
        "sees a copy of the model and its records differently. Records are compared by "
        "content, never by identity, and random steps need a seed in random_state: "
        "else shadow models and the target are not seen alike.",
    )


def check_asks_what_it_says(evidence, session, shadows):
    """What it asks is what it declares."""
    try:
        _seen(evidence, session.about(*_records(session)), shadows)
    except AttributeError as error:
        require(
            False,
            evidence,
            f"asks more than its attribute 'asks' says: {error} No session will answer "
            "that.",
        )
    except ValueError:  # what else is wrong is for the other checks
        pass


CHECKS = (
    check_parameters_are_kept,
    check_asks_what_it_says,
    check_nothing_else_changes,
    check_one_row_per_pair,
    check_pairs_in_any_company,
    check_copies_are_seen_alike,
)


def _seen(evidence, session, shadows):
    """Fitted clone, and what it sees of the target."""
    pairs, member, _ = shadows.pairs(evidence.n_models)
    fitted = clone(evidence).fit(pairs, member)
    return fitted, fitted.transform(session)


def _records(session):
    return copied(session.X), copied(session.y)


def _equal(one, other):
    return list(one) == list(other) and np.array_equal(
        one.to_numpy(), other.to_numpy(), equal_nan=True
    )
