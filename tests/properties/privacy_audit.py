"""A valid lower bound on the epsilon of a mechanism, from fits on two neighbours."""

import numpy as np
from scipy.stats import beta
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

# Chance that the bound of a true guarantee lies above it: noise has no seed, so a test
# of it is another one in every run.
ERROR = 1e-6
# One for digits that only one data set can have, one for sums of many small hints.
CLASSIFIERS = (
    DecisionTreeClassifier(max_leaf_nodes=12, min_samples_leaf=5, random_state=0),
    make_pipeline(StandardScaler(), LogisticRegression()),
)


def release_many(fit, data, n_fits):
    """What `fit(X, y)` releases, as rows of numbers, over many fits."""
    return np.array([np.ravel(fit(*data)) for _ in range(n_fits)])


def epsilon_lower_bound(released, neighbour, delta=0.0):
    """Lower bound on epsilon that holds but with probability `ERROR`.

    Classifiers learn from the first half of the fits which of two neighbouring data
    sets an output comes from, and which of their events tells most; the second half,
    which chose nothing, gives the bound: with P and Q the chances of that event,
    ``P <= exp(epsilon) * Q + delta``, and both are bounded by Clopper and Pearson at
    half of `ERROR`.

    Parameters
    ----------
    released, neighbour : ndarray of shape (n_fits, n_numbers)
        Outputs on the one and on the other data set.
    delta : float

    Returns
    -------
    epsilon : float
        At least 0.
    """
    half = len(released) // 2
    both = [released, neighbour]
    seen = np.concatenate([rows[:half] for rows in both])
    events = []
    for classifier in CLASSIFIERS:
        classifier.fit(seen, np.repeat([0, 1], half))
        learned, fresh = (
            [classifier.predict_proba(rows[part])[:, 1] for rows in both]
            for part in (slice(half), slice(half, None))
        )
        cuts = np.unique(np.quantile(np.concatenate(learned), np.linspace(0, 1, 101)))
        events += [
            (_bound(*learned, side, cut, delta), _bound(*fresh, side, cut, delta))
            for cut in cuts
            for side in (1, -1)
        ]
    return max(max(events)[1], 0.0)


def _bound(scores, neighbour_scores, side, cut, delta):
    """The bound of one event: scores of at least, or at most, a cut."""
    # The event is more likely where its side points to.
    rare, likely = (scores, neighbour_scores)[::side]
    n_rare, n_likely = (
        np.count_nonzero(side * one >= side * cut) for one in (rare, likely)
    )
    least = beta.ppf(ERROR / 2, n_likely, len(likely) - n_likely + 1)
    most = beta.isf(ERROR / 2, n_rare + 1, len(rare) - n_rare)
    least, most = np.nan_to_num(least, nan=0.0), np.nan_to_num(most, nan=1.0)
    return np.log(max(least - delta, 1e-300) / most)
