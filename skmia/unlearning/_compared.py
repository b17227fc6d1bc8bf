"""The two versions of a model beside references, about forgotten and unseen records."""

import numpy as np
from sklearn.utils import _safe_indexing

from skmia.unlearning._findings import changes, remaining_share, tests_of, told_apart
from skmia.unlearning._references import Beside, signal_of, train_references
from skmia.unlearning._versions import answers_of
from skmia.utils._records import concatenate


class Compared:
    """The two versions beside references, about forgotten and unseen records."""

    def __init__(self, before, after, sets, unlearn, estimator):
        self.before, self.after = before, after
        self.forget, self.retain, self.unseen = sets
        self.unlearn, self.estimator = unlearn, estimator

    def compare(self, n_references, attack, level, rng, n_jobs):
        """Rows of numbers, by name."""
        sets = self.forget, self.unseen, self.retain
        X, y = (concatenate(parts) for parts in zip(*sets, strict=True))
        # The candidates in random order, or ties among neighbours would tell the sets.
        self.order = rng.permutation(len(self.forget[1]) + len(self.unseen[1]))
        n_candidates = len(self.order)
        rows = np.concatenate([self.order, np.arange(n_candidates, len(y))])
        X, y = _safe_indexing(X, rows), y[rows]
        candidate = np.arange(len(y)) < n_candidates
        classes = np.union1d(y, self.before.classes_)
        references = train_references(
            self.estimator,
            X,
            y,
            candidate,
            n_references,
            self.unlearn,
            classes,
            rng,
            n_jobs,
        )
        signals = [signal_of(m, X, y, classes) for m in (self.before, self.after)]
        self.gone = self.order < len(self.forget[1])
        self.beside = Beside(
            references,
            *(signal[candidate] for signal in signals),
            self.unlearn is not None,
        )
        asked = _safe_indexing(X, np.flatnonzero(candidate))
        answers = [answers_of(m, asked, classes) for m in (self.before, self.after)]
        # Retained records, which every version knows, among unseen ones.
        known = rows >= len(self.forget[1])
        retained_rows = {
            f"retained-{when}": told_apart(signal[known], ~candidate[known], level)
            for when, signal in zip(("before", "after"), signals, strict=True)
        }
        return {
            "former-excess": told_apart(self.beside.former_excess, self.gone, level),
            **tests_of(self.beside, self.gone, level),
            **changes(references, *answers, self.gone, attack, level, rng),
            **retained_rows,
        }

    def share(self, level, rng):
        """Share of the influence that is left; None where there was none to be seen."""
        former = told_apart(self.beside.former_excess, self.gone, level)
        if not former["auc_low"] > 0.5:
            return None
        return remaining_share(self.beside, self.gone, level, rng)

    def records(self):
        """Columns about each forgotten record."""
        one = self.beside
        columns = {
            "before": one.before,
            "after": one.after,
            "retrained": one.retrained,
            "excess": one.excess,
            "lira": one.lira,
            "exposure": one.exposure,
        }
        rows = np.argsort(self.order)[: len(self.forget[1])]
        return {name: value[rows] for name, value in columns.items()}
