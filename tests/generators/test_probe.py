"""What an interface tells when it is asked, and what the asking costs."""

import numpy as np
import pytest
from sklearn.datasets import load_breast_cancer, load_iris, make_classification
from sklearn.dummy import DummyClassifier
from sklearn.exceptions import NotFittedError
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia.defenses import RoundedPosterior
from skmia.exceptions import QueryBudgetExceeded
from skmia.generators import probe
from skmia.targets import BlackBox


def logistic():
    return make_pipeline(StandardScaler(), LogisticRegression())


@pytest.fixture(scope="module")
def model():
    X, y = load_iris(return_X_y=True)
    return logistic().fit(X, np.array(["a", "b", "c"])[y])


class Bare:
    """An interface that names nothing and takes what `accepts` accepts."""

    def __init__(self, model, accepts=lambda rows: True, see=lambda rows: rows):
        self.model, self.accepts, self.see = model, accepts, see
        self.n_answered = 0

    def predict(self, rows):
        if not self.accepts(rows):
            raise RuntimeError("400 Bad Request")
        labels = self.model.predict(self.see(rows))
        self.n_answered += len(rows)
        return labels


class BareWithScores(Bare):
    def predict_proba(self, rows):
        if not self.accepts(rows):
            raise RuntimeError("400 Bad Request")
        self.n_answered += len(rows)
        return self.model.predict_proba(self.see(rows))


def test_scores(model):
    api = BlackBox(model, max_queries=900)
    report = probe(api, random_state=0)
    assert report.n_features == 4
    assert (report.answers, report.k, report.decimals) == ("full", None, None)
    assert report.kinds == ("continuous",) * 4
    assert report.n_classes == 3
    assert set(report.labels_seen) == {"a", "b", "c"}
    assert report.n_queries == api.n_queries_ <= 900
    assert report.n_refused == 0


def test_labels_only(model):
    report = probe(BlackBox(model, access="label"), random_state=0)
    assert (report.answers, report.decimals) == ("labels", None)


@pytest.mark.parametrize("k", [1, 2])
def test_top_k(k):
    X, y = make_classification(n_informative=8, n_classes=4, random_state=0)
    api = BlackBox(logistic().fit(X, y), access="top-k", k=k)
    report = probe(api, random_state=0)
    assert (report.answers, report.k) == ("top-k", k)


@pytest.mark.parametrize("decimals", [1, 2, 4])
def test_rounded_scores(model, decimals):
    """Rows of three rounded scores are made to sum to 1, and found all the same."""
    api = RoundedPosterior(model, decimals=decimals)
    X, y = load_iris(return_X_y=True)
    report = probe(api.fit(X, y), random_state=0)
    assert (report.answers, report.decimals) == ("full", decimals)


def test_single_precision_is_not_rounding(model):
    api = BareWithScores(model)
    api.predict_proba = lambda rows: model.predict_proba(rows).astype(np.float32)
    assert probe(api, random_state=0).decimals is None
    api.predict_proba = lambda rows: (
        model.predict_proba(rows).round(2).astype(np.float32)
    )
    assert probe(api, random_state=0).decimals == 2


def test_a_tree_answers_zeros_and_ones():
    X, y = load_iris(return_X_y=True)
    report = probe(DecisionTreeClassifier(random_state=0).fit(X, y), random_state=0)
    assert (report.answers, report.decimals) == ("one-hot", 0)


def test_width_is_found_by_trying():
    X, y = load_breast_cancer(return_X_y=True)
    api = Bare(logistic().fit(X, y))
    report = probe(api, random_state=0)
    assert report.n_features == 30
    # Widths 1 to 29, and 31.
    assert report.n_refused == 30
    assert report.n_queries == api.n_answered
    assert set(report.classes) == {0, 1}
    tried = probe(api, [100, 30], random_state=0)
    assert (tried.n_features, tried.n_refused) == (30, 2)


def test_no_width_is_answered(model):
    report = probe(Bare(model), [1, 2], random_state=0)
    assert (report.n_features, report.answers, report.kinds) == (None, None, None)
    assert (report.n_queries, report.n_refused, report.n_classes) == (0, 2, 0)
    assert "None features (kinds not tried)" in repr(report)


def test_every_width_is_answered():
    model = DummyClassifier().fit(np.zeros((4, 1)), [0, 1, 1, 1])
    assert probe(Bare(model), random_state=0).n_features is None


def test_interface_that_cuts_fractions_off():
    X = np.random.RandomState(0).randint(-40, 40, size=(300, 2))
    model = GaussianNB().fit(X, X.sum(axis=1) > 0)
    api = BareWithScores(model, see=np.floor)
    assert probe(api, [2], random_state=0).kinds == ("whole", "whole")
    # One feature only.
    api.see = lambda rows: np.column_stack([rows[:, 0], np.rint(rows[:, 1])])
    assert probe(api, [2], random_state=0).kinds == ("continuous", "whole")


@pytest.mark.parametrize("see", [lambda rows: rows, np.abs])
def test_interface_that_refuses_fractions(see):
    def whole(rows):
        return (rows == np.rint(rows)).all() and (see is not np.abs or rows.min() >= 0)

    X = np.random.RandomState(0).randint(0, 40, size=(300, 2))
    api = BareWithScores(GaussianNB().fit(X, X.sum(axis=1) > 40), accepts=whole)
    report = probe(api, [2], random_state=0)
    assert report.kinds == ("whole only", "whole only")
    assert report.answers == "full"
    assert report.n_queries == api.n_answered


def test_frames_for_models_with_names():
    X, y = load_iris(return_X_y=True, as_frame=True)
    report = probe(BlackBox(logistic().fit(X, y)), random_state=0)
    assert report.kinds == ("continuous",) * 4


def test_hidden_budget(model):
    """Who refuses without having said what is left is not asked again."""

    class Hidden(Bare):
        def predict(self, rows):
            if self.n_answered + len(rows) > 50:
                raise QueryBudgetExceeded
            return super().predict(rows)

    api = Hidden(model)
    report = probe(api, [4], random_state=0)
    assert report.n_features == 4
    assert report.n_queries == api.n_answered <= 50


def test_unfitted_is_an_error():
    with pytest.raises(NotFittedError):
        probe(BlackBox(GaussianNB()), [2])


def test_repr(model):
    report = probe(BlackBox(model), random_state=0)
    assert repr(report) == (
        "ApiReport: 4 features (4 continuous), 3 classes, 3 seen\n"
        "  answers: full\n"
        f"  spent: {report.n_queries} queries in 15 calls, 0 calls refused"
    )


def test_bad_budget(model):
    with pytest.raises(ValueError, match="max_queries"):
        probe(model, max_queries=-1)
