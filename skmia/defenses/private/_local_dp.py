"""Training on records that were randomised one by one."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING, Any, Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from pandas.api.types import is_numeric_dtype
from sklearn.base import clone
from sklearn.utils import assert_all_finite

from skmia.defenses._base import TrainingDefense
from skmia.defenses.private._declared import (
    check_bounds,
    declared_classes,
    listed_codes,
    plain_values,
)
from skmia.defenses.private._grid import to_unit
from skmia.defenses.private._local_dp_mechanisms import (
    duchi,
    laplace,
    piecewise,
    randomized_response,
    sample_features,
    unary_response,
)
from skmia.defenses.private._private import SecretNoise
from skmia.defenses.records._cell_anonymizer import read_table
from skmia.utils._card import DefenseCard
from skmia.utils._secret_stream import SecretStream
from skmia.utils._sklearn import COUNT, POSITIVE, StrOptions
from skmia.utils._tables import column_positions
from skmia.utils._typing import Classifier, RandomStateLike
from skmia.utils._values import takes_missing

if TYPE_CHECKING:
    from skmia.defenses.private._privacy_accountant import PrivacyAccountant

_OF_NUMBERS = {"piecewise": piecewise, "duchi": duchi, "laplace": laplace}
_OF_CATEGORIES = {
    "response": randomized_response,
    "unary": partial(unary_response, optimised=False),
    "optimised_unary": partial(unary_response, optimised=True),
}
# Budget that makes one value more worth reporting (Wang et al. 2019).
_PER_FEATURE = 2.5
# The integers that a report is made of would leave their 64 bits below.
_LEAST_EPSILON = 1e-6


class LocalDPClassifier(SecretNoise, TrainingDefense):
    """Classifier that is trained on records randomised one by one.

    Before the model sees it, some features of each training record, drawn for each
    record anew, are randomised with a share of the budget each: numbers within declared
    bounds, categories within declared lists. The others are replaced by what says
    nothing of them. So is the label, with a share of its own. Queries are answered as
    they are.

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
        The list alone decides the dtype of what is reported, that of an Index of it.
    mechanism : {"piecewise", "duchi", "laplace"}, default="piecewise"
        How a number is randomised. Reports are not clipped to the bounds, which would
        move their mean.
    category_mechanism : {"response", "unary", "optimised_unary"}, default="response"
        How a category is randomised: k-ary randomised response, or unary encoding,
        symmetric or optimised, of which one reported value is taken.
    n_sampled : int, "auto" or "all", default="auto"
        Features of each record that are randomised; the budget is divided by that.
        "auto": one for each 2.5 of `epsilon`, at least one.
    label_epsilon : float, "share" or None, default="share"
        Budget of the label, out of `epsilon`, by randomised response. "share": as much
        as each of the sampled features has. None: labels are kept, and only features
        are protected.
    classes : array-like of shape (n_classes,), default=None
        All class labels, declared. None reads them from the data, with a
        ``PrivacyLeakWarning`` where labels are randomised.
    accountant : PrivacyAccountant, default=None
        Ledger that this fit is booked in, before any noise is drawn, and that may
        refuse it. None: the user adds up.
    random_state : int, RandomState instance or None, default=None
        Noise. None, which the guarantee needs, takes it from the operating system;
        anything else is for tests and warns with
        :class:`~skmia.exceptions.PrivacyLeakWarning`.

    Attributes
    ----------
    estimator_ : classifier
        The released model, trained on randomised records.
    epsilon_ : float
        The guarantee of each record, see Notes.
    delta_ : float
        0.
    feature_epsilon_ : float
        What each sampled feature got of the budget.
    n_sampled_ : int
        Features of each record that were randomised.
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
    records, and which features were sampled. Guarantee: whatever two records (x, y) are
    compared, the randomised record is at most exp(`epsilon_`) times as likely for one
    as for the other. Hence, for any model and any use of it, `epsilon_`-differential
    privacy of the released model, with delta 0, when one record, features and label, is
    replaced by another; the number of records is public. With ``label_epsilon=None``
    the two records must have the same label. Assumed: bounds, categories, classes and
    parameters say nothing of the data, values are of the declared kind and finite, and
    `random_state` is None. Every fit on the same records spends `epsilon_` again, each
    fold of a search included: an `accountant` adds up.

    Which of the d features of a record are sampled does not depend on it. Each of these
    k is randomised with ``epsilon / (k + 1)``, or with a k-th of what the label leaves,
    so that all reports of a record spend `epsilon_` together. A number that is sampled
    is reported d / k times as far from the middle of its bounds, one that is not as the
    middle itself, so that the mean of a report is the number. A category that is not
    sampled is reported as any of its values. Numbers are reported as float64, whatever
    came: a dtype that followed the data would tell of a single record. The error of a
    mean over records is proportional to ``sqrt(d * k) / epsilon`` while a feature gets
    2.5 or less of it. The model sees numbers beyond the bounds; one that must not clips
    them itself, in a pipeline, and learns from other means.

    Noise comes from SHAKE-256 keyed by the operating system. It is exact: choices
    compare integers of 53 bits, probabilities being rounded towards more noise, and
    numbers are rounded to a public grid, 2**32 steps wide or a 2**-19th of the noise,
    and get integer noise. The guarantee is that of what is computed. The time that
    `fit` takes is not hidden.

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
    ...     GaussianNB(), epsilon=5, bounds=(-6, 6), classes=[0, 1]
    ... )
    >>> model.fit(X, y).score(X, y) > 0.9
    True
    >>> model.n_sampled_, round(model.feature_epsilon_, 2)
    (2, 1.67)
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
        **SecretNoise._parameter_constraints,
        "epsilon": [POSITIVE],
        "bounds": [tuple, list, None],
        "categories": [dict, None],
        "mechanism": [StrOptions(set(_OF_NUMBERS))],
        "category_mechanism": [StrOptions(set(_OF_CATEGORIES))],
        "n_sampled": [
            COUNT,
            StrOptions({"auto", "all"}),
        ],
        "label_epsilon": [
            POSITIVE,
            StrOptions({"share"}),
            None,
        ],
        "classes": ["array-like", None],
    }

    def __init__(
        self,
        estimator: Classifier,
        *,
        epsilon: float = 1.0,
        bounds: tuple[Any, Any] | None = None,
        categories: dict[str, Any] | None = None,
        mechanism: Literal["piecewise", "duchi", "laplace"] = "piecewise",
        category_mechanism: Literal[
            "response", "unary", "optimised_unary"
        ] = "response",
        n_sampled: int | Literal["auto"] | Literal["all"] = "auto",
        label_epsilon: float | Literal["share"] | None = "share",
        classes: ArrayLike | None = None,
        accountant: PrivacyAccountant | None = None,
        random_state: RandomStateLike = None,
    ) -> None:
        self.estimator = estimator
        self.epsilon = epsilon
        self.bounds = bounds
        self.categories = categories
        self.mechanism = mechanism
        self.category_mechanism = category_mechanism
        self.n_sampled = n_sampled
        self.label_epsilon = label_epsilon
        self.classes = classes
        self.accountant = accountant
        self.random_state = random_state

    def _train(self, X, y):
        frame = read_table(X)
        n_sampled = self._count_sampled(frame.shape[1])
        each, of_label = self._split_budget(n_sampled)
        listed = self._read_categories(frame)
        bounded = self._read_numbers(frame, [*listed])
        classes = np.unique(y)
        if of_label is not None or self.classes is not None:
            classes = declared_classes(self.classes, y, type(self).__name__)

        # Not the noise of the masks, which is a function of the record: equal records
        # would get equal noise, and two of them tell more than one.
        stream = SecretStream(self._open_key(self.epsilon), b"reports")
        sampled = sample_features(frame.shape, n_sampled, stream)
        reported = frame.copy()
        for place, (codes, values) in listed.items():
            codes = self._report_codes(codes, values, each, sampled[:, place], stream)
            reported.isetitem(place, values.take(codes))
        for place, (z, low, high) in bounded.items():
            z = self._report_numbers(z, each, sampled[:, place], stream)
            scale = frame.shape[1] / n_sampled
            reported.isetitem(place, low + (1 + scale * z) / 2 * (high - low))
        if of_label is not None:
            codes = pd.Index(classes).get_indexer(pd.Index(y))
            y = classes[randomized_response(codes, len(classes), of_label, stream)]
        model = clone(self.estimator)
        if not hasattr(X, "iloc"):
            numeric = all(map(is_numeric_dtype, reported.dtypes))
            reported = reported.to_numpy(dtype=np.float64 if numeric else object)
        model.fit(reported, y)
        return {
            "estimator_": model,
            "epsilon_": float(self.epsilon),
            "delta_": 0.0,
            "feature_epsilon_": each,
            "n_sampled_": n_sampled,
            "_labels": classes,
        }

    def _count_sampled(self, n_features):
        """Features that are randomised of each record."""
        if self.n_sampled == "all":
            return n_features
        if self.n_sampled == "auto":
            return int(np.clip(self.epsilon // _PER_FEATURE, 1, n_features))
        if self.n_sampled > n_features:
            raise ValueError(
                "The 'n_sampled' parameter of LocalDPClassifier must be at most the "
                f"number of features, {n_features}. Got {self.n_sampled} instead."
            )
        return self.n_sampled

    def _split_budget(self, n_sampled):
        """Budget of each sampled feature, and of the label."""
        of_label = self.label_epsilon
        if of_label is None:
            each = self.epsilon / n_sampled
        elif of_label == "share":
            each = of_label = self.epsilon / (n_sampled + 1)
        elif of_label < self.epsilon:
            each = (self.epsilon - of_label) / n_sampled
        else:
            raise ValueError(
                "The 'label_epsilon' parameter of LocalDPClassifier must be below "
                f"epsilon={self.epsilon}, to leave something for the features. Got "
                f"{of_label} instead."
            )
        if each < _LEAST_EPSILON:
            raise ValueError(
                "The 'epsilon' parameter of LocalDPClassifier must leave at least "
                f"{_LEAST_EPSILON} for each of {n_sampled} features. Got "
                f"{self.epsilon} instead, which leaves {each:.3g}; raise it or lower "
                "'n_sampled'."
            )
        return each, of_label

    def _read_categories(self, frame):
        """Codes and declared values of each categorical column, by place."""
        declared = self.categories or {}
        places = column_positions(
            frame.columns, [*declared], "categories", type(self).__name__
        )
        columns = {}
        for place, (name, values) in zip(places, declared.items(), strict=True):
            values = pd.Index(values, tupleize_cols=False)
            codes = listed_codes(frame.iloc[:, place], values)
            unknown = frame.iloc[codes < 0, place].unique()[:5].tolist()
            if unknown or len({*plain_values(values)}) < len(values):
                raise ValueError(
                    "The 'categories' parameter of LocalDPClassifier must list every "
                    f"value of column {name!r} once. Got {values.tolist()}; the "
                    f"column also holds {unknown}."
                )
            columns[place] = codes, values
        return columns

    def _read_numbers(self, frame, listed):
        """Values in [-1, 1] and the bounds of each numeric column, by place."""
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
            allow_nan=takes_missing(self.estimator),
            estimator_name=type(self).__name__,
            input_name="X",
        )
        # Which values are missing would be told by leaving them out.
        numbers = np.where(np.isnan(numbers), (low + high) / 2, numbers)
        scaled = to_unit(numbers, low, high)
        return {
            place: column
            for place, *column in zip(places, scaled.T, low, high, strict=True)
        }

    def _report_codes(self, codes, values, epsilon, sampled, stream):
        """Randomised places of categories; any one where it is not sampled."""
        randomize = _OF_CATEGORIES[self.category_mechanism]
        reports = randomize(codes, len(values), epsilon, stream)
        return np.where(sampled, reports, stream.below(len(values), len(codes)))

    def _report_numbers(self, z, epsilon, sampled, stream):
        """Randomised numbers from [-1, 1]; 0 where it is not sampled."""
        return np.where(sampled, _OF_NUMBERS[self.mechanism](z, epsilon, stream), 0.0)

    def __sklearn_tags__(self):
        tags = super().__sklearn_tags__()
        tags.input_tags.sparse = False
        tags.classifier_tags.poor_score = True
        return tags
