"""What every attack model has in common: two classes, 1 = member, and a score."""

import numpy as np
from sklearn.utils import column_or_1d
from sklearn.utils.multiclass import type_of_target


def encode_membership(estimator, y):
    """Labels of the two membership classes, and 0/1 codes of `y`.

    Attacks take any two labels, the larger one being "member", as scikit-learn's
    binary classifiers do.

    Returns
    -------
    classes : ndarray of shape (2,)
    member : ndarray of int of shape (n_samples,)
    """
    y = column_or_1d(y, warn=True)
    kind = type_of_target(y, input_name="y", raise_unknown=True)
    if kind == "multiclass":  # check_estimator looks for this very sentence
        raise ValueError(
            "Only binary classification is supported. The type of the target is "
            f"{kind}."
        )
    if kind != "binary":
        raise ValueError(f"Unknown label type: {kind}. Membership has two values.")
    classes, member = np.unique(y, return_inverse=True)
    if len(classes) < 2:
        raise ValueError(
            f"{type(estimator).__name__} needs members and non-members. Got only one "
            f"class: {classes.tolist()}."
        )
    return classes, member


def membership_score(attack, Z):
    """Member-oriented score of any fitted binary classifier: higher = member.

    Parameters
    ----------
    attack : fitted binary classifier
        ``classes_[1]`` is "member".
    Z : {DataFrame, ndarray} of shape (n_samples, n_columns)
        Observations.

    Returns
    -------
    score : ndarray of shape (n_samples,)
        Decision function where there is one, since it keeps the order among
        probabilities that round to 1; else the probability of membership; else the
        predicted class.
    """
    if hasattr(attack, "decision_function"):
        return np.asarray(attack.decision_function(Z), dtype=float)
    if hasattr(attack, "predict_proba"):
        return np.asarray(attack.predict_proba(Z), dtype=float)[:, 1]
    return (attack.predict(Z) == attack.classes_[1]).astype(float)
