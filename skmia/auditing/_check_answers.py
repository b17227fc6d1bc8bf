"""Recorded answers, checked row by row."""

import numpy as np

# Rounded to one decimal each, so many classes may miss one by that much.
_PER_CLASS = 0.05


def one_kind(proba, labels, scores):
    """The kind of answers that is given, and the answers."""
    given = {"proba": proba, "labels": labels, "scores": scores}
    given = {kind: answers for kind, answers in given.items() if answers is not None}
    if len(given) != 1:
        raise ValueError(
            "One of the parameters 'proba', 'labels' and 'scores' of "
            f"audit_predictions must be given. Got {' and '.join(given) or 'none'}."
        )
    [(kind, answers)] = given.items()
    return kind, np.asarray(answers)


def check_classes(classes, y, kind, answers):
    """Labels that columns stand for, or that may be answered."""
    if classes is None:
        return _different(y, answers) if kind == "labels" else _different(y)
    classes = np.asarray(classes)
    if classes.ndim != 1 or len(np.unique(classes)) < max(len(classes), 2):
        raise ValueError(
            "The 'classes' parameter of audit_predictions must be two different labels "
            f"or more. Got {classes.tolist()!r}."
        )
    return classes


def _different(*labels):
    try:
        return np.unique(np.concatenate(labels))
    except TypeError as error:
        raise ValueError(
            "The labels of audit_predictions must be of one kind, and none missing: "
            f"{error}."
        ) from error


def check_columns(answers, classes):
    """Refuse a frame whose columns are named as the classes in another order."""
    names = [str(name) for name in getattr(answers, "columns", ())]
    wanted = [str(label) for label in classes.tolist()]
    if names != wanted and sorted(names) == sorted(wanted):
        raise ValueError(
            "The 'classes' parameter of audit_predictions must be in the order of the "
            f"columns, {names!r}. Got {classes.tolist()!r}."
        )


def check_known(what, values, classes):
    """Refuse a label that is no class."""
    unknown = ~np.isin(values, classes)
    if unknown.any():
        row = int(unknown.argmax())
        raise ValueError(
            f"The '{what}' parameter of audit_predictions has in row {row} the label "
            f"{np.asarray(values).tolist()[row]!r}, which is none of the classes "
            f"{classes.tolist()!r}."
        )


def check_answers(kind, answers, classes, n_records):
    """Answers as an array that fits to the records and classes.

    Parameters
    ----------
    kind : {"proba", "labels", "scores"}
    answers : ndarray
    classes : ndarray of shape (n_classes,)
    n_records : int

    Returns
    -------
    answers : ndarray of shape (n_records,) or (n_records, n_classes)

    Raises
    ------
    ValueError
        The shape is another, or a row is no answer; it is named.
    """
    if kind == "labels":
        _check_shape(kind, answers, [(n_records,)])
        check_known(kind, answers, classes)
        return answers
    shapes = [(n_records, len(classes))]
    if kind == "scores" and len(classes) == 2:
        shapes.append((n_records,))
    _check_shape(kind, answers, shapes)
    try:
        answers = answers.astype(float)
    except (TypeError, ValueError) as error:
        raise ValueError(
            f"The '{kind}' parameter of audit_predictions must be numbers: {error}."
        ) from error
    columns = answers.reshape(n_records, -1)
    wrong = ~np.isfinite(columns)
    if kind == "proba":
        wrong |= (columns < 0) | (columns > 1)
    if wrong.any():
        row, column = map(int, np.argwhere(wrong)[0])
        what = "a probability" if kind == "proba" else "a finite number"
        raise ValueError(
            f"The '{kind}' parameter of audit_predictions must be {what} in row {row}, "
            f"column {column}. Got {columns[row, column]}."
        )
    if kind == "proba":
        _check_sums(columns)
    return answers


def _check_sums(proba):
    sums = proba.sum(axis=1)
    wrong = np.abs(sums - 1) > _PER_CLASS * proba.shape[1]
    if wrong.any():
        row = int(wrong.argmax())
        raise ValueError(
            "The 'proba' parameter of audit_predictions must sum to one in each row, "
            f"but for rounding. Got {sums[row]:.4g} in row {row}."
        )


def _check_shape(kind, answers, shapes):
    if answers.shape not in shapes:
        wanted = " or ".join(map(str, shapes))
        raise ValueError(
            f"The '{kind}' parameter of audit_predictions must have a row for each "
            f"record and a column for each class, {wanted}. Got {answers.shape}."
        )
