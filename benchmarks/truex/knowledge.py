"""What the adversary's knowledge is worth: Figures 7, 8 and 9 of Truex et al.

Logistic regression in all three roles, one attack model per class. Figure 7: noise from
U[0, sigma] in the candidates. Figure 8: the same noise in the shadow records. Figure 9:
the number of shadow records. The first five folds of a run of the grid.
"""

from functools import partial
from tempfile import TemporaryDirectory

import pandas as pd
from data_sets import DATA
from documents import markdown
from grid import N_SHADOWS, SIGNALS, attack_model, halves, quiet
from places import FIGURES
from store import complete, interval, percent

from skmia import MembershipGame, game_scorer
from skmia.grid import default_models

SETS = (
    "CIFAR-10",
    *(f"{name}-{k}" for name in ("retail", "lookalike") for k in (10, 20, 50)),
)
SIGMAS = (0.0, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1.0)
SIZES = (100, 200, 400, 700, 1000, 2000, 3500, 5000)
CURVES = {
    "figure-7": ("target_noise", SIGMAS, "noise in the candidates"),
    "figure-8": ("shadow_noise", SIGMAS, "noise in the shadow records"),
    "figure-9": ("shadow_size", SIZES, "number of shadow records"),
}
N_SPLITS = 5


def measure_curves(n_rows, data, fold):
    """Every point of the three curves in one fold."""
    quiet()
    X, y = DATA[data](n_rows)
    adversary, victim = halves(y, 0, fold)
    linear = default_models(["lr"])["lr"]
    score = game_scorer("accuracy", "auc")
    rows = []
    with TemporaryDirectory() as memory:
        for figure, (parameter, values, _) in CURVES.items():
            for value in values:
                if parameter == "shadow_size" and value > len(adversary):
                    continue
                game = MembershipGame(
                    linear,
                    attack=attack_model("class", linear),
                    signals=SIGNALS,
                    n_shadows=N_SHADOWS,
                    memory=memory,
                    random_state=fold,
                ).set_params(**{parameter: value})
                game.fit(X[adversary], y[adversary])
                found = score(game, X[victim], y[victim])
                rows.append({"figure": figure, "value": value} | found)
    return rows


def curves(options, names, figure):
    """One of the three figures as a table, and drawn."""
    splits = min(options.folds, N_SPLITS)
    units = [{"data": data, "fold": fold} for data in names for fold in range(splits)]
    path = options.folder / "knowledge.csv"
    table = complete(path, units, partial(measure_curves, options.rows), options.jobs)
    own = table[table["figure"] == figure]
    if options.draw:
        _draw(own, names, figure)
    rows = [
        [
            f"{value:g}",
            *(percent(part.loc[part["data"] == d, "accuracy"]) for d in names),
        ]
        for value, part in own.groupby("value")
    ]
    return markdown([CURVES[figure][2], *names], rows)


def _draw(own, names, figure):
    from matplotlib.figure import Figure

    picture = Figure(figsize=(6.5, 3.5), layout="constrained")
    axes = picture.subplots()
    for data in names:
        part = own[own["data"] == data].groupby("value")["accuracy"]
        points = pd.DataFrame([interval(values) for _, values in part], [*part.groups])
        axes.errorbar(points.index, 100 * points[0], 100 * points[1], label=data)
    axes.axhline(50, color="grey", linewidth=0.8, linestyle="--")
    axes.set(xlabel=CURVES[figure][2], ylabel="accuracy of the attack (%)")
    picture.legend(loc="outside right upper", fontsize=7)
    picture.savefig(FIGURES / f"{figure.replace('-', '')}.png", dpi=100)
