"""The baseline of an attribute inference: what is told without the model."""

import numpy as np
import pandas as pd

from skmia.utils._fitting import fit_clone
from skmia.utils._parallel import in_parallel
from skmia.utils._random import deal, draw_seeds


def imputed(imputer, candidates, X, labels, member, cv, rng, n_jobs):
    """Candidate of each record, by the other features and the label alone.

    Parameters
    ----------
    imputer : classifier
    candidates : CandidateValues
    X : records
    labels : Series of shape (n_samples,)
        Of categories, or of numbers.
    member : ndarray of bool of shape (n_samples,)
    cv : int
        Parts. Members are judged by the imputers of all parts, too: those that know all
        holdout records would be better than those that judge these.
    rng : RandomState
    n_jobs : int or None

    Returns
    -------
    codes : ndarray of int of shape (n_samples,)
    """
    if (~member).sum() < cv:
        raise ValueError(
            f"There must be 'cv', {cv}, holdout records at least: imputers are fitted "
            f"on parts of them. Got {(~member).sum()}."
        )
    told = pd.get_dummies(labels.to_frame("label"), dtype=float)
    Z = np.hstack([candidates.others(X), told])
    codes, part = candidates.codes, np.empty(len(Z), dtype=int)
    for side in (member, ~member):
        part[side] = deal(codes[side], cv, rng)
    calls = [
        {"rows": np.flatnonzero(~member & (part != judged)), "seed": seed}
        | {"judged": np.flatnonzero(part == judged)}
        for judged, seed in enumerate(draw_seeds(rng, cv))
    ]
    shared = {"imputer": imputer, "Z": Z, "codes": codes}
    found = np.empty(len(Z), dtype=int)
    said = in_parallel(_impute, calls, shared=shared, n_jobs=n_jobs)
    for call, guess in zip(calls, said, strict=True):
        found[call["judged"]] = guess
    return found


def _impute(imputer, Z, codes, rows, seed, judged):
    return fit_clone(imputer, Z, codes, rows, seed).predict(Z[judged])
