"""Labels that the model does not know."""

import numpy as np
import pandas as pd
from scipy.stats import hypergeom

from skmia.auditing.validity._check import LEVEL
from skmia.utils._labels import encode_labels

_N_SHOWN = 3


def check_labels(split, classes):
    """Whether the model knows the labels of both sets, but for what is rare.

    A class of few records may be in the holdout set alone by chance: then its labels
    are a note. Of training records the model knows all.

    Parameters
    ----------
    split : Split
    classes : array-like of shape (n_classes,)
        What the model knows.
    """
    unknown = encode_labels(split.y, classes) < 0
    if not unknown.any():
        return "passed", "The model knows the labels of both sets."
    text = " ".join(
        _unknown_of(name, split.y[side], unknown[side])
        for name, side in (
            ("y_train", split.member == 1),
            ("y_holdout", split.member == 0),
        )
        if unknown[side].any()
    )
    if unknown[split.member == 1].any():
        return "invalid", f"{text} It was not trained on them."
    p_value = _alone_by_chance(split, unknown)
    if p_value <= LEVEL:
        return "invalid", f"{text} A trailing dot or blank?", p_value
    return "note", text, p_value


def _unknown_of(name, y, unknown):
    first = pd.unique(y[unknown])[:_N_SHOWN].tolist()
    which = "the first are" if len(first) > 1 else "namely"
    return (
        f"{unknown.sum()} of {len(y)} labels of {name} are unknown to the model, "
        f"{which} {', '.join(map(repr, first))}."
    )


def _alone_by_chance(split, unknown):
    """Probability that such a class is in the holdout set alone, with Bonferroni."""
    classes = np.unique(split.y[unknown])
    _, members = split.units()
    n_records = [
        len(np.unique(split.groups[unknown & (split.y == one)])) for one in classes
    ]
    n_holdout = np.count_nonzero(members == 0)
    alone = hypergeom.pmf(n_records, len(members), n_holdout, n_records)
    return float(min(alone.min() * len(classes), 1))
