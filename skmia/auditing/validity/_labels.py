"""Labels that the model does not know, or that one set has more of."""

from dataclasses import replace

import numpy as np
import pandas as pd

from skmia.auditing.validity._check import LEVEL
from skmia.auditing.validity._split import chance
from skmia.utils._labels import encode_labels
from skmia.utils._outputs import Outputs
from skmia.utils._quantities import FIFTHS, fifths_of
from skmia.utils._units import percent

_N_SHOWN = 3


def check_labels(split, classes, n_looks=1):
    """Whether the model knows the labels of both sets, but for what is rare.

    A class of few records may be in the holdout set alone by chance: then its labels
    are a note. Of training records the model knows all.

    Parameters
    ----------
    split : Split
    classes : array-like of shape (n_classes,), Outputs or None
        What the model knows; None where labels are quantities.
    n_looks : int, default=1
        Outputs that share the level.
    """
    if classes is None:
        return "passed", "The labels are quantities: none is unknown to the model."
    if isinstance(classes, Outputs):
        return _of_each_output(split, classes)
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
    p_value = _alone_by_chance(split)
    if p_value <= LEVEL / n_looks:
        return "invalid", f"{text} A trailing dot or blank?", p_value
    return "note", text, p_value


def check_shares(split):
    """Whether the labels have the same shares in both sets, but for chance."""
    has, names = _shared(split)
    n_records = has.sum(axis=0)
    units = split.units()
    if not units.are_comparable:
        return "not run", "The labels of the two sets cannot be compared."

    def distances(member):
        """From what is expected, of each class, in deviations squared."""
        inside = member[units.of_row]
        share = inside.mean()
        off = inside @ has - share * n_records
        # Of equal quantities some fifths hold nobody.
        return off**2 / (np.maximum(n_records, 1) * share * (1 - share))

    p_value = chance(
        lambda member: distances(member).sum(), units.member, split.rng(8), units.size
    )
    if p_value > LEVEL:
        return "passed", "The labels have the same shares in both sets.", p_value
    worst = distances(units.member).argmax()
    train, holdout = (
        percent(round(has[split.member == side, worst].mean(), 3)) for side in (1, 0)
    )
    return (
        "invalid",
        f"The labels have other shares in the two sets: {names[worst]} of {train} of "
        f"the training and {holdout} of the holdout records.",
        p_value,
    )


def _shared(split):
    """Which records have what is to be shared, a column each, and that in words."""
    if split.quantities:
        names = [f"in the {fifth} of all labels are those" for fifth in FIFTHS]
        return fifths_of(split.y)[:, None] == np.arange(len(FIFTHS)), names
    if split.y.ndim == 1:
        code, classes = pd.factorize(split.y)
        names = [f"{label!r} is the label" for label in classes.tolist()]
        return code[:, None] == np.arange(len(classes)), names
    names, columns = [], []
    for i, column in enumerate(split.y.T):
        for label in pd.unique(column).tolist():
            names.append(f"{label!r} is the label of output {i}")
            columns.append(column == label)
    return np.column_stack(columns), names


def _of_each_output(split, classes):
    """The gravest outcome of several outputs, each with a share of the level."""
    found = []
    for i, (column, known) in enumerate(zip(split.y.T, classes, strict=True)):
        outcome = check_labels(replace(split, y=column), known, len(classes))
        found.append((outcome[0], f"Output {i}: {outcome[1]}", *outcome[2:]))
    order = ["invalid", "note", "passed"]
    worst = min(found, key=lambda one: order.index(one[0]))
    if worst[0] == "passed":
        return "passed", "The model knows the labels of both sets, of all outputs."
    return worst


def _unknown_of(name, y, unknown):
    first = pd.unique(y[unknown])[:_N_SHOWN].tolist()
    which = "the first are" if len(first) > 1 else "namely"
    return (
        f"{unknown.sum()} of {len(y)} labels of {name} are unknown to the model, "
        f"{which} {', '.join(map(repr, first))}."
    )


def _alone_by_chance(split):
    """Probability of so many holdout records of classes without a training record."""
    code, classes = pd.factorize(split.y)
    units = split.units()

    def n_alone(member):
        known = np.bincount(code, member[units.of_row], len(classes)) > 0
        return np.count_nonzero(~known[code])

    return chance(n_alone, units.member, split.rng(7), units.size)
