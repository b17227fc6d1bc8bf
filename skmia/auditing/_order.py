"""The order in which a model is asked, which tells nothing of who is a member."""

import numpy as np
import pandas as pd
from sklearn.utils import _safe_indexing

from skmia.utils._fitting import per_record
from skmia.utils._quantities import label_codes


def blind_order(keys, y, seed):
    """Places of the records in an order that does not depend on who is a member.

    By content, then permuted. Were members first, as they are given, then whatever goes
    by position would tell them: ties, halves of the pool, the last bits of answers
    about equal rows. Equal records with equal labels come in random order.

    Parameters
    ----------
    keys : list of bytes of length n_records
        Of the records, from :func:`record_keys`.
    y : ndarray of shape (n_records,) or None
        Their labels, if they have some.
    seed : int
        The order has a stream of its own: who split the records with the same seed
        gets another permutation.

    Returns
    -------
    order : ndarray of int of shape (n_records,)
    """
    label = label_codes(y, len(keys)).tolist()
    keys = [*zip(keys, label, strict=True)]
    [stream] = np.random.SeedSequence(seed).spawn(1)
    rng = np.random.RandomState(np.random.MT19937(stream))
    among_equals = rng.permutation(len(keys)).tolist()
    by_content = sorted(range(len(keys)), key=lambda i: (keys[i], among_equals[i]))
    return np.array(by_content)[rng.permutation(len(keys))]


def numbered(code):
    """Numbers of groups in the order of the pool: those given say who came first."""
    return pd.factorize(code)[0]


def params_in_order(fit_params, X, order):
    """Parameters of ``fit``; what has one value for each record, in another order."""
    ours = per_record(fit_params, X)
    return fit_params | {name: _safe_indexing(fit_params[name], order) for name in ours}


def put_back(results, back):
    """Scores and decisions of attacks in the order in which the records were given.

    Parameters
    ----------
    results : list of AttackResult
        Completed in place.
    back : ndarray of int of shape (n_records,)
        Where each record stands.
    """
    for result in results:
        if result.score is not None:
            result.score = result.score[back]
            result.predicted = result.predicted[back]
