"""Summaries of trajectories, for attack models that read a fixed number of columns."""

from __future__ import annotations

from typing import Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.utils.validation import check_is_fitted, validate_data

from skmia.utils._sequence_columns import sequence_columns
from skmia.utils._sklearn import _fit_context

STATISTICS = ("mean", "std", "min", "argmin", "slope", "change", "increases")


class TrajectorySummary(TransformerMixin, BaseEstimator):
    """Seven numbers for each trajectory of a record, however long.

    For each metric: its mean, standard deviation and minimum, the place of the minimum
    (0 = first, 1 = last), the slope of the least-squares line over the same scale,
    last minus first, and the fraction of steps that increase. Beside the trajectories
    themselves: ``make_union("passthrough", TrajectorySummary())``.

    Attributes
    ----------
    metrics_ : list of str
        Names of the metrics; "trajectory" for observations without names.
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    skmia.shadow.DistilledTrajectory : Trajectories of any model that gives scores.

    Notes
    -----
    Level: observations with columns ``<metric>_<step>``; a name of another form is a
    trajectory of one step, as is "loss" beside "loss_0". Without names all columns are
    one trajectory. Nothing is learned but the columns.

    TrajectoryMIA reads the losses with a perceptron and SeqMIA the sequences with a
    recurrent network (:mod:`skmia.neural` has both). These summaries let any classifier
    read what they are after: level, trend, and ups and downs. The attacks by the names
    "trajectory" and "seqmia" are logistic regression on them, not the published
    networks.

    References
    ----------
    Y. Liu et al., "Membership Inference Attacks by Exploiting Loss Trajectory", ACM CCS
    2022. arXiv:2208.14933. H. Li et al., "SeqMIA: Sequential-Metric Based Membership
    Inference Attack", ACM CCS 2024. arXiv:2407.15098.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks import TrajectorySummary
    >>> Z = pd.DataFrame({"loss_0": [2.0], "loss_1": [0.5], "loss_2": [1.0]})
    >>> summary = TrajectorySummary().set_output(transform="pandas")
    >>> summary.fit_transform(Z).T[0]["loss_argmin"]
    np.float64(0.5)
    """

    _parameter_constraints: dict = {}

    @_fit_context(prefer_skip_nested_validation=True)
    def fit(self, Z: ArrayLike, y: object = None) -> Self:
        """Find the trajectories among the columns.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.
        y : Ignored
            Not used, present for API consistency by convention.

        Returns
        -------
        self : object
        """
        validate_data(self, Z, dtype=np.float64)
        columns = sequence_columns(self)
        self.metrics_, self._columns = [*columns], [*columns.values()]
        return self

    def transform(self, Z: ArrayLike) -> np.ndarray:
        """Summaries of all trajectories.

        Parameters
        ----------
        Z : array-like of shape (n_samples, n_columns)
            Observations.

        Returns
        -------
        summaries : ndarray of shape (n_samples, 7 * n_metrics)
        """
        check_is_fitted(self)
        Z = validate_data(self, Z, reset=False, dtype=np.float64)
        return np.hstack([_summarise(Z[:, columns]) for columns in self._columns])

    def get_feature_names_out(self, input_features: object = None) -> np.ndarray:
        """Names of the summaries.

        Parameters
        ----------
        input_features : Ignored
            The names are those of the metrics found in `fit`.

        Returns
        -------
        names : ndarray of str
            ``<metric>_<statistic>``.
        """
        check_is_fitted(self)
        names = [f"{m}_{statistic}" for m in self.metrics_ for statistic in STATISTICS]
        return np.asarray(names, dtype=object)


def _summarise(values):
    """Statistics of (n_samples, n_steps), in the order of STATISTICS."""
    n_steps = values.shape[1]
    place = np.linspace(0, 1, n_steps)
    centred = place - place.mean()
    steps = np.diff(values, axis=1)
    return np.column_stack(
        [
            values.mean(axis=1),
            values.std(axis=1),
            values.min(axis=1),
            place[values.argmin(axis=1)],
            # A single step has no trend.
            (values @ centred) / max(centred @ centred, np.finfo(float).tiny),
            values[:, -1] - values[:, 0],
            (steps > 0).sum(axis=1) / max(n_steps - 1, 1),
        ]
    )
