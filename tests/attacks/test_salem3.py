"""Adversary 3 by name: calls those that random records do not reach."""

import pytest
from scipy import sparse
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits, make_classification
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.metrics import roc_auc_score
from sklearn.naive_bayes import GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from slow_cases import slow

from skmia import audit
from skmia.datasets import make_purchases

NAMES = ["salem3-max-confidence", "salem3-posterior-std", "salem3-entropy"]
FOREST = RandomForestClassifier(30, random_state=0)
KNN = KNeighborsClassifier()
LOGISTIC = LogisticRegression(C=100, max_iter=500)
MLP = MLPClassifier((50,), max_iter=100, random_state=0)


def records(name):
    if name == "cancer":
        return load_breast_cancer(return_X_y=True)
    if name == "digits":
        X, y = load_digits(return_X_y=True)
        return X[:600], y[:600]
    if name == "made":
        X, y = make_classification(
            *(600, 20),
            n_informative=8,
            n_redundant=0,
            n_classes=4,
            class_sep=0.8,
            flip_y=0.1,
            random_state=0,
        )
        return X, y
    X, y = make_purchases(600, n_classes=10, random_state=0)
    # Few articles in a basket, as shops have them.
    X = (X * (make_purchases(600, n_classes=2, random_state=1)[0] > 0)).astype(float)
    return (sparse.csr_array(X) if name == "sparse" else X), y


def rates(data, model):
    """AUC, TPR and FPR of each attack on a target that saw half of the records."""
    X, y = records(data)
    parts = X[::2], y[::2], X[1::2], y[1::2]
    model = clone(model).fit(*parts[:2])
    report = audit(model, *parts, attacks=NAMES, n_shadows=0, random_state=0)
    assert list(report.summary["status"]) == ["ok"] * 3
    for result in report.results:
        called = result.predicted
        yield (
            roc_auc_score(report.member, result.score),
            called[report.member == 1].mean(),
            called[report.member == 0].mean(),
        )


@pytest.mark.parametrize(
    ("data", "model"),
    [
        ("cancer", FOREST),
        ("made", KNN),
        ("sparse", MultinomialNB(alpha=0.1)),
        *slow(
            ("digits", GaussianNB()),
            ("digits", KNN),
            ("digits", MLP),
            ("made", FOREST),
            ("made", GaussianNB()),
            ("baskets", GaussianNB()),
            ("baskets", LOGISTIC),
            ("sparse", FOREST),
            ("sparse", LOGISTIC),
        ),
    ],
)
@pytest.mark.filterwarnings("ignore::sklearn.exceptions.ConvergenceWarning")
def test_more_members_are_called_than_others(data, model):
    """Whatever a model says about random records, members lie where they lie."""
    found = list(rates(data, model))
    for auc, tpr, fpr in found:
        assert auc <= 0.55 or tpr >= fpr


def test_zeros_of_sparse_records_are_theirs():
    """Beside random baskets as full as real ones members stand out: a third more.

    TPR - FPR has a standard deviation of at most sqrt(2 * 0.25 / 300) = 0.041.
    """
    for _, tpr, fpr in rates("sparse", LOGISTIC):
        assert tpr - fpr > 0.33
