"""Records that nobody has: non-members for an adversary without data."""

from __future__ import annotations

import numpy as np
import pandas as pd
from scipy import sparse
from sklearn.utils import check_array, check_random_state
from sklearn.utils.random import sample_without_replacement

from skmia.utils._numbers import uniform_between
from skmia.utils._sklearn import COUNT, validate_params
from skmia.utils._typing import MatrixLike, RandomStateLike, Records


@validate_params(
    X=["array-like", "sparse matrix"],
    n_samples=[COUNT],
    whole=["boolean"],
    random_state=["random_state"],
)
def random_records(
    X: MatrixLike,
    n_samples: int = 1000,
    *,
    whole: bool = True,
    random_state: RandomStateLike = None,
) -> Records:
    """Draw records uniformly from the feature domain of others.

    Each feature is drawn alone, uniformly between the smallest and the largest value
    that `X` has of it: whole numbers, so binary features too, stay whole numbers.
    Features that are no numbers are drawn uniformly from the values that `X` has. Of a
    sparse matrix each feature is 0 as often as in `X`, and otherwise drawn between the
    smallest and the largest of its other values.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        Records that show the domain. Missing values are passed over.
    n_samples : int, default=1000
        Records to draw.
    whole : bool, default=True
        Whether whole numbers stay whole. False: all numbers are real ones, for those
        who move records anyway.
    random_state : int, RandomState instance or None, default=None
        Seed.

    Returns
    -------
    drawn : {ndarray, sparse matrix, DataFrame} of shape (n_samples, n_features)
        With the columns, dtypes and format of `X`.

    Raises
    ------
    ValueError
        A feature has no value at all, or values that are not finite.

    See Also
    --------
    PopulationAttack : Takes the percentile.

    Notes
    -----
    Level: records. Adversary 3 of Salem et al. has neither a shadow model nor data: it
    asks the target about random records, takes them for non-members, and calls those
    candidates members whose maximum, entropy or standard deviation of the posterior is
    more extreme than that of all but a fraction, say 10 %, of them. That is
    :class:`PopulationAttack` on random records; it wants rows of both kinds, but
    looks at the non-members only when `direction` is given, and it must be: the other
    side of random records need not be that of members.

    Random records are far from the data: a model may be more, or less, sure of them
    than of other non-members, and the fraction is not a false positive rate on real
    ones. If more random records than that tie at the extreme, only candidates beyond
    all of them are called.

    The paper draws every feature uniformly. In a sparse matrix, though, 0 is the rule:
    baskets with half of all articles, or texts with every word, are farther from any
    record than random ones need be, and take the memory of a dense matrix. On most
    such data decisions are better where zeros keep their share, see docs/attacks.md.

    References
    ----------
    A. Salem et al., "ML-Leaks: Model and Data Independent Membership Inference Attacks
    and Defenses on Machine Learning Models", NDSS 2019, arXiv:1806.01246.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.attacks import random_records
    >>> X = pd.DataFrame({"age": [20, 60], "town": ["Bonn", "Ulm"], "dose": [0.0, 0.5]})
    >>> drawn = random_records(X, 100, random_state=0)
    >>> drawn.shape, sorted(set(drawn["town"]))
    ((100, 3), ['Bonn', 'Ulm'])
    >>> drawn["age"].dtype, bool(drawn["age"].between(20, 60).all())
    (dtype('int64'), True)

    Adversary 3, on a forest that has seen the first half of the records:

    >>> import numpy as np
    >>> from sklearn.datasets import load_breast_cancer
    >>> from sklearn.ensemble import RandomForestClassifier
    >>> from skmia import observe
    >>> from skmia.attacks import PopulationAttack
    >>> X, y = load_breast_cancer(return_X_y=True)
    >>> target = RandomForestClassifier(random_state=0).fit(X[:284], y[:284])
    >>> nobody = random_records(X, random_state=0)
    >>> Z = observe(target, np.vstack([X, nobody]), signals="max_confidence")
    >>> random = np.arange(len(Z)) >= len(X)
    >>> attack = PopulationAttack(direction="higher", fpr=0.1).fit(Z, ~random)
    >>> called = attack.predict(Z[~random])
    >>> bool(called[:284].mean() > called[284:].mean())
    True
    """
    rng = check_random_state(random_state)
    if sparse.issparse(X):
        return _draw_sparse(X, n_samples, whole, rng)
    if np.ndim(X) < 2:
        raise ValueError(
            "Records can be drawn at random of features, the columns of X. Got records "
            "that have none, such as texts."
        )
    if hasattr(X, "iloc"):
        return _draw_pandas(X, n_samples, whole, rng)
    if hasattr(X, "get_columns"):
        return _draw_polars(X, n_samples, whole, rng)
    X = check_array(X, dtype=None, ensure_all_finite=False, allow_nd=True)
    columns = [
        _draw(pd.Series(column, name=i).infer_objects(), n_samples, whole, rng)
        for i, column in enumerate(X.reshape(len(X), -1).T)
    ]
    drawn = np.column_stack(columns)
    if whole or X.dtype.kind not in "biu":
        drawn = drawn.astype(X.dtype, copy=False)
    return drawn.reshape(n_samples, *X.shape[1:])


