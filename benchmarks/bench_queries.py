"""Augmented LiRA, Long's selection and indirect test, beside their plain forms.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_queries.py --write

writes the table of docs/attacks.md, in about twenty minutes. ``audit`` with 16 shadow
models on digits, as images (8 x 8) and as a table, 1,000 records of Location-30 and of
two sets of baskets, and breast_cancer; half of the records are members. AUC / TPR at
1 % FPR / precision of those called members: means over ``--seeds``. "moved" models are
trained on four shifts of every image, too. "online" is "lira-augmented-online" with
other noise than that of three spreads, or with the paper's 18 queries; "indirect, other
records" takes its queries from the pool.

The noise and the number of queries were chosen on the data sets of bench_strength.py,
with other seeds; the baskets had no say.
"""

import argparse
import warnings

import numpy as np
import pandas as pd
from data_sets import DATA
from documents import markdown, write_section
from sklearn.base import BaseEstimator, ClassifierMixin, clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.exceptions import ConvergenceWarning
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler

from skmia import audit
from skmia.attacks import AttackRecipe, IndirectTestAttack, get_attack, make_attack
from skmia.attacks.evidence import References
from skmia.shadow._beside import beside
from skmia.signals import get_signal
from skmia.targets._same_records import positions
from skmia.utils._reference_table import reference_table, split_table

NAMES = [
    "lira-online",
    "lira-augmented-online",
    "lira-offline",
    "lira-augmented-offline",
    "long",
    "long-selected",
    "long-indirect",
]
SCALER = StandardScaler()
BINARY = ["Location-30", "retail-20", "lookalike-20"]
SHIFTS = ((1, 1), (-1, 1), (1, 2), (-1, 2))


class OnImages(ClassifierMixin, BaseEstimator):
    """A classifier of images, perhaps trained on moved ones too."""

    def __init__(self, model, moved=False):
        self.model = model
        self.moved = moved

    def fit(self, X, y):
        """Train on the images, and on each of them shifted by a pixel."""
        shifts = SHIFTS if self.moved else ()
        X = np.concatenate([X, *(np.roll(X, *shift) for shift in shifts)])
        self.model_ = clone(self.model).fit(X.reshape(len(X), -1), self._times(y))
        self.classes_ = self.model_.classes_
        return self

    def _times(self, y):
        return np.tile(y, 1 + len(SHIFTS) * self.moved)

    def predict(self, X):
        """Labels of images."""
        return self.model_.predict(X.reshape(len(X), -1))

    def predict_proba(self, X):
        """Posterior of images."""
        return self.model_.predict_proba(X.reshape(len(X), -1))


class OtherRecords(References):
    """Queries that are other records of the pool, those that a candidate moves most."""

    n_queries = 10

    def observe(self, session):
        """Table of the answers about them, one signal per query."""
        others = [one for one in self.references_ if not one.same_as(session)]
        Z = beside(session, others, self._signals(), self.classes_seen_)
        (view,) = split_table(Z.to_numpy(), Z.columns)
        inside = view.inside.astype(float)
        moves = _mean(inside, view.reference) - _mean(1 - inside, view.reference)
        itself = positions(session, others[0])
        moves[np.arange(len(moves)), itself] = 0
        chosen = np.argsort(-np.abs(moves), axis=1)[:, : self.n_queries]
        sign = np.sign(np.take_along_axis(moves, chosen, axis=1))
        names = [f"query_{i}" for i in range(self.n_queries)]
        reference = view.reference[chosen].swapaxes(1, 2) * sign[:, None]
        return reference_table(
            names, view.target[chosen] * sign, reference, view.inside
        )


def _mean(weight, reference):
    """What the models that were, or were not, trained on one record say of another."""
    return weight @ reference.T / weight.sum(axis=1, keepdims=True)


def attacks(images):
    """Attacks by name, and variants of them; images get no noise from LiRA."""
    yield from NAMES
    noise = {} if images else {f"noise {s}": {"scale": s} for s in (0.1, 0.3, 1.0)}
    for name, params in {"18 queries": {"n_queries": 18}, **noise}.items():
        attack = clone(get_attack("lira-augmented-online").attack)
        attack.set_params(evidence__signals=[get_signal("augmented_logit", **params)])
        yield AttackRecipe(f"online, {name}", attack)
    test = IndirectTestAttack(direction="higher")
    others = OtherRecords("scaled_logit", online=True)
    yield AttackRecipe("indirect, other records", make_attack(others, test))


def cells():
    """Name, model and records of every cell."""
    forest, neighbors = RandomForestClassifier(50), KNeighborsClassifier(3)
    linear = LogisticRegression(C=100, max_iter=300)
    network = MLPClassifier((64,), max_iter=40)
    digits = load_digits().images / 16, load_digits().target
    for name, model in (
        ("logistic", OnImages(linear)),
        ("logistic, moved", OnImages(linear, moved=True)),
        ("MLP", OnImages(network)),
        ("MLP, moved", OnImages(network, moved=True)),
        ("kNN(3)", OnImages(neighbors)),
    ):
        yield f"digits, {name}", model, digits
    for data, (X, y) in (
        ("digits (table)", load_digits(return_X_y=True)),
        *((name, DATA[name](1000)) for name in BINARY),
        ("breast_cancer", load_breast_cancer(return_X_y=True)),
    ):
        for name, model in (
            ("logistic", linear),
            ("kNN(3)", neighbors),
            ("forest(50)", forest),
        ):
            model = model if data in BINARY else make_pipeline(SCALER, model)
            yield f"{data}, {name}", model, (X, y)


def measure(model, X, y, seed):
    """AUC, TPR at 1 % FPR and precision of every attack on one target."""
    parts = train_test_split(X, y, test_size=0.5, random_state=seed, stratify=y)
    X_in, X_out, y_in, y_out = parts
    model = clone(model)
    seeds = {p: seed for p in model.get_params() if p.endswith("random_state")}
    model.set_params(**seeds).fit(X_in, y_in)
    report = audit(
        *(model, X_in, y_in, X_out, y_out),
        attacks=list(attacks(X.ndim > 2)),
        n_shadows=16,
        random_state=seed,
    )
    assert set(report.summary["status"]) == {"ok"}
    return report.summary[["auc", "tpr_at_fpr_0.01", "precision"]].astype(float)


def main():
    """Print the table, or write it to the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    columns = {}
    for name, model, (X, y) in cells():
        runs = [measure(model, X, y, seed) for seed in range(options.seeds)]
        means = sum(runs) / len(runs)
        columns[name] = {
            attack: f"{auc:.3f} / {tpr:.3f} / {precision:.2f}"
            for attack, auc, tpr, precision in means.itertuples()
        }
        print(f"{name}: {columns[name]}", flush=True)
    table = pd.DataFrame(columns).T.fillna("")
    text = markdown(["target", *table], table.reset_index().values)
    print(text)
    if options.write:
        write_section("attacks.md", "queries", text)


if __name__ == "__main__":
    main()
