"""Audits that the oldest and the newest dependencies must agree about.

Prints its numbers as JSON. Needs skmia without an extra, and half a minute.
"""

import json
import platform
import warnings
from importlib.metadata import version

from sklearn.datasets import load_breast_cancer, load_diabetes
from sklearn.ensemble import HistGradientBoostingClassifier, RandomForestClassifier
from sklearn.linear_model import LogisticRegression, Ridge
from sklearn.model_selection import (
    StratifiedShuffleSplit,
    cross_val_score,
    train_test_split,
)
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

import skmia
from skmia.defenses import RoundedPosterior

PACKAGES = ("joblib", "numpy", "pandas", "scikit-learn", "scipy", "skops")
# skmia looks inside the last two: at draws of a forest, at leaves of boosting.
CLASSIFIERS = {
    "logistic regression": make_pipeline(StandardScaler(), LogisticRegression()),
    "naive Bayes": GaussianNB(),
    "nearest neighbours": KNeighborsClassifier(3),
    "tree": DecisionTreeClassifier(random_state=0),
    "forest": RandomForestClassifier(30, random_state=0),
    "boosting": HistGradientBoostingClassifier(max_iter=20, random_state=0),
}
MEASURES = ("auc", "auc_low", "auc_high", "tpr_at_fpr_0.1", "epsilon_low")


def audited(model, X, y, **options):
    """Measures of each attack on a model that learned one half of the records."""
    train, rest, y_train, y_rest = train_test_split(X, y, test_size=0.5, random_state=0)
    model.fit(train, y_train)
    options = {"n_shadows": 8, "random_state": 0, "fprs": 0.1, **options}
    summary = skmia.audit(model, train, y_train, rest, y_rest, **options).summary
    for attack, row in summary[summary["status"] == "ok"].iterrows():
        yield from ((f"{attack}, {name}", float(row[name])) for name in MEASURES)


def played(X, y):
    """Score of a game around a defense, as cross-validation asks for it."""
    tree = DecisionTreeClassifier(random_state=0)
    game = skmia.MembershipGame(RoundedPosterior(tree), n_shadows=4, random_state=0)
    cv = StratifiedShuffleSplit(2, test_size=0.5, random_state=0)
    yield "game, accuracy", float(cross_val_score(game, X, y, cv=cv).mean())


def smoke():
    """Name and value of everything that is compared."""
    X, y = load_breast_cancer(return_X_y=True)
    for kind, model in CLASSIFIERS.items():
        access = "white-box" if kind in ("forest", "boosting") else "scores"
        for what, value in audited(model, X[:400], y[:400], access=access):
            yield f"{kind}, {what}", value
    for what, value in audited(Ridge(), *load_diabetes(return_X_y=True)):
        yield f"ridge, {what}", value
    yield from played(X, y)


if __name__ == "__main__":
    warnings.simplefilter("error")
    versions = {name: version(name) for name in PACKAGES}
    versions["python"] = platform.python_version()
    print(json.dumps({"versions": versions, "numbers": dict(smoke())}, indent=1))
