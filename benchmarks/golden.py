"""Scores and decisions of every named attack, bit for bit, before and after a change.

Three targets (a tree, naive Bayes, boosting) on two kinds of records (an array; a
DataFrame with words, string labels and a rare class): what `audit` and the game make
of every attack by name, and how many models are trained. Bits come from one machine:
write the dump there before a change of the architecture, compare after it.

    python benchmarks/golden.py write golden.npz
    python benchmarks/golden.py compare golden.npz
"""

import argparse
import os
import warnings
from tempfile import TemporaryDirectory

import numpy as np
import pandas as pd
from sklearn.compose import make_column_transformer
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import GradientBoostingClassifier
from sklearn.model_selection import GridSearchCV, ShuffleSplit
from sklearn.naive_bayes import GaussianNB
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import OneHotEncoder
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, audit
from skmia.attacks import get_attack_names

TARGETS = {
    "tree": DecisionTreeClassifier(min_samples_leaf=3, random_state=0),
    "naive Bayes": GaussianNB(var_smoothing=1e-2),
    "boosting": GradientBoostingClassifier(n_estimators=5, random_state=0),
}
SEED = 3


class Counting(DecisionTreeClassifier):
    """Counts the fits of all its instances."""

    n_fits = 0

    def fit(self, X, y):
        """Fit, and count."""
        Counting.n_fits += 1
        return super().fit(X, y)


def digits():
    """Records as an array: members, holdout, and unlabelled ones."""
    X, y = load_digits(return_X_y=True)
    return (X[:600:2], y[:600:2], X[1:600:2], y[1:600:2]), X[700:1000], None


def people():
    """Records with words, string labels and a class of five records."""
    rng = np.random.RandomState(0)
    n = 400
    X = pd.DataFrame(
        {
            "age": rng.randint(20, 80, n),
            "town": rng.choice(["Bonn", "Ulm", "Kiel"], n),
            "dose": rng.normal(size=n),
        },
        index=[f"p{i}" for i in range(n)],
    )
    older = X["age"] + 20 * rng.normal(size=n) > 50
    y = np.where(older, "ill", "well").astype(object)
    y[:3] = y[150:152] = "rare"
    encode = make_column_transformer(
        (OneHotEncoder(handle_unknown="ignore", sparse_output=False), ["town"]),
        remainder="passthrough",
    )
    return (X[:150], y[:150], X[150:300], y[150:300]), X[300:], encode


def audited(model, data, public, names, **params):
    """Score, decision and status of every attack in one audit."""
    params = {"n_shadows": 4, "random_state": SEED} | params
    params |= {"public": public, "other_task": load_breast_cancer(return_X_y=True)}
    try:
        report = audit(model, *data, attacks=names, **params)
    except Exception as error:
        return {name: {"status": _failed(error)} for name in names}
    found = {}
    for result in report.results:
        found[result.name] = {"status": result.status}
        if result.score is not None:
            # A report shows the score that the records hold.
            assert report.records[result.name].equals(
                pd.Series(result.score, report.index)
            )
            found[result.name] |= {
                "score": result.score,
                "predicted": result.predicted,
            }
    return found


def played(model, data, names):
    """Score, decision and members of every attack in a game of its own."""
    X, y, X_victim, y_victim = data
    found = {}
    for name in names:
        game = MembershipGame(model, attack=name, n_shadows=4, random_state=SEED)
        try:
            outcome = game.fit(X, y).play(X_victim, y_victim)
        except Exception as error:
            found[name] = {"status": _failed(error)}
            continue
        found[name] = {
            "status": "ok",
            "score": outcome.score,
            "predicted": outcome.predicted,
            "member": outcome.member,
        }
    return found


def fits():
    """Models trained by an audit, and by a search with a cache over three attacks."""
    (X, y, X_holdout, y_holdout), _, _ = digits()
    model = Counting(min_samples_leaf=3, random_state=0).fit(X, y)
    names = ["shadow", "lira-online", "rmia-offline", "gap"]
    Counting.n_fits = 0
    audit(
        model, X, y, X_holdout, y_holdout, attacks=names, n_shadows=4, random_state=SEED
    )
    found = {"audit": Counting.n_fits}
    for kind in (["lira", "rmia", "base"], ["shadow", "salem1", "truex"]):
        attacks = [f"{k}-offline" if k in ("lira", "rmia", "base") else k for k in kind]
        Counting.n_fits = 0
        with TemporaryDirectory() as folder:
            game = MembershipGame(model, n_shadows=10, random_state=0, memory=folder)
            GridSearchCV(
                game,
                {"attack": attacks},
                cv=ShuffleSplit(1, test_size=0.5, random_state=0),
                refit=False,
            ).fit(X, y)
        found[f"search over {', '.join(attacks)}"] = Counting.n_fits
    return {name: {"n_fits": n} for name, n in found.items()}


def collect(names=None, targets=TARGETS):
    """Everything that is compared, by a path of words."""
    names = get_attack_names() if names is None else names
    found = {}
    for kind, make in {"array": digits, "frame": people}.items():
        data, public, encode = make()
        for target, model in targets.items():
            own = model if encode is None else make_pipeline(encode, model)
            own.fit(*data[:2])
            # On words some attacks fail, and take an audit with them: one each.
            batches = [names] if kind == "array" else [[name] for name in names]
            for batch in batches:
                for name, values in audited(own, data, public, batch).items():
                    found[f"audit/{kind}/{target}/{name}"] = values
            for name, values in played(own, data, names).items():
                found[f"game/{kind}/{target}/{name}"] = values
    return found


def compare(old, new):
    """Sentences about everything that differs."""
    for path in sorted({*old, *new}):
        if path not in old or path not in new:
            yield f"{path}: only {'before' if path in old else 'now'}"
            continue
        for part in sorted({*old[path], *new[path]}):
            one, two = (np.asarray(side[path].get(part)) for side in (old, new))
            if one.dtype == two.dtype == float:
                if not np.array_equal(one, two, equal_nan=True):
                    away = np.abs(one - two).max()
                    yield f"{path}: {part} differs by up to {away:.3g}"
            elif not np.array_equal(one, two):
                yield f"{path}: {part} differs: {_short(one)} before, {_short(two)} now"


def write(path, found):
    """Store as npz: numbers and text, no objects."""
    flat = {f"{p}//{k}": np.asarray(v) for p, d in found.items() for k, v in d.items()}
    np.savez_compressed(path, **flat)


def read(path):
    """What :func:`write` stored."""
    found = {}
    with np.load(path) as stored:
        for name in stored.files:
            path_, _, part = name.partition("//")
            found.setdefault(path_, {})[part] = stored[name]
    return found


def _failed(error):
    return f"failed: {type(error).__name__}: {error}"


def _short(value):
    if value.ndim:
        return f"{value.sum()} of {len(value)}" if value.dtype.kind in "ib" else "array"
    return str(value).splitlines()[0][:90]


def main():
    """Write a dump, or compare with one; the exit code says whether all is equal."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("action", choices=["write", "compare"])
    parser.add_argument("path")
    args = parser.parse_args()
    warnings.simplefilter("ignore")
    os.environ.setdefault("OMP_NUM_THREADS", "1")
    found = collect() | fits()
    if args.action == "write":
        write(args.path, found)
        print(len(found), "results written")
        return
    differences = list(compare(read(args.path), found))
    print("\n".join([*differences, f"{len(found)} results, {len(differences)} differ"]))
    raise SystemExit(bool(differences))


if __name__ == "__main__":
    main()
