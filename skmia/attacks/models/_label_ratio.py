"""Likelihood ratio of labels, for adversaries who see nothing else."""

from __future__ import annotations

from typing import Literal

import numpy as np
from scipy.special import expit, logit

from skmia.attacks.models._reference import ReferenceAttack

# Models that a prior stands for: what the class of a record does is worth this many
# models of its own, and so is what the other side does.
_PRIOR_MODELS = 4


class LabelRatioAttack(ReferenceAttack):
    """Compare how often models with and without the record get its label right.

    A record is right under in models with one probability, and under out models with
    another. The score is the log ratio of the two at what the target does: positive
    where it is right on what only its members are right on, and near zero where all
    models are right, or none.

    .. versionadded:: 0.2

    Parameters
    ----------
    objective : {"advantage", "accuracy", "tpr_at_fpr"}, default="advantage"
        What the threshold maximises on the training observations: TPR - FPR, the
        fraction of right decisions, or TPR among the thresholds whose FPR is at most
        `fpr`. Among equals the strictest threshold is taken.
    fpr : float, default=0.01
        Bound for ``objective="tpr_at_fpr"``, a fraction.

    Attributes
    ----------
    threshold_ : float
        A record is called a member when its score is greater.
    classes_ : ndarray of shape (2,)
        Membership labels; ``classes_[1]`` is "member".
    n_features_in_ : int
        Number of columns of the observations.
    feature_names_in_ : ndarray of str
        Names of the columns, if the observations came with names.

    See Also
    --------
    RelativeAttack : Of the same observations, divides by the mean of both.
    LikelihoodRatioAttack : The same for scores.

    Notes
    -----
    Level: observations, of the signals "correctness" and "true_label"; without the
    latter all records are of one class. Threat model: the adversary sees predicted
    labels only, knows the true label, and trains reference models. These may know the
    candidates or not.

    A few models say little about a probability. The rates of a record are therefore
    shrunk twice, by 4 models each: to the rates of its class, learned in ``fit``, and
    to what the other side says of this record, moved in logits by the distance between
    in and out models of the class. Of a record without in models that is all there is.

    References
    ----------
    N. Carlini et al., "Membership Inference Attacks From First Principles", IEEE S&P
    2022, arXiv:2112.03570 (the ratio; that of labels is ours).

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import ShadowModels
    >>> from skmia.attacks import LabelRatioAttack
    >>> X, y = load_digits(return_X_y=True)
    >>> tree = DecisionTreeClassifier(random_state=0)
    >>> shadows = ShadowModels(tree, n_shadows=8, random_state=0).fit(X, y)
    >>> signals = ["correctness", "true_label"]
    >>> Z, member, _ = shadows.pseudo_observations(signals, n_targets=2)
    >>> attack = LabelRatioAttack().fit(Z, member)
    >>> target = tree.fit(X[::2], y[::2])
    >>> called = attack.predict(shadows.reference_observations(target, signals))
    >>> bool(called[::2].mean() > called[1::2].mean() + 0.1)
    True
    """

    def __init__(
        self,
        *,
        objective: Literal["advantage", "accuracy", "tpr_at_fpr"] = "advantage",
        fpr: float = 0.01,
    ) -> None:
        self.objective = objective
        self.fpr = fpr

    def _learn(self, view, member):
        """Rates of the classes, inside and outside, with those of all at the end."""
        known, place = np.unique(_label(view), return_inverse=True)
        inside, outside = _counts(view)
        # What the target itself does counts, too: that of fit is a model like others.
        right, one = _right(view.target), np.ones(len(member))
        inside = inside + np.stack([right, one]) * (member == 1)
        outside = outside + np.stack([right, one]) * (member == 0)
        return known, _rates(inside, place), _rates(outside, place)

    def _score(self, view, state):
        known, *rates = state
        label = _label(view)
        place = np.searchsorted(known, label).clip(max=len(known) - 1)
        place[known[place] != label] = len(known)
        in_class, out_class = (rate[place] for rate in rates)
        distance = logit(in_class) - logit(out_class)
        inside, outside = _counts(view)
        p_in = _shrunk(inside, expit(logit(_shrunk(outside, out_class)) + distance))
        p_out = _shrunk(outside, expit(logit(_shrunk(inside, in_class)) - distance))
        right = _right(view.target)
        return np.log(np.where(right, p_in / p_out, (1 - p_in) / (1 - p_out)))


def _right(values):
    return values > 0.5


def _label(view):
    return np.zeros(len(view.target)) if view.label is None else view.label


def _counts(view):
    """Right ones and all, of the in and of the out models: two (2, n_records)."""
    right = _right(view.reference)
    return tuple(
        np.stack([(right & side).sum(axis=1), side.sum(axis=1)])
        for side in (view.in_models, ~view.in_models)
    )


def _rates(counts, place):
    """Fraction right of each class and, at the end, of all; never 0 or 1."""
    right, all_ = counts.sum(axis=1)
    overall = (right + 0.5) / (all_ + 1)
    by_class = np.stack([np.bincount(place, one) for one in counts])
    return np.append(_shrunk(by_class, overall), overall)


def _shrunk(counts, prior):
    right, all_ = counts
    return (right + _PRIOR_MODELS * prior) / (all_ + _PRIOR_MODELS)
