"""Adversary 3 of Salem et al. by name, on dense and on sparse records.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_salem3.py

writes the table of docs/attacks.md: AUC, and true and false positive rate of the
decisions of ``salem3-max-confidence``, with 300 members and as many others (500 of the
baskets and texts). Sparse records are the same ones as a sparse matrix, whose random
records have as many zeros as theirs.
"""

import warnings

import numpy as np
from bench_merlin import made
from data_sets import DATA
from documents import markdown, write_section
from scipy import sparse
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.feature_extraction.text import TfidfTransformer
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB, MultinomialNB

from skmia import audit

FOREST = RandomForestClassifier(50, random_state=0)
LOGISTIC = LogisticRegression(C=100, max_iter=500)
BAYES = MultinomialNB(alpha=0.1)


def weighted():
    """Places weighted as words are."""
    X, y = DATA["Location-30"](1200)
    return TfidfTransformer().fit_transform(X).toarray(), y


NUMBERS = {
    "breast cancer": lambda: load_breast_cancer(return_X_y=True),
    "digits": lambda: load_digits(return_X_y=True),
    "make_classification": made,
}
ZEROS = {
    "retail-20": lambda: DATA["retail-20"](1000),
    "Location-30": lambda: DATA["Location-30"](1200),
    "Location-30, tf-idf": weighted,
    "Adult": lambda: DATA["Adult"](1000),
}
TARGETS = [
    *((NUMBERS, name, model) for name in NUMBERS for model in (FOREST, GaussianNB())),
    *((ZEROS, name, model) for name in ZEROS for model in (FOREST, LOGISTIC, BAYES)),
]


def rates(X, y, model):
    """AUC, TPR and FPR, as one cell."""
    rows = np.random.RandomState(0).permutation(len(y))
    half = min(len(y) // 2, 500)
    inside, outside = rows[:half], rows[half : 2 * half]
    model.fit(X[inside], y[inside])
    data = X[inside], y[inside], X[outside], y[outside]
    name = "salem3-max-confidence"
    report = audit(model, *data, attacks=[name], n_shadows=0, random_state=0)
    called = report.results[0].predicted
    tpr, fpr = (called[report.member == side].mean() for side in (1, 0))
    return f"{report.summary.loc[name, 'auc']:.3f}, {tpr:.2f}, {fpr:.2f}"


def main():
    """Measure and write."""
    warnings.simplefilter("ignore")
    rows = []
    for sets, name, model in TARGETS:
        X, y = sets[name]()
        X = np.asarray(X, dtype=float)
        cells = [rates(X, y, model)]
        cells.append(rates(sparse.csr_array(X), y, model) if sets is ZEROS else "-")
        rows.append([name, type(model).__name__, *cells])
        print(*rows[-1], flush=True)
    header = ["data", "target", "AUC, TPR, FPR: dense", "the same, sparse"]
    write_section("attacks.md", "salem3", markdown(header, rows))


if __name__ == "__main__":
    main()
