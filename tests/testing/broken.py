"""Evidence, signals and generators that are wrong in one thing each."""

import warnings

import numpy as np
import pandas as pd
from sklearn.base import BaseEstimator
from sklearn.utils import check_random_state

from skmia.attacks.evidence import Distilled, Evidence
from skmia.generators import NoisyRecords, StatisticsGenerator
from skmia.signals import signal


class Right(Evidence):
    asks = frozenset({"predict"})

    def observe(self, session):
        return session.observe("correctness")


class SetsMore(Right):
    def __init__(self, scale=1):
        self.scale = scale
        self.more = scale


class Half(Right):
    def transform(self, pairs):
        return super().transform(pairs)[::2]


class Ranked(Right):
    """Compares the pairs in question with one another."""

    def transform(self, pairs):
        Z = super().transform(pairs)
        return Z - Z.mean()


class Random(Right):
    def observe(self, session):
        noise = np.random.RandomState(id(session) % 1000).normal(size=len(session))
        return pd.DataFrame({"noise": noise})


class Asks(Right):
    def observe(self, session):
        return session.observe("loss")


UNSEEDED = Distilled(np.random.RandomState(0).normal(scale=8, size=(30, 4)))


@signal("predict_proba")
def batch_centred(y, posterior):
    return posterior.max(axis=1) - posterior.max(axis=1).mean()


@signal("predict_proba")
def one_too_few(y, posterior):
    return posterior.max(axis=1)[:-1]


@signal("predict_proba")
def no_number(y, posterior):
    return np.full(len(y), np.inf)


@signal("predict_proba", columns="abc")
def own_columns(y, posterior):
    return posterior if posterior.shape[1] == 3 else posterior[:0]


@signal("predict", probing=True)
def asks_scores(model, X, y, classes):
    return model.predict_proba(X).max(axis=1)


@signal("predict", probing=True)
def reads_the_model(model, X, y, classes):
    return np.full(len(X), model.n_estimators)


@signal(probing=True)
def writes(model, X, y, classes):
    X.iloc[0, 0] = 0.0
    return np.zeros(len(X))


@signal("predict_proba")
def global_noise(y, posterior):
    np.random.rand(1)  # noqa: NPY002
    return posterior.max(axis=1)


LOCAL = signal("predict_proba", name="local")(lambda y, posterior: posterior[:, 0])


class Few(NoisyRecords):
    def sample(self, n_samples, target=None):
        X, y = super().sample(n_samples, target)
        return X[:5], y[:5]


class OneLabelTooFew(NoisyRecords):
    def sample(self, n_samples, target=None):
        X, y = super().sample(n_samples, target)
        return X, y[1:]


class NoNames(NoisyRecords):
    def sample(self, n_samples, target=None):
        X, y = super().sample(n_samples, target)
        return X.assign(more=0.0), y


class OutOfBounds(NoisyRecords):
    def sample(self, n_samples, target=None):
        X, y = super().sample(n_samples, target)
        return X * 100, y


class NewLabels(NoisyRecords):
    def sample(self, n_samples, target=None):
        X, y = super().sample(n_samples, target)
        return X, np.char.add(y.astype(str), "?")


class GoesOn(NoisyRecords):
    """Its stream of random numbers goes on from call to call."""

    def fit(self, X, y):
        super().fit(X, y)
        self.rng_ = check_random_state(self.random_state)
        return self

    def sample(self, n_samples, target=None):
        X, y = super().sample(3 * n_samples, target)
        rows = self.rng_.permutation(len(y))[:n_samples]
        return X.iloc[rows], y[rows]


class AsksOn(StatisticsGenerator):
    """Asks whatever the target has left."""

    def sample(self, n_samples, target=None):
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")
            X, _ = super().sample(n_samples)
        return X, target.predict(X)


class OwnBudget(BaseEstimator):
    """Forgets the budget that it was given itself."""

    def __init__(self, max_queries=None):
        self.max_queries = max_queries

    def fit(self, X, y):
        self.known_ = X
        return self

    def sample(self, n_samples, target=None):
        left = int(min(n_samples, target.queries_left_))
        if not left:
            raise ValueError("nothing left")
        if left < n_samples:
            warnings.warn(f"{left} records", UserWarning, stacklevel=2)
        return self.known_[:left], target.predict(self.known_[:left])


class WritesOnWhatIsKnown(NoisyRecords):
    def fit(self, X, y):
        super().fit(X, y)
        X.iloc[:, -1] = 0.0
        return self


class ChangesItsSeed(NoisyRecords):
    def fit(self, X, y):
        super().fit(X, y)
        self.flip = 0.5
        return self


class RemembersRecords(NoisyRecords):
    def fit(self, X, y):
        known = getattr(self, "_known", None)
        super().fit(X, y)
        self._known = self._known if known is None else known
        return self


class GlobalSeed(NoisyRecords):
    def fit(self, X, y):
        np.random.rand(1)  # noqa: NPY002
        return super().fit(X, y)


class AnyFlip(NoisyRecords):
    _parameter_constraints = {**NoisyRecords._parameter_constraints, "flip": [object]}


BROKEN = {
    "evidence": {
        "check_parameters_are_kept": [(SetsMore(), "should not set any attribute")],
        "check_one_row_per_pair": [(Half(), "one row per pair")],
        "check_pairs_in_any_company": [(Ranked(), "permuted or cut")],
        "check_copies_are_seen_alike": [
            (Random(), "sees a copy of the model and its records differently"),
        ],
        "check_asks_what_it_says": [
            (Asks(), "more than its attribute 'asks' says: .*predict_proba")
        ],
    },
    "signal": {
        "check_asks_what_it_says": [
            (asks_scores, r"more than its 'asks' says, \['predict'\]: .*predict_proba"),
            (reads_the_model, "more than its 'asks' says.*n_estimators"),
        ],
        "check_one_row_per_record": [
            (one_too_few, "gives no finite table with one row per"),
            (no_number, "80 values are not finite"),
        ],
        "check_records_in_any_company": [
            (batch_centred, "when the records are permuted or cut"),
        ],
        "check_labels_nobody_knows": [(own_columns, "a label that the model does")],
        "check_pickle": [(LOCAL, "cannot be pickled")],
        "check_nothing_else_changes": [
            (writes, "changes the records"),
            (global_noise, "numpy's global random state"),
        ],
    },
    "generator": {
        "check_as_many_as_asked": [
            (Few(), "samples 5 of 20 records without a warning"),
            (OneLabelTooFew(), "samples 20 records and 19 labels"),
        ],
        "check_records_like_the_known": [
            (NoNames(), "No model takes both"),
            (OutOfBounds(), "its own schema_ does not contain"),
            (NewLabels(), "samples the labels"),
        ],
        "check_sample_repeats": [(GoesOn(), "when it is asked again")],
        "check_budget_is_kept": [
            (AsksOn(), "runs into a budget: The budget of this black box is 1 "),
            (OwnBudget(), "asks 20 of 1 rows"),
        ],
        "check_data_unchanged": [(WritesOnWhatIsKnown(), "changes the arrays")],
        "check_fit_keeps_parameters": [(ChangesItsSeed(), r"parameter \['flip'\]")],
        "check_refit_forgets": [(RemembersRecords(), "when it was fitted on other")],
        "check_global_rng_untouched": [(GlobalSeed(), "global random state")],
        "check_parameter_errors": [(AnyFlip(), "does not raise an informative")],
    },
}
