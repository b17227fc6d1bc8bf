"""What a model tells of an attribute of its training records, and nobody else's."""

from __future__ import annotations

from numbers import Integral
from typing import Literal

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.ensemble import RandomForestClassifier
from sklearn.utils import check_random_state
from sklearn.utils.validation import check_is_fitted

from skmia.auditing._audited_records import pool
from skmia.inference._attribute_report import AttributeInference, summarize
from skmia.inference._candidate_values import CandidateValues, log_fits
from skmia.inference._imputation import imputed
from skmia.utils._kinds import is_regressor
from skmia.utils._sklearn import (
    INNER_FRACTION,
    JOBS,
    HasMethods,
    Interval,
    StrOptions,
    validate_params,
)
from skmia.utils._typing import Classifier, FittedModel, RandomStateLike

_FEW = Interval(Integral, 2, None, closed="left")


@validate_params(
    model=[HasMethods(["predict"])],
    attribute=[Integral, str],
    prior=[StrOptions({"marginal", "uniform"})],
    n_bins=[_FEW],
    imputer=[HasMethods(["fit", "predict"]), None],
    cv=[_FEW],
    confidence_level=[INNER_FRACTION],
    random_state=["random_state"],
    n_jobs=JOBS,
)
def attribute_inference(
    model: FittedModel,
    X_train: ArrayLike | pd.DataFrame,
    y_train: ArrayLike,
    X_holdout: ArrayLike | pd.DataFrame,
    y_holdout: ArrayLike,
    *,
    attribute: int | str,
    prior: Literal["marginal", "uniform"] = "marginal",
    n_bins: int = 10,
    imputer: Classifier | None = None,
    cv: int = 5,
    confidence_level: float = 0.95,
    random_state: RandomStateLike = None,
    n_jobs: int | None = None,
) -> AttributeInference:
    """Infer an attribute of records by a model, and what of that is a leak.

    The attacker has a record but for one attribute, asks the model about the record
    with each value that it may have, and takes the one that fits the label best. Much
    of what is right then is told by the other features alone, and true of everybody.
    The leak is what is told of training records only.

    .. versionadded:: 0.2

    Parameters
    ----------
    model : fitted classifier or regressor
        A classifier with ``predict_proba``. It is not changed.
    X_train : {array-like, DataFrame} of shape (n_train, n_features)
        Records that the model was trained on.
    y_train : array-like of shape (n_train,)
        Their labels.
    X_holdout : {array-like, DataFrame} of shape (n_holdout, n_features)
        Records of the same population that had no part in training.
    y_holdout : array-like of shape (n_holdout,)
        Their labels.
    attribute : int or str
        The feature, by place or by name.
    prior : {"marginal", "uniform"}, default="marginal"
        What candidates are weighted by: their shares among all records, or not at all,
        the least loss alone. Of equal candidates the commonest is taken.
    n_bins : int, default=10
        A number with more different values than that is inferred by its bin, of bins
        with about as many records each. All else is a category, or missing.
    imputer : classifier, default=None
        What infers the attribute without the model, from the other features, as
        numbers, and the label. None: a forest of 100 trees with leaves of 5 records.
    cv : int, default=5
        Parts of the holdout records. The imputer is fitted on all but one of them, and
        judged on that one and on an equal part of the training records.
    confidence_level : float, default=0.95
        Level of the intervals.
    random_state : int, RandomState instance or None, default=None
        Seed of the parts, the imputers and the permutations of the p-value.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.

    Returns
    -------
    result : AttributeInference
        Shares of right guesses, with and without the model, the excess of members over
        others, and the guesses.

    Raises
    ------
    ValueError
        The model gives no probabilities, there are fewer holdout records than parts,
        or the attribute is no feature, has one value only, or missing numbers.
    TypeError
        The records are no dense array and no DataFrame of pandas.

    See Also
    --------
    skmia.auditing.attribute_leak : Not of attributes of records: it says which step of
        a pipeline a leak of membership is to be attributed to.

    Notes
    -----
    Level: records. Threat model: access "scores", one query per record and candidate;
    the attacker has all other features and the label. Candidates and their shares are
    those of all records of both sets, so that they tell nothing of who is a member.

    Of a classifier the fit of a value is the probability of the label; of a regressor
    the density of a normal error, whose spread is that of the training errors.

    The excess of "model" alone is Yeom's attribute advantage. That of "model -
    imputation", what the model adds record by record, has the same mean, since imputers
    know no member. What it adds of *holdout* records is no leak of the training set: it
    says that the attribute matters to the task. Intervals are normal, with one more
    right and one more wrong record in each set (Agresti and Caffo); the p-value is that
    of a permutation test. Both hold nearly: the imputers of holdout records were fitted
    on other holdout records. Both sets must be alike: other people are imputed
    otherwise.

    References
    ----------
    S. Yeom, I. Giacomelli, M. Fredrikson, S. Jha, "Privacy Risk in Machine Learning:
    Analyzing the Connection to Overfitting", IEEE CSF 2018, :arxiv:`1709.01604`. M.
    Fredrikson et al., "Privacy in Pharmacogenetics: An End-to-End Case Study of
    Personalized Warfarin Dosing", USENIX Security 2014 (weighted by the marginal). B.
    Jayaraman, D. Evans, "Are Attribute Inference Attacks Just Imputation?", ACM CCS
    2022, :arxiv:`2209.01292` (the baseline).

    Examples
    --------
    >>> from sklearn.datasets import load_diabetes
    >>> from sklearn.tree import DecisionTreeRegressor
    >>> from skmia.inference import attribute_inference
    >>> X, y = load_diabetes(return_X_y=True, as_frame=True)
    >>> model = DecisionTreeRegressor(random_state=0).fit(X[::2], y[::2])
    >>> sets = X[::2], y[::2], X[1::2], y[1::2]
    >>> attribute_inference(model, *sets, attribute="bmi", n_bins=4, random_state=0)
    AttributeInference of 'bmi', 4 values: excess 0.145 (0.029 to 0.258), p-value 0.0096
                        members  holdout  excess    low   high
    guess
    model                 0.462    0.294   0.167  0.077  0.255
    imputation            0.489    0.466   0.023 -0.070  0.115
    marginal              0.213    0.299  -0.086 -0.166 -0.004
    model - imputation   -0.027   -0.172   0.145  0.029  0.258
    """
    _check_model(model)
    X, y, member, index = pool(model, X_train, y_train, X_holdout, y_holdout)
    member, rng = member == 1, check_random_state(random_state)
    if y.ndim > 1:
        raise ValueError(
            f"attribute_inference needs one label per record. Got {y.shape[1]}."
        )
    candidates = CandidateValues.of(X, attribute, n_bins)
    fit = log_fits(model, X, y, member, candidates)
    if prior == "marginal":
        fit += np.log(candidates.marginal)
    if imputer is None:
        imputer = RandomForestClassifier(min_samples_leaf=5)
    labels = pd.Series(y, dtype=float if is_regressor(model) else "category")
    guesses = {
        "model": fit.argmax(axis=1),
        "imputation": imputed(imputer, candidates, X, labels, member, cv, rng, n_jobs),
        "marginal": np.zeros(len(y), dtype=int),
    }
    codes, values = candidates.codes, candidates.values
    right = pd.DataFrame({way: guess == codes for way, guess in guesses.items()})
    summary, pvalue = summarize(right, member, confidence_level, rng)
    told = {"value": codes, "guess": guesses["model"], "imputed": guesses["imputation"]}
    told = {name: values[code] for name, code in told.items()}
    return AttributeInference(
        attribute=attribute,
        summary=summary,
        pvalue=pvalue,
        values=values,
        records=pd.DataFrame(told, index=index),
        n_queries=fit.size,
    )


def _check_model(model):
    if not (is_regressor(model) or hasattr(model, "predict_proba")):
        raise ValueError(
            "attribute_inference needs a regressor, or a classifier with "
            f"predict_proba. Got {model!r}."
        )
    if hasattr(model, "fit"):
        check_is_fitted(model)
