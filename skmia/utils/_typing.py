"""Words of public signatures that neither Python nor numpy has.

scikit-learn has no types, so that to a checker its estimators are whatever they should
be. These protocols say what is asked of them, and of those that are not its own: an
array or a name in the place of a model is found.
"""

from __future__ import annotations

import os
from collections.abc import Callable, Iterable, Iterator
from typing import TYPE_CHECKING, Any, Literal, Protocol, Self, TypeAlias, TypeVar

import numpy as np
import pandas as pd
from joblib import Memory
from numpy.typing import ArrayLike
from scipy import sparse

if TYPE_CHECKING:
    from skmia.utils._store import Store

# Of a decorator that leaves the signature as it is.
Function = TypeVar("Function", bound=Callable[..., Any])

# Records, where sparse ones are taken too.
MatrixLike: TypeAlias = ArrayLike | pd.DataFrame | sparse.sparray | sparse.spmatrix

# What comes back in the container that was given.
Records: TypeAlias = np.ndarray | pd.DataFrame | sparse.sparray | sparse.spmatrix

RandomStateLike: TypeAlias = int | np.random.RandomState | None

FilePath: TypeAlias = str | os.PathLike[str]

MemoryLike: TypeAlias = "FilePath | Store | Memory | None"

# What an adversary may see of a model, see `skmia.utils._access`.
Access: TypeAlias = Literal[
    "label", "top-k", "scores", "explanations", "timing", "insider", "white-box"
]

# Pairs with known membership that an attack may learn from.
FittedOn: TypeAlias = Literal[
    "shadows", "other-task", "members", "nonmembers", "random-records", "candidates"
]

# Models differ in what they answer, of which a docstring says what is asked: labels,
# scores, recommendations, a table.
FittedModel: TypeAlias = Any


class Estimator(Protocol):
    """What can be cloned and fitted."""

    def fit(self, *args: Any, **kwargs: Any) -> Any:
        """Learn, with or without labels."""

    def get_params(self, deep: bool = True) -> dict[str, Any]:
        """Parameters by name."""

    def set_params(self, **params: Any) -> Self:
        """Set parameters by name."""


class FittedClassifier(Protocol):
    """What predicts labels, whoever fitted it: it may be a service."""

    @property
    def classes_(self) -> Any:
        """Labels that it knows."""

    def predict(self, X: Any, /) -> Any:
        """Labels of records."""


class ProbabilisticClassifier(Protocol):
    """What gives probabilities of labels, whoever fitted it."""

    @property
    def classes_(self) -> Any:
        """Labels, in the order of the columns."""

    def predict_proba(self, X: Any, /) -> Any:
        """Posteriors of records."""


class Classifier(Estimator, Protocol):
    """An estimator that predicts labels."""

    def predict(self, X: Any, /) -> Any:
        """Labels of records."""


class Regressor(Estimator, Protocol):
    """An estimator that predicts quantities."""

    def predict(self, X: Any, /) -> Any:
        """Quantities of records."""


class Transformer(Estimator, Protocol):
    """An estimator that makes other columns of records."""

    def transform(self, X: Any, /) -> Any:
        """Other columns of the same records."""


class Splitter(Protocol):
    """A cross-validation generator, as scikit-learn calls it."""

    def split(
        self, X: Any, y: Any = None, groups: Any = None
    ) -> Iterator[tuple[np.ndarray, np.ndarray]]:
        """Positions of training and test records, one pair after the other."""

    def get_n_splits(self, X: Any = None, y: Any = None, groups: Any = None) -> int:
        """Number of pairs."""


# Training and test records of every model.
Splits: TypeAlias = Splitter | Iterable[tuple[ArrayLike, ArrayLike]]

# The same, or a number of folds.
CrossValidation: TypeAlias = int | Splits
