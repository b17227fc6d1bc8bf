"""Training on records that were randomised one by one."""

from functools import partial
from numbers import Real

import numpy as np
import pandas as pd
from sklearn.base import clone
from sklearn.utils import assert_all_finite, get_tags

from skmia.defenses._base import TrainingDefense
from skmia.defenses._cell_anonymizer import read_table
from skmia.defenses._declared import check_bounds, declared_classes
from skmia.defenses._local_dp_mechanisms import (
    duchi,
    laplace,
    piecewise,
    randomized_response,
    unary_response,
)
from skmia.utils._card import DefenseCard
from skmia.utils._secret_stream import fresh_random_state
from skmia.utils._sklearn import Interval, StrOptions
from skmia.utils._tables import column_positions

_OF_NUMBERS = {"piecewise": piecewise, "duchi": duchi, "laplace": laplace}
_OF_CATEGORIES = {
    "response": randomized_response,
    "unary": partial(unary_response, optimised=False),
    "optimised_unary": partial(unary_response, optimised=True),
}


class LocalDPClassifier(TrainingDefense):
    """Classifier that is trained on records randomised one by one.

    Before the model sees it, each value of each training record is randomised on its
    own, with its share of the budget: numbers within declared bounds, categories and
    the label within declared lists. Queries are answered as they are.

    Works on *records*: `X` holds features, `y` class labels.

    Parameters
    ----------
    estimator : classifier
        Model to train. `fit` clones it.
    epsilon : float, default=1.0
        Budget of a record, features and label together.
    bounds : tuple (low, high), default=None
        Bounds of the numeric features, declared and not read from the data: two
        numbers, or two arrays with one number for each of them, in the order of the
        columns. Values beyond are clipped; missing ones, if the model takes them,
        count as the middle. Needed unless all features are categories.
    categories : dict, default=None
        Categorical features: name or place of the column to the list of its values.
    mechanism : {"piecewise", "duchi", "laplace"}, default="piecewise"
        How a number is randomised. What falls out of the bounds is clipped.
    category_mechanism : {"response", "unary", "optimised_unary"}, default="response"
        How a category is randomised: k-ary randomised response, or unary encoding,
        symmetric or optimised, of which one reported value is taken.
    label_epsilon : float, "share" or None, default="share"
        Budget of the label, out of `epsilon`, by randomised response. "share": as much
        as each feature has. None: labels are kept, and only features are protected.
    classes : array-like of shape (n_classes,), default=None
        All class labels, declared. None reads them from the data, with a
        ``PrivacyLeakWarning`` where labels are randomised.
    random_state : int, RandomState instance or None, default=None
        Where the noise comes from. The guarantee holds only if nobody else knows it:
        an int is for tests.

    Attributes
    ----------
    estimator_ : classifier
        The released model, trained on randomised records.
    epsilon_ : float
        The guarantee of each record, see Notes.
    delta_ : int
        0.
    feature_epsilon_ : float
        What each feature got of the budget.
    classes_ : ndarray of shape (n_classes,)
        Class labels, in the order of the columns of a posterior.
    n_features_in_ : int
        Number of features seen during fit.
    feature_names_in_ : ndarray of shape (n_features_in_,)
        Names of the features, where the inner model was given names.

    See Also
    --------
    AnonymizedClassifier : Recodes groups of records alike, without a guarantee.

    Notes
    -----
    Threat model: the adversary sees the parameters of the model, or even the randomised
    records. Whatever two records (x, y) are compared, the randomised record is at most
    exp(`epsilon_`) times as likely for one as for the other. Hence, for any model and
    any use of it, `epsilon_`-differential privacy of the released model, with delta 0,
    when one record is replaced by another; the number of records is public. With
    ``label_epsilon=None`` the two records must have the same label. What the trainer is
    told besides (bounds, categories, classes, parameters) must not come from the data.

    Each of d features gets about `epsilon` / d: with many features almost nothing of
    them is left for moderate budgets. Every fit on the same records spends `epsilon`
    again, each fold of a search included. The noise is drawn in floating point, whose
    lowest digits the proof leaves out; "duchi", categories and labels have finitely
    many outcomes and no such digits.

    References
    ----------
    S. L. Warner, "Randomized Response: A Survey Technique for Eliminating Evasive
    Answer Bias", JASA 1965. :doi:`10.1080/01621459.1965.10480775`

    J. C. Duchi, M. I. Jordan, M. J. Wainwright, "Local Privacy and Statistical Minimax
    Rates", FOCS 2013. :arxiv:`1302.3203`

    Ú. Erlingsson, V. Pihur, A. Korolova, "RAPPOR: Randomized Aggregatable
    Privacy-Preserving Ordinal Response", CCS 2014. :arxiv:`1407.6981`

    T. Wang, J. Blocki, N. Li, S. Jha, "Locally Differentially Private Protocols for
    Frequency Estimation", USENIX Security 2017. :arxiv:`1705.04421`

    N. Wang et al., "Collecting and Analyzing Multidimensional Data with Local
    Differential Privacy", ICDE 2019. :arxiv:`1907.00782`

    Examples
    --------
    >>> from sklearn.datasets import make_blobs
    >>> from sklearn.naive_bayes import GaussianNB
    >>> from skmia.defenses import LocalDPClassifier
    >>> X, y = make_blobs(2000, centers=[[-3, -3], [3, 3]], random_state=0)
    >>> model = LocalDPClassifier(
    ...     GaussianNB(), epsilon=3, bounds=(-6, 6), classes=[0, 1], random_state=0
    ... )
    >>> model.fit(X, y).score(X, y) > 0.95
    True
    >>> model.feature_epsilon_
    1.0
    """

    _card = DefenseCard(
        family="training data",
        addresses=("scores", "label", "white-box"),
        broken_by="several fits on the same records; a known seed",
        paper="Warner 1965; Duchi et al. 2013; Erlingsson et al. 2014",
        guarantee="epsilon-DP of the model when one record (x, y) is replaced; of its "
        "features only if labels are kept",
    )

    _no_weights = "the weight of a record would be a part of it that is not randomised"

    _parameter_constraints: dict = {
        **TrainingDefense._parameter_constraints,
        "epsilon": [Interval(Real, 0, None, closed="neither")],
        "bounds": [tuple, list, None],
        "categories": [dict, None],
        "mechanism": [StrOptions(set(_OF_NUMBERS))],
        "category_mechanism": [StrOptions(set(_OF_CATEGORIES))],
        "label_epsilon": [
            Interval(Real, 0, None, closed="neither"),
            StrOptions({"share"}),
            None,
        ],
        "classes": ["array-like", None],
        "random_state": ["random_state"],
    }

    def __init__(
        self,
        estimator,
        *,
        epsilon=1.0,
        bounds=None,
        categories=None,
        mechanism="piecewise",
        category_mechanism="response",
        label_epsilon="share",
        classes=None,
        random_state=None,
    ):
        self.estimator = estimator
        self.epsilon = epsilon
        self.bounds = bounds
        self.categories = categories
        self.mechanism = mechanism
        self.category_mechanism = category_mechanism
        self.label_epsilon = label_epsilon
        self.classes = classes
        self.random_state = random_state

    def _train(self, X, y):
        frame = read_table(X)
        each, of_label = self._split_budget(frame.shape[1])
        listed = self._read_categories(frame)
        bounded = self._read_numbers(frame, [*listed])
        classes = np.unique(y)
        if of_label is not None or self.classes is not None:
            classes = declared_classes(self.classes, y, type(self).__name__)

        # Not the noise of the masks, which is a function of the record: equal records
        # would get equal noise, and two of them tell more than one.
        rng = fresh_random_state(self.random_state)
        reported = frame.copy()
        for position, column in self._randomize(listed, bounded, each, rng):
            reported.isetitem(position, column)
        if of_label is not None:
            codes = pd.Index(classes).get_indexer(pd.Index(y))
            y = classes[randomized_response(codes, len(classes), of_label, rng)]
        model = clone(self.estimator)
        model.fit(reported if hasattr(X, "iloc") else reported.to_numpy(), y)
        return {
            "estimator_": model,
            "epsilon_": float(self.epsilon),
            "delta_": 0,
            "feature_epsilon_": each,
            "_labels": classes,
        }

    def _split_budget(self, n_features):
        """Budget of each feature, and of the label."""
        if self.label_epsilon is None:
            return self.epsilon / n_features, None
        if self.label_epsilon == "share":
            each = self.epsilon / (n_features + 1)
            return each, each
        if self.label_epsilon >= self.epsilon:
            raise ValueError(
                "The 'label_epsilon' parameter of LocalDPClassifier must be below "
                f"epsilon={self.epsilon}, to leave something for the features. Got "
                f"{self.label_epsilon} instead."
            )
        return (self.epsilon - self.label_epsilon) / n_features, self.label_epsilon

    def _read_categories(self, frame):
        """Codes and declared values of each categorical column, by place."""
        declared = self.categories or {}
        places = column_positions(
            frame.columns, [*declared], "categories", type(self).__name__
        )
        columns = {}
        for place, (name, values) in zip(places, declared.items(), strict=True):
            values, column = pd.Index(values), frame.iloc[:, place]
            unknown = column[~column.isin(values)].unique()[:5].tolist()
            if unknown or not values.is_unique:
                raise ValueError(
                    "The 'categories' parameter of LocalDPClassifier must list every "
                    f"value of column {name!r} once. Got {values.tolist()}; the "
                    f"column also holds {unknown}."
                )
            columns[place] = values.get_indexer(column), values.astype(column.dtype)
        return columns

    def _read_numbers(self, frame, listed):
        """Values in [-1, 1] and bounds of each numeric column, by place."""
        places = [i for i in range(frame.shape[1]) if i not in listed]
        if not places:
            return {}
        low, high = check_bounds(self.bounds, len(places), type(self).__name__)
        try:
            numbers = frame.iloc[:, places].to_numpy(dtype=np.float64, na_value=np.nan)
        except ValueError as error:
            raise ValueError(
                "The 'categories' parameter of LocalDPClassifier must list the values "
                f"of every column that holds no numbers. {error}."
            ) from error
        assert_all_finite(
            numbers,
            allow_nan=get_tags(self.estimator).input_tags.allow_nan,
            estimator_name=type(self).__name__,
            input_name="X",
        )
        # Which values are missing would be told by leaving them out.
        numbers = np.where(np.isnan(numbers), (low + high) / 2, numbers)
        scaled = 2 * (np.clip(numbers, low, high) - low) / (high - low) - 1
        return {
            place: (z, bounds)
            for place, z, *bounds in zip(places, scaled.T, low, high, strict=True)
        }

    def _randomize(self, listed, bounded, epsilon, rng):
        """Places of columns, and what is reported in them."""
        randomize = _OF_CATEGORIES[self.category_mechanism]
        for place, (codes, values) in listed.items():
            yield place, values.take(randomize(codes, len(values), epsilon, rng))
        randomize = _OF_NUMBERS[self.mechanism]
        for place, (z, (low, high)) in bounded.items():
            share = (np.clip(randomize(z, epsilon, rng), -1, 1) + 1) / 2
            yield place, np.clip(low + share * (high - low), low, high)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        tags.classifier_tags.poor_score = True
        return tags
