"""What must not become slower, larger or weaker from one commit to the next, for asv.

docs/asv.md says how it is run.

Each part of the package stands beside what it cannot do without, in one process and one
thread: machines differ, and are busy, but the ratio of two CPU times is much the same.
"""

import os
import time
import warnings

# Before numpy is loaded.
os.environ.setdefault("OMP_NUM_THREADS", "1")

import numpy as np
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB
from sklearn.tree import DecisionTreeClassifier

from skmia import ShadowModels, audit
from skmia.attacks import leave_one_out_likelihood_ratio
from skmia.defenses import RoundedPosterior, SelenaClassifier
from skmia.grid import model_grid

N_RUNS = 3


class _Beside:
    """Time and memory of ``ours``, and its CPU time by that of ``bare``."""

    timeout = 600

    def setup(self):
        warnings.simplefilter("ignore")
        X, y = load_digits(return_X_y=True)
        self.X, self.y = X[:800], y[:800]
        self.sets = X[:400], y[:400], X[400:800], y[400:800]
        self.prepare()

    def prepare(self):
        """What is there before the clock runs."""

    def time_it(self):
        self.ours()

    def peakmem_it(self):
        self.ours()

    def track_ratio(self):
        least = {self.ours: np.inf, self.bare: np.inf}
        for _ in range(N_RUNS):
            for run in least:
                begin = time.process_time()
                run()
                least[run] = min(least[run], time.process_time() - begin)
        return least[self.ours] / least[self.bare]

    track_ratio.unit = "CPU by that of the bare part"

    def fits(self, model, n_models):
        """Clones on halves of the records, each asked about all of them once."""
        rng = np.random.RandomState(0)
        for _ in range(n_models):
            rows = rng.permutation(len(self.X))[: len(self.X) // 2]
            clone(model).fit(self.X[rows], self.y[rows]).predict_proba(self.X)


class Scoring(_Beside):
    """LiRA of every model beside all others; bare: two moments of each record."""

    def prepare(self):
        rng = np.random.RandomState(0)
        self.inside = rng.rand(20_000, 32) < 0.5
        self.values = rng.normal(self.inside, 1.0)

    def ours(self):
        return leave_one_out_likelihood_ratio(self.values, self.inside)

    def bare(self):
        for side in (self.inside, ~self.inside):
            count = side.sum(axis=1, keepdims=True)
            mean = (self.values * side).sum(axis=1, keepdims=True) / count
            ((self.values - mean) ** 2 * side).sum(axis=1)

    def track_auc(self):
        return roc_auc_score(self.inside.ravel(), self.ours().ravel())


class ShadowFits(_Beside):
    """Shadow models with two signals, of forests; bare: their fits."""

    model = RandomForestClassifier(20, random_state=0)

    def ours(self):
        signals = ["scaled_logit", "confidence"]
        return ShadowModels(
            self.model, n_shadows=16, signals=signals, both_sides=False, random_state=0
        ).fit(self.X, self.y)

    def bare(self):
        self.fits(self.model, 16)


class SharedFits(ShadowFits):
    """The same of models whose fits are shared."""

    model = GaussianNB()


class Audit(_Beside):
    """LiRA and RMIA on a forest; bare: the fits of its shadow models."""

    model = RandomForestClassifier(20, random_state=0)

    def prepare(self):
        self.target = clone(self.model).fit(*self.sets[:2])

    def ours(self):
        attacks = ["lira-online", "rmia-online"]
        how = {"attacks": attacks, "n_shadows": 16, "random_state": 0}
        return audit(self.target, *self.sets, **how)

    def bare(self):
        self.fits(self.model, 16)

    def track_auc(self):
        return self.ours().summary.loc["lira-online", "auc"]


class Grid(_Beside):
    """Trees and naive Bayes as targets, generators and attacks; bare: their fits."""

    models = {
        "tree": DecisionTreeClassifier(random_state=0),
        "GaussianNB": GaussianNB(),
    }

    def ours(self):
        how = {"cv": 2, "n_shadows": 4, "random_state": 0}
        return model_grid(self.X, self.y, self.models, **how)

    def bare(self):
        for model in self.models.values():
            self.fits(model, 10)


class Masks(_Beside):
    """Answers that are rounded; bare: the answers."""

    def prepare(self):
        self.model = RoundedPosterior(GaussianNB()).fit(*self.sets[:2])

    def ours(self):
        for _ in range(20):
            self.model.predict_proba(self.X)

    def bare(self):
        for _ in range(20):
            self.model.estimator_.predict_proba(self.X)


class Distillation(_Beside):
    """SELENA with 10 sub-models of trees; bare: as many trees."""

    def ours(self):
        tree = DecisionTreeClassifier(random_state=0)
        SelenaClassifier(tree, n_models=10, n_out=4, random_state=0).fit(*self.sets[:2])

    def bare(self):
        for _ in range(10):
            DecisionTreeClassifier(random_state=0).fit(*self.sets[:2])
