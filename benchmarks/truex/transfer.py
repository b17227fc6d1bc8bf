"""Transfer between data sets, which the paper does not measure.

The adversary has 2,000 records of another data set and asks the target once per
candidate. It sees what does not depend on the classes: the three largest probabilities
and the loss of the true class; a tree tells members by them.
"""

from functools import partial

from data_sets import DATA
from documents import markdown
from grid import N_SHADOWS, halves, quiet
from sklearn.tree import DecisionTreeClassifier
from store import complete, percent

from skmia import MembershipGame
from skmia.grid import default_models
from skmia.shadow import OtherRecords

SETS = ("Adult", "MNIST", "lookalike-20", "Location-30")
KINDS = ("tree", "lr")
N_SPLITS, N_OTHERS = 5, 2000


def transfer(n_rows, data, fold):
    """Accuracy with shadow records of every data set in turn, in one fold."""
    quiet()
    X, y = DATA[data](n_rows)
    adversary, victim = halves(y, 0, fold)
    rows = []
    for source in SETS:
        records = OtherRecords(*DATA[source](n_rows))
        if source == data:
            records = OtherRecords(X[adversary], y[adversary])
        for kind in KINDS:
            game = MembershipGame(
                default_models([kind])[kind],
                attack=DecisionTreeClassifier(max_leaf_nodes=8),
                signals=["top_posterior", "loss"],
                cv=N_SHADOWS,
                shadow_data=records,
                shadow_size=min(N_OTHERS, len(adversary)),
                random_state=fold,
            ).fit(X[adversary], y[adversary])
            accuracy = game.score(X[victim], y[victim])
            rows.append({"source": source, "kind": kind, "accuracy": accuracy})
    return rows


def transfers(options, names):
    """Rows: whose members are looked for; columns: where the shadow data come from."""
    splits = min(options.folds, N_SPLITS)
    units = [{"data": data, "fold": fold} for data in names for fold in range(splits)]
    path = options.folder / "transfer.csv"
    table = complete(path, units, partial(transfer, options.rows), options.jobs)
    accuracy = table.set_index(["kind", "data", "source"])["accuracy"].sort_index()
    rows = [
        [kind, data, *(percent(accuracy.loc[[(kind, data, s)]]) for s in SETS)]
        for kind in KINDS
        for data in names
    ]
    return markdown(["models", "victim", *(f"from {s}" for s in SETS)], rows)
