"""What is known of a kind of model that is operated on."""

from collections.abc import Callable
from dataclasses import dataclass


@dataclass(frozen=True)
class Operation:
    """How the other side of one kind of model is computed.

    Attributes
    ----------
    operate : callable
        ``operate(model, X, codes, inside)``: what the model would answer about each
        record if that record's side were the other one, (n_records, n_classes). `X` is
        what the model itself is given, an array or a sparse matrix; `codes` are
        positions of the labels in ``model.classes_``, which holds them all, or of a
        regressor the labels themselves, (n_records, n_outputs); `inside` says which
        records the model was trained on, in this order and each once. Rows that cannot
        be operated on are nan.
    refuses : callable
        ``refuses(model)``: why a fitted model with these parameters cannot be operated
        on, in words; None where it can.
    exact : bool
        Whether the answers are those of a model that is trained anew, up to rounding.
    work : callable, default=None
        ``work(model, n_records, n_trained)``: how many multiplications it takes, where
        these may be more than those of some fits.
    """

    operate: Callable
    refuses: Callable
    exact: bool
    work: Callable | None = None
