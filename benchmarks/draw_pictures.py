"""Pictures of the site's landing page and of its page of concepts.

    OMP_NUM_THREADS=1 python benchmarks/draw_pictures.py    # writes docs/pictures/*.svg

The models are the same forest of digits; nothing is drawn by hand.
"""

from pathlib import Path

import matplotlib
import matplotlib.pyplot as plt
import numpy as np
from matplotlib.colors import ListedColormap
from sklearn.base import clone
from sklearn.datasets import load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.metrics import roc_curve
from sklearn.model_selection import train_test_split

from skmia import audit, observe
from skmia.metrics import max_tpr
from skmia.shadow import BalancedShuffleSplit, other_side

PICTURES = Path(__file__).parents[1] / "docs" / "pictures"
IN, OUT, GREY = "#c1442e", "#2b6ca3", "#6b6b6b"
# As in the example of the landing page.
FOREST = RandomForestClassifier(20, random_state=0)


def data():
    """Training and holdout records of digits, as the landing page splits them."""
    X, y = load_digits(return_X_y=True)
    return train_test_split(X, y, test_size=0.5, random_state=0)


def draw_audit():
    """ROC of the audit on the landing page."""
    X_train, X_holdout, y_train, y_holdout = data()
    model = clone(FOREST).fit(X_train, y_train)
    report = audit(model, X_train, y_train, X_holdout, y_holdout, random_state=0)
    members = report.records.loc["train"]
    others = report.records.loc["holdout"]
    truth = np.repeat([1, 0], [len(members), len(others)])
    fig, ax = plt.subplots(figsize=(6, 3.6))
    for name, colour in (("rmia-online", IN), ("shadow", OUT), ("gap", GREY)):
        fpr, tpr, _ = roc_curve(truth, np.r_[members[name], others[name]])
        ax.plot(fpr, tpr, color=colour, label=name)
    ax.plot([0, 1], [0, 1], ":", color="black", label="guessing")
    ax.set(xlabel="other records falsely accused", ylabel="training records found")
    ax.legend(loc="lower right")
    return fig


def draw_members():
    """How sure the forest is of the right class: of its own records, and of others."""
    X_train, X_holdout, y_train, y_holdout = data()
    model = clone(FOREST).fit(X_train, y_train)
    fig, ax = plt.subplots(figsize=(6, 3))
    for X, y, colour, name in (
        (X_train, y_train, IN, "members: training records"),
        (X_holdout, y_holdout, OUT, "non-members: other records"),
    ):
        sure = observe(model, X, y, ["confidence"]).to_numpy()[:, 0]
        ax.hist(sure, np.linspace(0, 1, 21), color=colour, alpha=0.6, label=name)
    ax.set(xlabel="probability that the model gives the right class", ylabel="records")
    ax.legend(loc="upper left")
    return fig


def draw_shadows():
    """Six shadow models, each trained on half of the adversary's records."""
    member = _designed(n_models=6)
    fig, ax = _raster(member, np.full(member.shape, ""))
    ax.set_title("filled: the shadow model was trained on the record", fontsize=10)
    return fig


def draw_pairs():
    """The same table with a row for the target, whose labels nobody knows."""
    member = _designed(n_models=4)
    texts = np.vstack([np.where(member, "1", "0"), np.full(member.shape[1], "?")])
    fig, ax = _raster(np.vstack([member, np.zeros_like(member[:1])]), texts)
    ax.set_title("every cell is a pair; in it, what is known of it", fontsize=10)
    ax.set_yticklabels([*(f"shadow {i}" for i in range(1, 5)), "target"])
    return fig


def _designed(n_models, n_records=16):
    """Which shadow model is trained on which record, by the splitter that does it."""
    splits = BalancedShuffleSplit(n_models, random_state=0)
    member = np.zeros((n_models, n_records), dtype=bool)
    for row, (inside, _) in zip(member, splits.split(np.zeros(n_records)), strict=True):
        row[inside] = True
    return member


