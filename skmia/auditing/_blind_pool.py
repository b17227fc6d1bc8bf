"""The audited records in the order of asking, with all that has a value for each."""

from dataclasses import dataclass
from numbers import Integral
from typing import Any

import numpy as np
import pandas as pd
from sklearn.utils import _safe_indexing, check_random_state

from skmia.auditing._audited_records import check_fit_params, pool
from skmia.auditing._copies import belonging, find_copies, numbered_pairs, record_keys
from skmia.auditing._epsilon import Deal
from skmia.auditing._order import blind_order, numbered, params_in_order
from skmia.auditing._out_of_bag import supposed_bags
from skmia.auditing._row_names import in_row_order
from skmia.auditing.validity._same_rows import refuse_equal_sets
from skmia.auditing.validity._split import Split
from skmia.utils._labels import classes_of
from skmia.utils._quantities import strata_of
from skmia.utils._random import draw_seeds


@dataclass(frozen=True)
class BlindPool:
    """Members and holdout records in an order that does not tell them apart.

    Attributes
    ----------
    X, y : records and labels, None where the model learns from records alone
    classes : ndarray of shape (n_classes,), Outputs or None
        Labels that occur, of several outputs those of each; None where they are
        quantities, or there are none.
    member : ndarray of {0, 1}
    groups : ndarray of int of shape (n_records,) or None
        Records that belong together; None where all stand for themselves.
    copies : ndarray of int of shape (n_records,)
        Number of the different row that each record is.
    bags : ndarray of bool of shape (n_models, n_records) or None
        Which members of an ensemble drew which record.
    fit_params : dict
        What ``fit`` of a model is given beside records.
    order : ndarray of int of shape (n_records,)
        Places of these records where they were given.
    index : MultiIndex
        Set and row of each record, as they were given.
    given_groups : ndarray of int of shape (n_records,) or None
        As `groups`, where the records were given.
    seed : int
        Of the order, and of all that follows.
    """

    X: Any
    y: np.ndarray
    classes: np.ndarray | None
    member: np.ndarray
    groups: np.ndarray | None
    copies: np.ndarray
    bags: np.ndarray | None
    fit_params: dict
    order: np.ndarray
    index: pd.MultiIndex
    given_groups: np.ndarray | None
    seed: int

    @property
    def back(self):
        """Where each given record stands."""
        return np.argsort(self.order)

    @property
    def labels_of_members(self):
        """Labels of the training records, None where there are none."""
        return None if self.y is None else self.y[self.member == 1]

    @property
    def split(self):
        """The two sets as a split, which checks look at."""
        return Split(
            self.X,
            self.y,
            self.member,
            self.copies,
            self.groups,
            self.seed,
            quantities=self.y is not None and self.classes is None,
        )

    def deal(self, declared, confidence_level):
        """What is bet on while the audit goes on.

        Parameters
        ----------
        declared : Declared or None
        confidence_level : float
        """
        return Deal(
            member=self.member,
            strata=None if self.classes is None else strata_of(self.y, self.classes),
            groups=self.groups,
            order=np.arange(len(self.member)),
            declared=declared,
            confidence_level=confidence_level,
            seed=self.seed,
        )


def blind_pool(model, sets, *, groups, fit_params, random_state, with_bags):
    """Records that were checked, and found to be two sets.

    Parameters
    ----------
    model : fitted estimator
    sets : X_train, y_train, X_holdout, y_holdout
    groups : array-like of shape (n_records,) or None
        Whose the records are.
    fit_params : dict or None
    random_state : int, RandomState instance or None
        Nothing is drawn of it before all records are checked.
    with_bags : bool
        Whether the members of the model stand for references.

    Returns
    -------
    pool : BlindPool
    """
    X, y, member, index = pool(model, *sets)
    fit_params = check_fit_params(fit_params, X)
    keys = record_keys(X)
    copies = find_copies(X, y, keys)
    code = belonging(copies, member, in_row_order("audit", "groups", groups, index))
    if code is not None:  # else all are different
        refuse_equal_sets(numbered_pairs(copies, code), member)
    seed = repeatable(random_state)
    bags = supposed_bags(model, X, member, code, seed) if with_bags else None
    order = blind_order(keys, y, seed)
    return BlindPool(
        X=_safe_indexing(X, order),
        y=None if y is None else y[order],
        classes=None if y is None else classes_of(y, [model]),
        member=member[order],
        groups=None if code is None else numbered(code[order]),
        copies=numbered(copies[order]),
        bags=None if bags is None else bags[:, order],
        fit_params=params_in_order(fit_params, X, order),
        order=order,
        index=index,
        given_groups=code,
        seed=seed,
    )


def repeatable(random_state):
    """Integer that stands for any `random_state`: an audit with it is the same."""
    if isinstance(random_state, Integral):
        return int(random_state)
    return draw_seeds(check_random_state(random_state))
