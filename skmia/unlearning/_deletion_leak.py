"""Chen's game: which record was deleted, by the answers before and after."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, NamedTuple

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.base import clone
from sklearn.metrics import roc_auc_score
from sklearn.utils import _safe_indexing, check_random_state

from skmia.metrics import auc_interval
from skmia.unlearning._change_features import FORMS, change_features
from skmia.unlearning._versions import (
    answers_of,
    attack_of,
    check_answers,
    forgotten,
)
from skmia.utils._fitting import fit_clone
from skmia.utils._membership import membership_score
from skmia.utils._parallel import in_parallel
from skmia.utils._random import deal, draw_seeds, set_random_states
from skmia.utils._records import check_labelled
from skmia.utils._sklearn import (
    COUNT,
    INNER_FRACTION,
    JOBS,
    HasMethods,
    validate_params,
)
from skmia.utils._typing import Classifier, MatrixLike, RandomStateLike


class Deletions(NamedTuple):
    """Answers about deleted records and about others, before and after."""

    before: np.ndarray
    after: np.ndarray
    deleted: np.ndarray
    model: np.ndarray


@validate_params(
    estimator=[HasMethods(["fit"])],
    n_train=[COUNT, None],
    n_models=[COUNT],
    n_deletions=[COUNT],
    attack=[HasMethods(["fit"]), None],
    unlearn=[callable, None],
    confidence_level=[INNER_FRACTION],
    random_state=["random_state"],
    n_jobs=JOBS,
)
def deletion_leak(
    estimator: Classifier,
    X: MatrixLike,
    y: ArrayLike,
    *,
    n_train: int | None = None,
    n_models: int = 10,
    n_deletions: int = 20,
    attack: Classifier | None = None,
    unlearn: Callable[..., Any] | None = None,
    confidence_level: float = 0.95,
    random_state: RandomStateLike = None,
    n_jobs: int | None = None,
) -> pd.DataFrame:
    """How well deleted records are told by the answers before and after.

    A model is trained, one of its records is deleted, and whoever has the answers of
    both versions guesses whether a record is the deleted one, or one that neither saw.
    The attack is learned on one half of the records, and played on the other.

    .. versionadded:: 0.2

    Parameters
    ----------
    estimator : classifier
        What is trained, with ``predict_proba`` or ``decision_function``.
    X : {array-like, sparse matrix, DataFrame} of shape (n_samples, n_features)
        Records.
    y : array-like of shape (n_samples,)
        Class labels.
    n_train : int, default=None
        Records that each model is trained on, less than those of a half. None: half
        of these.
    n_models : int, default=10
        Models of the adversary, and as many that are attacked.
    n_deletions : int, default=20
        Records that are deleted of each model, one by one.
    attack : classifier, default=None
        What learns to tell deleted records. None: a forest of 100 trees.
    unlearn : callable, default=None
        ``unlearn(model, X, y, forget)`` returns the model without the records that the
        mask `forget` marks among `X`, `y`, those of its training. It may change
        `model`, which is a copy. None: trained anew, with another seed.
    confidence_level : float, default=0.95
        Level of the intervals.
    random_state : int, RandomState instance or None, default=None
        Seed of halves, training sets, deletions, models and attack.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.

    Returns
    -------
    leak : DataFrame
        One row for each form of :func:`change_features`, and "plain", the answer before
        alone, sorted: ordinary membership inference. ``auc`` with ``auc_low`` and
        ``auc_high``, whose intervals take the records of a model as dependent;
        ``more_confident``, the share of the deleted records that the form makes the
        attack surer of than "plain" does.

    See Also
    --------
    verify_unlearning : Whether a model that is there has forgotten records.

    Notes
    -----
    Level: records. Threat model: both versions are asked for scores, and models are
    trained on records like theirs. This is a leak *because* records are deleted: a
    perfect deletion has it, too. Where nothing changes, all forms but "plain" and the
    concatenations are constant, and have an AUC of 0.5.

    References
    ----------
    M. Chen et al., "When Machine Unlearning Jeopardizes Privacy", ACM CCS 2021,
    arXiv:2005.02205.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.unlearning import deletion_leak
    >>> X, y = load_iris(return_X_y=True)
    >>> leak = deletion_leak(GaussianNB(), X, y, n_deletions=30, random_state=0)
    >>> bool(leak.loc["sorted_diff", "auc"] > leak.loc["plain", "auc"])
    True
    """
    check_answers("estimator", estimator)
    attack = attack_of(attack)
    X, y = check_labelled(X, y)
    rng = check_random_state(random_state)
    half = deal(np.unique(y, return_inverse=True)[1], 2, rng)
    halves = [np.flatnonzero(half == side) for side in (0, 1)]
    n_train = _check_sizes(halves, n_train, n_deletions)
    shadow, target = (
        _play(
            estimator, X, y, rows, n_train, n_models, n_deletions, unlearn, rng, n_jobs
        )
        for rows in halves
    )
    attack = set_random_states(clone(attack), rng)
    scores = {name: _score(attack, name, shadow, target) for name in (*FORMS, "plain")}
    rows = {
        name: _measure(score, scores["plain"], target, confidence_level)
        for name, score in scores.items()
    }
    return pd.DataFrame.from_dict(rows, orient="index").rename_axis("form")


def _check_sizes(halves, n_train, n_deletions):
    size = min(map(len, halves))
    n_train = size // 2 if n_train is None else n_train
    enough = max(n_train + n_deletions, 2 * n_deletions) <= size
    if not enough or n_train < max(n_deletions, 2):
        raise ValueError(
            f"deletion_leak deletes 'n_deletions', {n_deletions}, of 'n_train', "
            f"{n_train}, records, of which there must be 2, and needs as many others "
            f"in each half of the records, which has {size}. Give more records, or "
            "choose fewer."
        )
    return n_train


def _play(estimator, X, y, rows, n_train, n_models, n_deletions, unlearn, rng, n_jobs):
    """Deletions from several models that are trained on some of the rows."""
    classes = np.unique(y)
    calls = []
    for seed in draw_seeds(rng, n_models):
        parts = np.split(rng.permutation(rows), [n_train, n_train + n_deletions])
        calls.append({"rows": parts[0], "others": parts[1], "seed": seed})
    shared = {"estimator": estimator, "X": X, "y": y}
    shared |= {"unlearn": unlearn, "classes": classes}
    seen = in_parallel(_delete, calls, shared=shared, n_jobs=n_jobs)
    before, after = (np.concatenate(answers) for answers in zip(*seen, strict=True))
    deleted = np.tile([1, 0], n_models * n_deletions)
    model = np.repeat(np.arange(n_models), 2 * n_deletions)
    return Deletions(before, after, deleted, model)


def _delete(estimator, X, y, rows, others, unlearn, classes, seed):
    """Answers about each deleted record and another one, of one model."""
    rng = check_random_state(seed)
    model = fit_clone(estimator, X, y, rows, draw_seeds(rng))
    before, after = [], []
    for gone, other in zip(rows, others, strict=False):
        version = forgotten(model, estimator, X, y, rows, [gone], unlearn, rng)
        asked = _safe_indexing(X, [gone, other])
        before.append(answers_of(model, asked, classes))
        after.append(answers_of(version, asked, classes))
    return np.concatenate(before), np.concatenate(after)


def _score(attack, name, shadow, target):
    """Scores of the records in question, by an attack of the adversary's."""
    learned = clone(attack).fit(_features(shadow, name), shadow.deleted)
    return membership_score(learned, _features(target, name))


def _features(seen, name):
    if name == "plain":
        return -np.sort(-seen.before, axis=1)
    return change_features(seen.before, seen.after, name)


def _measure(score, plain, seen, level):
    low, high = auc_interval(
        seen.deleted, score, confidence_level=level, groups=seen.model
    )
    deleted = seen.deleted == 1
    return {
        "auc": roc_auc_score(seen.deleted, score),
        "auc_low": low,
        "auc_high": high,
        "more_confident": np.mean(score[deleted] > plain[deleted]),
    }