def _raster(member, texts):
    """A row for each model, a column for each record, members filled."""
    fig, ax = plt.subplots(figsize=(6, 2.6))
    ax.imshow(member, cmap=ListedColormap(["white", IN]), vmin=0, vmax=1, aspect="auto")
    for (row, column), text in np.ndenumerate(texts):
        colour = "white" if member[row, column] else "black"
        ax.text(column, row, text, ha="center", va="center", color=colour)
    n_models, n_records = member.shape
    ax.set_xticks(np.arange(n_records + 1) - 0.5, minor=True)
    ax.set_yticks(np.arange(n_models + 1) - 0.5, minor=True)
    ax.grid(which="minor", color=GREY, linewidth=0.6)
    ax.tick_params(which="both", length=0)
    ax.set_xticks([])
    ax.set_yticks(range(n_models), [f"shadow {i + 1}" for i in range(n_models)])
    ax.set_xlabel("records")
    return fig, ax


def draw_evidence(n_models=64):
    """One training record: what 64 references say of it, and what the target says."""
    X, _, y, _ = data()
    target = clone(FOREST).fit(X[::2], y[::2])
    row = _known_best(target, X, y)
    said = {True: [], False: []}
    for inside, _ in BalancedShuffleSplit(n_models, random_state=1).split(X, y):
        model = clone(FOREST).fit(X[inside], y[inside])
        sure = observe(model, X[[row]], y[[row]], ["confidence"]).to_numpy()[0, 0]
        said[row in inside].append(sure)
    fig, ax = plt.subplots(figsize=(6, 3))
    bins = np.linspace(0, 1, 21)
    ax.hist(said[True], bins, color=IN, alpha=0.6, label="references that know it")
    ax.hist(said[False], bins, color=OUT, alpha=0.6, label="references that do not")
    own = observe(target, X[[row]], y[[row]], ["confidence"]).to_numpy()[0, 0]
    ax.axvline(own, color="black", linestyle="--", label="the target")
    ax.set(xlabel="probability of the right class of one record", ylabel="models")
    ax.legend(loc="upper center")
    return fig


def _known_best(target, X, y):
    """The training record, of every second, that changes what is said of it most."""
    right = np.arange(len(y)), np.searchsorted(target.classes_, y)
    with_it = target.predict_proba(X)[right]
    without = other_side(target, X, y, np.arange(len(y)) % 2 == 0)[right]
    return 2 * int(np.argmax((with_it - without)[::2]))


def draw_epsilon():
    """What no attack can exceed, by epsilon."""
    fpr = np.linspace(0, 1, 401)
    fig, ax = plt.subplots(figsize=(6, 3.6))
    for epsilon, colour in ((4, IN), (2, "#b7791f"), (1, OUT), (0.5, "#2f855a")):
        ax.plot(fpr, max_tpr(fpr, epsilon), color=colour, label=f"epsilon {epsilon}")
    ax.plot([0, 1], [0, 1], ":", color="black", label="guessing")
    ax.set(xlabel="other records falsely accused", ylabel="training records found")
    ax.legend(loc="lower right")
    return fig


def draw_surgery():
    """What one model says of its records, and would say without each of them."""
    X, _, y, _ = data()
    model = clone(FOREST).fit(X, y)
    right = np.arange(len(y)), np.searchsorted(model.classes_, y)
    with_it = model.predict_proba(X)[right]
    without = other_side(model, X, y, np.ones(len(y), dtype=bool))[right]
    fig, ax = plt.subplots(figsize=(6, 3.6))
    ax.plot([0, 1], [0, 1], ":", color="black", label="no difference")
    ax.scatter(without, with_it, s=8, color=IN, alpha=0.4, label="a training record")
    ax.set(xlabel="right class, without the record", ylabel="with it")
    ax.legend(loc="lower right")
    return fig


def main():
    """Write them all."""
    PICTURES.mkdir(exist_ok=True)
    # The same bytes for the same picture: no date, no random names.
    matplotlib.rcParams["svg.hashsalt"] = "skmia"
    drawn = (draw_audit, draw_members, draw_shadows, draw_pairs, draw_evidence)
    for draw in (*drawn, draw_epsilon, draw_surgery):
        name = draw.__name__.removeprefix("draw_")
        figure = draw()
        figure.tight_layout()
        figure.savefig(PICTURES / f"{name}.svg", metadata={"Date": None})


if __name__ == "__main__":
    main()
