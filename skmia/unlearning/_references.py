"""Models that were trained with some candidates and forgot them, and models without."""

from dataclasses import dataclass

import numpy as np
from sklearn.utils import _safe_indexing, check_random_state

from skmia.attacks import leave_one_out_likelihood_ratio
from skmia.attacks.statistics._log_odds import arcsine, are_coarse
from skmia.signals import observe
from skmia.unlearning._versions import answers_of, forgotten
from skmia.utils._fitting import fit_clone
from skmia.utils._parallel import in_parallel
from skmia.utils._random import deal, draw_seeds

# Beyond this a probability is 1 in double precision.
_CLIP = 36.0


@dataclass(frozen=True)
class References:
    """What the references say of the candidates: forgotten and unseen records.

    Attributes
    ----------
    before, after : ndarray of shape (n_references, n_candidates, n_classes)
        Answers of each reference before and after it forgot the candidates that it
        was trained on.
    inside : ndarray of bool of shape (n_candidates, n_references)
        Which candidates these are.
    signal_before, signal_after : ndarray of shape (n_candidates, n_references)
    """

    before: np.ndarray
    after: np.ndarray
    inside: np.ndarray
    signal_before: np.ndarray
    signal_after: np.ndarray


def signal_of(model, X, y, classes):
    """Log odds of the true class, or the margin of who has decision values only."""
    name = "scaled_logit" if hasattr(model, "predict_proba") else "decision_margin"
    return observe(model, X, y, [name], classes=classes)[name].to_numpy()


def train_references(
    estimator, X, y, candidate, n_references, unlearn, classes, random_state, n_jobs
):
    """Train the references: on all other records, and on half of the candidates.

    Candidates that were forgotten and that were never seen are dealt alike, so that
    nothing but the model in question tells them apart.

    Parameters
    ----------
    estimator : classifier
    X, y : records and labels
    candidate : ndarray of bool of shape (n_records,)
        The others are in the training set of every reference.
    n_references : int
    unlearn : callable or None
    classes : ndarray of shape (n_classes,)
        What the columns of answers stand for.
    random_state : RandomState
    n_jobs : int or None

    Returns
    -------
    references : References
    """
    rows, stay = np.flatnonzero(candidate), np.flatnonzero(~candidate)
    codes = np.unique(y, return_inverse=True)[1]
    inside = np.empty((len(rows), n_references), dtype=bool)
    for pair in range(0, n_references, 2):
        # Complements: every candidate is in half of the references.
        half = deal(codes[rows], 2, random_state) == 0
        both = np.column_stack([half, ~half])
        inside[:, pair : pair + 2] = both[:, : n_references - pair]
    shared = {
        "estimator": estimator,
        "X": X,
        "y": y,
        "stay": stay,
        "candidates": rows,
        "unlearn": unlearn,
        "classes": classes,
    }
    seeds = draw_seeds(random_state, n_references)
    calls = [
        {"mask": mask, "seed": seed} for mask, seed in zip(inside.T, seeds, strict=True)
    ]
    seen = in_parallel(_one, calls, shared=shared, n_jobs=n_jobs)
    before, after, *signals = (np.array(part) for part in zip(*seen, strict=True))
    return References(before, after, inside, *(signal.T for signal in signals))


def _one(estimator, X, y, stay, candidates, mask, unlearn, classes, seed):
    rng = check_random_state(seed)
    rows = np.sort(np.concatenate([stay, candidates[mask]]))
    before = fit_clone(estimator, X, y, rows, draw_seeds(rng))
    after = forgotten(before, estimator, X, y, rows, candidates[mask], unlearn, rng)
    asked, labels = _safe_indexing(X, candidates), y[candidates]
    return (
        *(answers_of(model, asked, classes) for model in (before, after)),
        *(signal_of(model, asked, labels, classes) for model in (before, after)),
    )


class Beside:
    """The versions of a model beside references, on a scale where they compare.

    Parameters
    ----------
    references : References
    before, after : ndarray of shape (n_candidates,)
        Signals of the two versions.
    unlearns : bool
        Whether the references forgot by the method in question. Else they have their
        records still, and those that were trained anew know none.
    """

    def __init__(self, references, before, after, unlearns):
        inside, nobody = references.inside, np.zeros_like(references.inside)
        values = references.signal_after
        if not unlearns:
            values = np.hstack([references.signal_before, values])
            inside = np.hstack([inside, nobody])
        everything = np.column_stack([values, before, after])
        coarse = are_coarse(everything)
        scale = arcsine if coarse else lambda one: np.clip(one, -_CLIP, _CLIP)
        *_, self.before, self.after = scale(everything).T
        values, former = scale(values), scale(references.signal_before)
        self.retrained = _centre(values, ~inside)
        # As one that knows no candidate: its score must not know who was forgotten.
        self.lira = leave_one_out_likelihood_ratio(
            np.column_stack([values, self.after]),
            np.column_stack([inside, nobody[:, 0]]),
            variance="global" if coarse else "shrunk",
        )[:, -1].astype(float)
        self.exposure = _exposure(former, references.inside)

    @property
    def excess(self):
        """How much more the later version says for the label than references do."""
        return self.after - self.retrained

    @property
    def former_excess(self):
        """The same of the former version."""
        return self.before - self.retrained


def _centre(values, chosen):
    return (values * chosen).sum(axis=1) / chosen.sum(axis=1)


def _exposure(values, inside):
    """How far models that have a record are from those without, in their spread."""
    centres = [_centre(values, side) for side in (inside, ~inside)]
    own = np.where(inside, *(centre[:, np.newaxis] for centre in centres))
    spread = np.sqrt(((values - own) ** 2).mean(axis=1))
    return (centres[0] - centres[1]) / (spread + 0.01)
