"""Insiders of a federation: Table 8 and Figures 10 and 11 of Truex et al.

Decision trees, three parties; the third is the insider. "Alike": records are dealt to
the parties at random. "Unlike": each has its own part of every class. An outsider of
"one tree" attacks a tree that publishes its own answers, as the paper's column does.
As many repeats as a run of the grid has folds.
"""

from functools import partial

import numpy as np
import pandas as pd
import paper
from data_sets import DATA
from documents import markdown
from grid import N_SHADOWS, SIGNALS, halves
from places import FIGURES
from sklearn.decomposition import PCA
from sklearn.metrics import accuracy_score, precision_score
from sklearn.tree import DecisionTreeClassifier
from store import complete, interval, judged

from skmia import MembershipGame
from skmia.attacks import ClasswiseAttack
from skmia.federated import InsiderAttack, LooseFederation, in_class_distance

INSIDER = 2
TREE = DecisionTreeClassifier()
SETS = ("Adult", "MNIST", "CIFAR-10", "retail-10", "lookalike-10")
SHARES = np.linspace(0, 1, 9).round(3)


def outsider(X, y, target, run):
    """Rates of a shadow attack on what a target publishes."""
    game = MembershipGame(
        target,
        attack=ClasswiseAttack(TREE),
        signals=SIGNALS,
        n_shadows=N_SHADOWS,
        random_state=run,
    )
    adversary, victim = halves(y, run, 0)
    outcome = game.fit(X[adversary], y[adversary]).play(X[victim], y[victim])
    return rates(outcome.member, outcome.predicted)


def insider(X, y, federation, run, **parameters):
    """Rates of the insider about the first two parties; 1 for the second."""
    attack = InsiderAttack(
        federation, adversary=INSIDER, random_state=run, **parameters
    )
    own = federation.owner_ == INSIDER
    attack.fit(X[own], y[own])
    return rates(federation.owner_[~own], attack.predict_owner(X[~own], y[~own]))


def rates(truth, predicted):
    return {
        "accuracy": accuracy_score(truth, predicted),
        "precision": precision_score(truth, predicted, zero_division=np.nan),
    }


def unlike_parties(X, y, share, seed):
    """Three parties of equal size; a share of each has its own part of every class.

    Within a class the records are sorted by the first principal component. The chosen
    share goes to the parties by thirds of that order, the rest at random.
    """
    rng = np.random.default_rng(seed)
    component = PCA(1, random_state=0).fit_transform(X)[:, 0]
    parties = np.empty(len(y), dtype=int)
    for label in np.unique(y):
        rows = np.flatnonzero(y == label)
        rows = rows[np.argsort(component[rows], kind="stable")]
        own = np.arange(len(rows)) * 3 // len(rows)
        mixed = np.flatnonzero(rng.random(len(rows)) >= share)
        own[mixed] = rng.permutation(own[mixed])
        parties[rows] = own
    return parties


def attack_all(n_rows, data, run):
    """All attacks on one data set, in one run."""
    X, y = DATA[data](n_rows)
    federation = LooseFederation([TREE] * 3, random_state=run)
    found = {
        "outsider, one tree": outsider(X, y, TREE, run),
        "outsider, federation": outsider(X, y, federation, run),
    }
    for name, share in {"alike": 0, "unlike": 1}.items():
        federation.fit(X, y, unlike_parties(X, y, share, run))
        found[f"insider, {name}, rule"] = insider(X, y, federation, run)
        found[f"insider, {name}, learned"] = insider(
            X, y, federation, run, method="learned", estimator=TREE
        )
    return [{"attack": name} | row for name, row in found.items()]


def table_8(options, names):
    units = [
        {"data": data, "run": run} for run in range(options.folds) for data in names
    ]
    measure = partial(attack_all, options.rows)
    table = complete(options.folder / "insider.csv", units, measure, options.jobs)
    rows = []
    for data in names:
        part = table[table["data"] == data]
        published = paper.FEDERATION.get(paper.STANDS_FOR[data], {})
        for attack in part["attack"].unique():
            own = part[part["attack"] == attack]
            precision, accuracy = published[attack.split(",")[0]]
            rows.append(
                [
                    data,
                    attack,
                    *judged(precision, own["precision"])[:3],
                    *judged(accuracy, own["accuracy"]),
                ]
            )
    header = ["data", "attack", "precision, paper", "ours", "difference"]
    header += ["accuracy, paper", "ours", "difference", "remark"]
    return markdown(header, rows)


def spread_parties(n_rows, run):
    """In-class distance of the two other parties, and the insider's accuracy."""
    X, y = DATA["Adult"](n_rows)
    points = []
    for share in SHARES:
        parties = unlike_parties(X, y, share, run)
        federation = LooseFederation([TREE] * 3, random_state=run).fit(X, y, parties)
        a, b = parties == 0, parties == 1
        distance = in_class_distance(X[a], y[a], X[b], y[b])
        found = insider(X, y, federation, run)
        points.append({"share": share, "distance": distance} | found)
    return points


def figure_11(options, names):
    """In-class distance of the two other parties against the insider's accuracy."""
    units = [{"run": run} for run in range(options.folds)]
    measure = partial(spread_parties, options.rows)
    path = options.folder / "insider_distance.csv"
    table = complete(path, units, measure, options.jobs)
    rows, points = [], []
    for share, part in table.groupby("share"):
        mean, half = interval(part["accuracy"])
        points.append((part["distance"].mean(), 100 * mean, 100 * half))
        distance, accuracy, half = points[-1]
        rows.append([f"{share:g}", f"{distance:.3f}", f"{accuracy:.1f} ± {half:.1f}"])
    if options.draw:
        from matplotlib.figure import Figure

        figure = Figure(figsize=(5, 3.5), layout="constrained")
        axes = figure.subplots()
        axes.errorbar(*np.transpose(points), marker="o", capsize=2)
        axes.set(xlabel="in-class distance", ylabel="accuracy of the insider (%)")
        figure.savefig(FIGURES / "figure11.png", dpi=100)
    header = ["share with an own part of each class", "in-class distance", "accuracy"]
    return markdown(header, rows)


def figure_10(options, names):
    """Probability of a high income by age and hours of work, for each party."""
    X, y = DATA["Adult"](options.rows)
    federation = LooseFederation([TREE] * 3, random_state=0).fit(X[:, [-6, -1]], y)
    axis = np.linspace(0, 1, 60)
    grid = np.array(np.meshgrid(axis, axis)).reshape(2, -1).T
    answers = [*federation.party_proba(grid), federation.predict_proba(grid)]
    high = pd.DataFrame(
        {name: answer[:, 1] > 0.5 for name, answer in zip("012m", answers, strict=True)}
    )
    if options.draw:
        _draw_boundaries(answers, len(axis))
    rows = [
        [f"{a} and {b}", f"{100 * (high[a] != high[b]).mean():.1f}"]
        for a, b in ("01", "02", "12")
    ]
    return markdown(["parties", "points on which they disagree (%)"], rows)


def _draw_boundaries(answers, n_steps):
    from matplotlib.figure import Figure

    figure = Figure(figsize=(12, 3.2), layout="constrained")
    titles = ["party 0", "party 1", "party 2", "mean"]
    for axes, title, answer in zip(figure.subplots(1, 4), titles, answers, strict=True):
        image = answer[:, 1].reshape(n_steps, n_steps)
        axes.imshow(image, origin="lower", extent=(0, 1, 0, 1), vmin=0, vmax=1)
        axes.set(title=title, xlabel="age", ylabel="hours of work")
    figure.savefig(FIGURES / "figure10.png", dpi=80)
