"""Risks that are seen in a fitted model and its training records, without an attack."""

from __future__ import annotations

from numbers import Integral

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.utils.validation import check_is_fitted

from skmia.auditing._audited_records import row_names
from skmia.auditing._training_records import check_training_records
from skmia.auditing.structural._cells import cells_of
from skmia.auditing.structural._flag import not_examined
from skmia.auditing.structural._inner_model import inner_model
from skmia.auditing.structural._looks import (
    class_disclosure,
    degrees_of_freedom,
    has_small_group,
    loss_laws,
    rows_inside,
    rules_out,
    settings,
    small_groups,
    smallest_cell,
    which_are_stored,
)
from skmia.auditing.structural._result import StructuralRisks
from skmia.signals import observe
from skmia.utils._labels import encode_labels
from skmia.utils._records import check_records
from skmia.utils._sklearn import COUNT, HasMethods, Interval, validate_params
from skmia.utils._typing import FittedClassifier, MatrixLike


@validate_params(
    model=[HasMethods("predict")],
    min_records=[COUNT],
    min_dof=[Interval(Integral, None, None, closed="neither")],
)
def structural_risks(
    model: FittedClassifier,
    X_train: MatrixLike,
    y_train: ArrayLike,
    *,
    X_holdout: MatrixLike | None = None,
    y_holdout: ArrayLike | None = None,
    min_records: int = 10,
    min_dof: int = 10,
) -> StructuralRisks:
    """Flag what an output checker looks for in a model before it is released.

    No attack is run, and no flag is a measurement of leakage: an audit measures it, see
    :func:`skmia.audit`. A model without a flag may leak, one with a flag may not.

    .. versionadded:: 0.2

    Parameters
    ----------
    model : fitted classifier
        It is not changed. What is inside pipelines, searches and frozen models is
        looked at.
    X_train : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        All records that the model was trained on, as it takes them.
    y_train : array-like of shape (n_records,)
        Their labels.
    X_holdout : {array-like, sparse matrix, DataFrame}, default=None
        Records of the same population that had no part in training: their losses are
        compared with those of the training records.
    y_holdout : array-like, default=None
        Their labels.
    min_records : int, default=10
        Fewer records in a cell, or of a class in it, are few.
    min_dof : int, default=10
        Fewer residual degrees of freedom are few.

    Returns
    -------
    risks : StructuralRisks
        ``flags``, ``records`` (one row per training record), ``to_frame``.

    Raises
    ------
    ValueError
        These are not the records that the model was trained on, as far as it tells, or
        an answer is not finite; `X_holdout` without `y_holdout`.

    See Also
    --------
    skmia.audit : With ``access="white-box"`` its report shows these flags.
    skmia.auditing.record_risk : Which training records are most at risk.

    Notes
    -----
    Level: records. Threat model: somebody holds the model itself.

    A *cell* is a leaf of a single tree; of all other models the training records that
    get one and the same answer (probabilities, or else decisions, to twelve digits).
    Where answers vary without steps, as those of a logistic regression, nearly every
    record is a cell of its own.

    - "degrees of freedom": training records less learned numbers. A tree has learned
      ``2 * n_splits + n_leaves * (n_classes - 1)``, a forest the sum over its trees.
    - "k-anonymity": the size of the smallest cell.
    - "class disclosure": a probability near 0 (1e-8) for a class in a cell.
    - "small groups": probability times size of the cell is the number of records of a
      class that an answer tells of, and it is small, but not 0.
    - "hyper-parameters": a tree or a random forest may grow as those that leaked most
      in a study of many; two rules learned there.
    - "stored rows": training records that stand in the model as they are. Where it
      holds rows and none of the records is among them, that is not examined.
    - "losses": the probabilities of the right label on training and holdout records
      differ (Kolmogorov-Smirnov test at 5 %); only with a holdout set.

    Kinds of models that are not known, among them wrappers and subclasses, have flags
    that are not examined (``flagged`` is None), with the reason.

    References
    ----------
    SACRO-ML, the structural and instance-based attacks of AI-SDC/SACRO-ML; E. Jefferson
    et al., GRAIMATTER Green Paper, 2022, arXiv:2211.01656; the study behind the rules:
    arXiv:2502.09396.

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from sklearn.tree import DecisionTreeClassifier
    >>> from skmia import structural_risks
    >>> X, y = load_iris(return_X_y=True)
    >>> tree = DecisionTreeClassifier(max_depth=2, min_samples_leaf=20).fit(X, y)
    >>> risks = structural_risks(tree, X, y)
    >>> risks.flagged
    ['class disclosure', 'small groups']
    >>> int(risks.records["n_in_cell"].min())
    46
    """
    if hasattr(model, "fit"):
        check_is_fitted(model)
    names = "X_train", "y_train"
    X, y = check_training_records(
        model, X_train, y_train, caller="structural_risks", names=names
    )
    losses = _loss_flags(model, X, y, X_holdout, y_holdout)
    inner, given, steps = inner_model(model, X)
    cells = cells_of(model, X, inner, given)
    stored = which_are_stored(inner, given, steps)
    flags = [
        degrees_of_freedom(inner, len(y), min_dof),
        smallest_cell(cells, min_records),
        class_disclosure(cells),
        small_groups(cells, min_records),
        settings(inner, len(y)),
        rows_inside(inner, stored),
        *losses,
    ]
    return StructuralRisks(
        model=type(model).__name__,
        flags=flags,
        records=_table(cells, stored, min_records, row_names(X)),
    )


def _table(cells, stored, min_records, names):
    """What is told of each record; None where that was not examined."""
    columns = {
        "cell": cells.of_record,
        "n_in_cell": cells.size[cells.of_record],
        "class_disclosure": None,
        "small_group": None,
        "stored": stored,
    }
    if cells.posterior is not None:
        columns["class_disclosure"] = rules_out(cells)[cells.of_record]
        small = has_small_group(cells, min_records)
        columns["small_group"] = small[cells.of_record]
    return pd.DataFrame(columns, index=pd.Index(names))


def _loss_flags(model, X, y, X_holdout, y_holdout):
    """None without a holdout set."""
    if X_holdout is None and y_holdout is None:
        return []
    if X_holdout is None or y_holdout is None:
        raise ValueError(
            "The 'X_holdout' and 'y_holdout' parameters of structural_risks must be "
            "given together. Got one of them."
        )
    X_holdout, y_holdout = check_records(
        X_holdout, y_holdout, names=("X_holdout", "y_holdout")
    )
    # Refuses labels of another kind, whose losses would differ whoever was trained on.
    encode_labels(y_holdout, getattr(model, "classes_", np.unique(y)), "y_holdout")
    if not hasattr(model, "predict_proba"):
        return [not_examined("losses", "the model answers no probabilities")]
    losses = [
        observe(model, *records, "loss")["loss"].to_numpy()
        for records in ((X, y), (X_holdout, y_holdout))
    ]
    return [loss_laws(*losses)]
