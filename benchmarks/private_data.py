"""Records for private models: bounds and norm are declared, nothing is read from data.

The bounds of Adult are public: ages were coded to 17 to 90, hours and years of
education to their two digits, capital gains to 99,999 at most; a census weight above
1.5 million is cut. Its categories are those of the documentation.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_digits
from sklearn.model_selection import train_test_split

from skmia.datasets import fetch_adult
from skmia.defenses import BoundedScaler, DeclaredOneHotEncoder

N_ROWS = 10_000  # of Adult, for training and for the test
NUMBERS = {
    "age": (17, 90),
    "fnlwgt": (0, 1_500_000),
    "education-num": (1, 16),
    "capital-gain": (0, 99_999),
    "capital-loss": (0, 5_000),
    "hours-per-week": (1, 99),
}


@dataclass(frozen=True)
class Problem:
    """A training and a test set, and what is declared of their records."""

    X_train: np.ndarray
    X_test: np.ndarray
    y_train: np.ndarray
    y_test: np.ndarray
    low: np.ndarray
    high: np.ndarray
    data_norm: float

    @property
    def classes(self):
        """Labels are declared: 0 to K - 1, all of them in the test set."""
        return np.unique(self.y_test)

    @property
    def majority(self):
        """Test accuracy of the most frequent class of the training set."""
        return np.mean(self.y_test == np.bincount(self.y_train).argmax())


def scaler(bounds):
    return BoundedScaler(tuple(zip(*bounds, strict=True)))


def adult(onehot=False):
    """Categories one-hot, or their codes over the largest; 14 blocks of norm 1 each."""
    bunch = fetch_adult()
    codes = {name: range(len(known)) for name, known in bunch.categories.items()}
    if onehot:
        places = [bunch.feature_names.index(name) for name in [*codes, *NUMBERS]]
        steps = DeclaredOneHotEncoder([*codes.values()]), scaler(NUMBERS.values())
        prepare = make_column_transformer(
            (steps[0], places[: len(codes)]), (steps[1], places[len(codes) :])
        )
    else:
        ends = NUMBERS | {name: (0, max(known)) for name, known in codes.items()}
        prepare = scaler([ends[name] for name in bunch.feature_names])
    X = prepare.fit_transform(bunch.data)
    order = np.random.RandomState(0).permutation(len(X))[: 2 * N_ROWS]
    train, test = np.split(order, 2)
    unit = np.zeros(X.shape[1]), np.ones(X.shape[1])
    y = bunch.target
    return Problem(X[train], X[test], y[train], y[test], *unit, np.sqrt(14))


def digits():
    """8 x 8 counts of 0 to 16 pixels; a third is the test set."""
    X, y = load_digits(return_X_y=True)
    split = train_test_split(X, y, test_size=600, stratify=y, random_state=0)
    ends = np.zeros(64), np.full(64, 16.0)
    return Problem(*split, *ends, np.sqrt(64) * 16)


PROBLEMS = {
    "Adult, 14 features": adult,
    "Adult, one-hot": lambda: adult(onehot=True),
    "digits": digits,
}
