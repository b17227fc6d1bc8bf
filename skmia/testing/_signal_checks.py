"""Checks of signals: `model` is fitted, `X` and `y` are records and their labels."""

import pickle

import numpy as np
from sklearn.utils import _safe_indexing

from skmia.signals._sizes import with_sizes
from skmia.targets import Session
from skmia.testing._common_checks import require, same


def check_asks_what_it_says(signal, model, X, y):
    """A model that answers what the signal asks, and nothing else, is enough."""
    weak = Session(model, X.copy(), y, white_box=True).only(signal.asks)
    try:
        weak.observe([signal])
    except AttributeError as error:
        require(
            False,
            signal,
            f"asks more than its 'asks' says, {sorted(signal.asks)}: {error} An audit "
            "would run it on models that do not answer.",
        )
    except ValueError:  # wrong answers are for the other checks
        pass


def check_one_row_per_record(signal, model, X, y):
    """Finite values, one row per record, one column per name."""
    told = with_sizes(X, y, signal)
    names = told.column_names(getattr(model, "classes_", None))
    try:
        values = signal(model, X.copy(), y.copy())
        wrong = f"{int((~np.isfinite(values)).sum())} values are not finite"
        right = values.shape == (len(y), len(names)) and np.isfinite(values).all()
    except ValueError as error:
        wrong, right = str(error), False
    require(
        right,
        signal,
        f"gives no finite table with one row per record and the columns {names}: "
        f"{wrong}.",
    )


def check_records_in_any_company(signal, model, X, y):
    """Permuting the records permutes the values; a few give the same rows."""
    values = signal(model, X, y)
    rows = np.random.RandomState(0).permutation(len(y))
    for chosen in (rows, rows[:7], rows[:1]):
        require(
            same(signal(model, _safe_indexing(X, chosen), y[chosen]), values[chosen]),
            signal,
            "gives a record another value when the records are permuted or cut. What "
            "is seen of one must not depend on the others: a batch of candidates is "
            "the adversary's choice.",
        )


def check_labels_nobody_knows(signal, model, X, y):
    """A class that the model never saw is a class like others, of probability 0."""
    classes = getattr(model, "classes_", None)
    if classes is None:
        return
    strange = np.array(["unseen"]) if classes.dtype.kind in "OUST" else max(classes) + 1
    classes = np.append(classes, strange)
    labels = np.append(y[:-1], classes[-1:])
    try:
        values = signal(model, X, labels, classes=classes)
        names = with_sizes(X, y, signal).column_names(classes)
        right = values.shape == (len(y), len(names))
        right = right and np.isfinite(values).all()
    except (ValueError, IndexError):
        right = False
    require(
        right,
        signal,
        "fails at a label that the model does not know (it has the code -1 or a column "
        "of zeros). A rare class is missing in some shadow model sooner or later.",
    )


def check_pickle(signal, model, X, y):
    """Workers and caches get the signal whole."""
    try:
        pickle.dumps(signal)
    except Exception as error:
        require(
            False,
            signal,
            f"cannot be pickled: {error}. Worker processes and caches need that: "
            "define its function at the top level of a module.",
        )


def check_nothing_else_changes(signal, model, X, y):
    """Neither the answers nor numpy's global random state."""
    before, wrong = np.random.get_state(), ""  # noqa: NPY002
    try:
        signal(model, X, y)
    except ValueError as error:  # other wrong answers are for the other checks
        wrong = str(error)
    after = np.random.get_state()  # noqa: NPY002
    require(
        "read-only" not in wrong,
        signal,
        f"changes the answers that it is given ({wrong}). The next signal would see "
        "others: change a copy.",
    )
    require(
        all(np.array_equal(a, b) for a, b in zip(before, after, strict=True)),
        signal,
        "changes numpy's global random state. Shadow models and the target would not "
        "be seen alike: give it a seed as a parameter.",
    )


CHECKS = (
    check_asks_what_it_says,
    check_nothing_else_changes,
    check_one_row_per_record,
    check_records_in_any_company,
    check_labels_nobody_knows,
    check_pickle,
)