def _draw_pandas(X, n_samples, whole, rng):
    columns = [_draw(X.iloc[:, i], n_samples, whole, rng) for i in range(X.shape[1])]
    return pd.concat(columns, axis=1).set_axis(X.columns, axis=1)


def _draw_polars(X, n_samples, whole, rng):
    seen = {one.name: pd.Series(one.to_numpy(), name=one.name) for one in X}
    drawn = {name: _draw(seen[name], n_samples, whole, rng).tolist() for name in seen}
    return type(X)(drawn, schema=X.schema, strict=False)


def _draw(column, n_samples, whole, rng):
    """Uniform values of one feature, as a series of the same dtype if it can be."""
    seen = column.dropna()
    if seen.empty:
        raise ValueError(f"The feature {column.name!r} of X has no value to draw from.")
    if _is_number(seen):
        if not (whole or pd.api.types.is_float_dtype(seen)):
            column = seen = seen.astype(float)
        values = _draw_numbers(seen, n_samples, whole, rng)
        return pd.Series(values, name=column.name).astype(column.dtype)
    values = seen.drop_duplicates()
    chosen = rng.randint(len(values), size=n_samples)
    return values.iloc[chosen].reset_index(drop=True)


def _is_number(column):
    is_bool = pd.api.types.is_bool_dtype(column)
    return pd.api.types.is_numeric_dtype(column) and not is_bool


def _draw_numbers(seen, n_samples, whole, rng):
    low, high = seen.min(), seen.max()
    if pd.api.types.is_integer_dtype(seen):
        dtype = np.uint64 if high > np.iinfo(np.int64).max else np.int64
        return rng.randint(int(low), int(high) + 1, size=n_samples, dtype=dtype)
    if not np.isfinite([low, high]).all():
        raise ValueError(f"The feature {seen.name!r} of X must be finite.")
    whole = whole and (seen == np.floor(seen)).all()
    return uniform_between(low, high, whole, rng.random_sample(n_samples))


def _draw_sparse(X, n_samples, whole, rng):
    """Zeros as often as each feature has them, and uniform values elsewhere."""
    seen = sparse.coo_array(X)
    there = (seen.data != 0) & ~np.isnan(seen.data)
    values, column = seen.data[there].astype(float), seen.coords[1][there]
    if not np.isfinite(values).all():
        name = column[~np.isfinite(values)][0]
        raise ValueError(f"The feature {name} of X must be finite.")
    by = pd.Series(values).groupby(column)
    low, high, counts = by.min(), by.max(), by.size()
    whole = whole & pd.Series(values == np.floor(values)).groupby(column).all()
    sizes = rng.binomial(n_samples, counts / X.shape[0])
    rows = [
        sample_without_replacement(n_samples, size, random_state=rng)
        for size in sizes[sizes > 0]
    ]
    of = np.repeat(np.arange(len(sizes)), sizes)
    bounds = (bound.to_numpy()[of] for bound in (low, high, whole))
    drawn = uniform_between(*bounds, rng.random_sample(len(of))).astype(X.dtype)
    shape = n_samples, X.shape[1]
    index = sparse.get_index_dtype(maxval=max(shape))  # trees take no wider ones
    place = np.concatenate([*rows, []]), counts.index.to_numpy()[of]
    place = tuple(one.astype(index) for one in place)
    return type(X)(sparse.coo_array((drawn, place), shape=shape))
