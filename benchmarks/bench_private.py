"""Accuracy of private models by epsilon, beside exact ones and diffprivlib's.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_private.py --jobs 2

writes benchmarks/results/private.csv and the tables between the marks of
docs/defenses.md. ``--fits`` fits a cell, all on the same training set and each with
fresh secret noise; ``--tables`` only writes the tables; ``--quick`` fits each model
twice on digits and writes nothing; ``--export FILE`` writes the arrays that
peer_diffprivlib.py needs, and nothing else.
"""

import argparse
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
from documents import markdown, write_section
from joblib import Parallel, delayed
from private_data import PROBLEMS
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB

from skmia.defenses import (
    PrivateForestClassifier,
    PrivateGaussianNB,
    PrivateLogisticRegression,
)

RESULTS = Path(__file__).parent / "results"
OURS = RESULTS / "private.csv"
PEER = RESULTS / "private-diffprivlib.csv"
EPSILONS = (0.1, 0.3, 0.5, 1.0, 3.0, 8.0)
EXACT = {
    "naive Bayes": GaussianNB(),
    "logistic regression": LogisticRegression(max_iter=10_000),
    "forest": RandomForestClassifier(random_state=0),
}


def private_models(problem):
    """Ours by name, with what was declared of the records; no seed anywhere."""
    bounds = {"bounds": (problem.low, problem.high), "classes": problem.classes}
    norm = {"data_norm": problem.data_norm, "classes": problem.classes}
    return {
        "naive Bayes": PrivateGaussianNB(**bounds),
        "logistic regression": PrivateLogisticRegression(**norm),
        "logistic regression, delta 1e-5": PrivateLogisticRegression(
            delta=1e-5, **norm
        ),
        "forest": PrivateForestClassifier(**bounds),
    }


def score(model, problem):
    return model.fit(problem.X_train, problem.y_train).score(
        problem.X_test, problem.y_test
    )


def exact_row(data, model, problem):
    accuracy = score(clone(EXACT[model]), problem)
    return {"data": data, "model": model, "fits": 1, "accuracy": accuracy}


def private_row(data, model, epsilon, problem, n_fits):
    """Mean accuracy of a cell, and the standard error of that mean."""
    private = private_models(problem)[model].set_params(epsilon=epsilon)
    found = [score(clone(private), problem) for _ in range(n_fits)]
    error = np.std(found, ddof=1) / n_fits**0.5
    print(data, model, epsilon, f"{np.mean(found):.4f} {error:.4f}", flush=True)
    return {
        "data": data,
        "model": model,
        "epsilon": epsilon,
        "fits": n_fits,
        "accuracy": np.mean(found),
        "standard_error": error,
    }


def measure(problems, n_fits, n_jobs):
    """Rows of all cells; those of the exact models have no epsilon."""
    exact = [
        exact_row(data, model, problem)
        for data, problem in problems.items()
        for model in EXACT
    ]
    private = Parallel(n_jobs)(
        delayed(private_row)(data, model, epsilon, problem, n_fits)
        for data, problem in problems.items()
        for model in private_models(problem)
        for epsilon in EPSILONS
    )
    return pd.DataFrame([*exact, *private]).round(4)


def export(path, problems, n_fits):
    """Arrays, bounds, epsilons: the peer measures on the very same."""
    arrays = {
        f"{name}/{field.name}": getattr(problem, field.name)
        for name, problem in problems.items()
        for field in fields(problem)
    }
    np.savez_compressed(
        path,
        problems=list(problems),
        epsilons=EPSILONS,
        n_fits=n_fits,
        **arrays,
    )


def cells(table):
    """Accuracy ± standard error by epsilon; n/a where nothing was measured."""
    by_epsilon = table.set_index("epsilon")
    for epsilon in EPSILONS:
        if epsilon in by_epsilon.index:
            row = by_epsilon.loc[epsilon]
            yield f"{row['accuracy']:.3f} ± {row['standard_error']:.3f}"
        else:
            yield "n/a"


def one_table(data, ours, peer):
    """Our row of each model, and the peer's below, who has no delta."""
    rows = []
    exact = ours[ours["epsilon"].isna() & (ours["data"] == data)]
    exact = exact.set_index("model")["accuracy"].map("{:.3f}".format)
    private = ours[ours["epsilon"].notna() & (ours["data"] == data)]
    for model, part in private.groupby("model", sort=False):
        rows.append([model, "skmia", *cells(part), exact.get(model, "")])
        theirs = peer[(peer["data"] == data) & (peer["model"] == model)]
        if model in EXACT:
            rows.append(["", "diffprivlib 0.6.6", *cells(theirs), ""])
    names = [f"epsilon {EPSILONS[0]:g}", *(f"{epsilon:g}" for epsilon in EPSILONS[1:])]
    return markdown(["model", "by", *names, "not private"], rows)


def comparison(ours, peer):
    """In how many cells who is ahead by more than two standard errors."""
    both = ours.merge(peer, on=["data", "model", "epsilon"], suffixes=("", "_peer"))
    gap = both["accuracy"] - both["accuracy_peer"]
    two_errors = 2 * np.hypot(both["standard_error"], both["standard_error_peer"])
    behind = both[gap < -two_errors]
    text = (
        f"Of {len(both)} cells that both have, skmia is ahead by more than two "
        f"standard errors in {(gap > two_errors).sum()}, and behind in {len(behind)}"
    )
    names = [f"{r.model} on {r.data} at {r.epsilon:g}" for r in behind.itertuples()]
    return f"{text}: {'; '.join(names)}." if names else f"{text}."


def drops(ours):
    """Where more epsilon gives less accuracy, by more than two standard errors."""
    names = []
    for (data, model), part in ours.dropna().groupby(["data", "model"], sort=False):
        best = part.loc[part["accuracy"].cummax().drop_duplicates().index]
        before = best.set_index("epsilon").reindex(part["epsilon"], method="ffill")
        error = np.hypot(part["standard_error"], before["standard_error"].to_numpy())
        fall = before["accuracy"].to_numpy() - part["accuracy"]
        names += [
            f"{model} on {data} at {x:g}" for x in part["epsilon"][fall > 2 * error]
        ]
    text = "More epsilon costs skmia more than two standard errors of accuracy"
    return f"{text}: {'; '.join(names)}." if names else f"{text} in no row."


def write_document(ours, problems):
    peer = pd.read_csv(PEER) if PEER.exists() else ours.iloc[:0]
    sections = []
    for data, problem in problems.items():
        n_records, n_features = problem.X_train.shape
        text = (
            f"{data}: {n_records:,} training records, {n_features} features, "
            f"{len(problem.classes)} classes; the majority class has "
            f"{problem.majority:.3f}."
        )
        sections += [text, one_table(data, ours, peer)]
    body = "\n\n".join([*sections, comparison(ours, peer), drops(ours)])
    write_section("defenses.md", "private models", body)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--fits", type=int, default=20)
    parser.add_argument("--jobs", type=int, default=1)
    parser.add_argument("--quick", action="store_true")
    parser.add_argument("--tables", action="store_true")
    parser.add_argument("--export", metavar="FILE")
    options = parser.parse_args()
    if options.quick:
        print(measure({"digits": PROBLEMS["digits"]()}, 2, options.jobs).to_string())
        return
    problems = {name: load() for name, load in PROBLEMS.items()}
    if options.export:
        export(options.export, problems, options.fits)
        return
    if not options.tables:
        measure(problems, options.fits, options.jobs).to_csv(OURS, index=False)
    write_document(pd.read_csv(OURS), problems)


if __name__ == "__main__":
    main()
