"""Metrics of a membership game as a scorer for ``GridSearchCV``."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from skmia.metrics._summary import METRIC_NAMES, membership_metrics, parse_metric

UTILITY_NAMES = (
    "target_train_accuracy",
    "target_test_accuracy",
    "generalization_error",
)


class _GameScorer:
    """Callable ``scorer(game, X, y)``; see :func:`game_scorer`."""

    def __init__(self, metrics):
        self.metrics = metrics

    def __repr__(self):
        return f"game_scorer({', '.join(map(repr, self.metrics))})"

    def __call__(self, game, X, y):
        utility = any(name in UTILITY_NAMES for name in self.metrics)
        outcome = game.play(X, y, utility=utility)
        fprs = {name: parse_metric(name)[1] for name in self._of_attack()}
        found = membership_metrics(
            outcome.member[outcome.judged],
            outcome.score[outcome.judged],
            predicted=outcome.predicted[outcome.judged],
            fprs=sorted({fpr for fpr in fprs.values() if fpr is not None}),
        )
        values = {
            name: found[name if fpr is None else f"tpr_at_fpr_{fpr}"]
            for name, fpr in fprs.items()
        }
        values |= {
            "target_train_accuracy": outcome.target_train_accuracy,
            "target_test_accuracy": outcome.target_test_accuracy,
            "generalization_error": outcome.target_train_accuracy
            - outcome.target_test_accuracy,
        }
        if len(self.metrics) == 1:
            return values[self.metrics[0]]
        return {name: values[name] for name in self.metrics}

    def _of_attack(self):
        return [name for name in self.metrics if name not in UTILITY_NAMES]


def game_scorer(*metrics: str) -> Callable[..., Any]:
    """Scorer that plays one round of a game and returns several metrics of it.

    Parameters
    ----------
    *metrics : str
        Of the attack: "accuracy", "precision", "recall", "fpr", "advantage", "f1",
        "auc", "tpr_at_fpr" (at 1 %) or "tpr_at_fpr_<fpr>". Of the target:
        "target_train_accuracy", "target_test_accuracy", "generalization_error".

    Returns
    -------
    scorer : callable
        ``scorer(game, X, y)`` returns a dict of floats, or a float when there is one
        metric. A search over several metrics needs ``refit=<name>`` or False.

    Notes
    -----
    Level: records. All metrics of the attack are larger when the attack is better,
    but for "fpr". The area under the ROC curve of a one-column attack does not change
    with a monotone attack model: search over a metric at a threshold, too.

    Examples
    --------
    >>> from sklearn.datasets import load_digits
    >>> from sklearn.model_selection import GridSearchCV, StratifiedShuffleSplit
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import MembershipGame
    >>> from skmia.metrics import game_scorer
    >>> search = GridSearchCV(
    ...     MembershipGame(DecisionTreeClassifier(), n_shadows=4, random_state=0),
    ...     {"target__max_depth": [2, None]},
    ...     scoring=game_scorer("auc", "target_test_accuracy"),
    ...     refit="auc",
    ...     cv=StratifiedShuffleSplit(1, test_size=0.5, random_state=0),
    ... )
    >>> search.fit(*load_digits(return_X_y=True)).best_params_
    {'target__max_depth': None}
    """
    if not metrics:
        raise ValueError(f"Name at least one metric of {METRIC_NAMES + UTILITY_NAMES}.")
    for name in metrics:
        if name not in UTILITY_NAMES:
            parse_metric(name)
    return _GameScorer(metrics)
