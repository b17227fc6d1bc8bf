"""Why our numbers differ from those of Truex et al., looked for.

Sizes: how many records train the target, which the paper does not say. The attack "who
is classified rightly is a member" shows it without any shadow model; it is right in
(1 + training accuracy - test accuracy) / 2 of the cases. Trees and naive Bayes give
away little else.

Kinds: scikit-learn's defaults of 2018 or other models of the same name in all three
roles, and other numbers of shadow models.
"""

from functools import partial
from itertools import product

import paper
from data_sets import DATA
from documents import markdown
from grid import N_SHADOWS, SIGNALS, attack_model, halves, quiet
from sklearn.base import clone
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.multiclass import OneVsRestClassifier
from sklearn.naive_bayes import BernoulliNB, GaussianNB, MultinomialNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier
from store import complete, judged

from skmia import MembershipGame, game_scorer
from skmia.grid import default_models

SETS = tuple(name for name in DATA if name != "Location-30")
SIZES = (500, 1000, 2500, 5000, 9000)
N_SPLITS = 3
DEFAULTS = default_models()
MODELS = {
    "tree, leaves of 5": DecisionTreeClassifier(min_samples_leaf=5),
    "tree, depth 10": DecisionTreeClassifier(max_depth=10),
    "knn, weights by distance": KNeighborsClassifier(5, weights="distance"),
    "lr, stopped after 100 steps": make_pipeline(MinMaxScaler(), LogisticRegression()),
    "lr, one-vs-rest liblinear": OneVsRestClassifier(
        LogisticRegression(solver="liblinear")
    ),
    "nb, Bernoulli": BernoulliNB(),
    "nb, multinomial": MultinomialNB(),
    "nb, variances smoothed": GaussianNB(var_smoothing=1e-1),
}
# Kind and variant: the model, and how many shadow models.
VARIANTS = {name: (model, N_SHADOWS) for name, model in MODELS.items()} | {
    f"{kind}, {n} shadow models": (DEFAULTS[kind], n)
    for kind in DEFAULTS
    for n in (2, 10)
}
# Data sets, and the kinds of which variants are tried on them.
OF_KINDS = {
    "MNIST": paper.KINDS,
    "CIFAR-10": ("knn", "lr"),  # a tree takes minutes, and agrees
    "lookalike-10": paper.KINDS,
    "lookalike-20": paper.KINDS,
    "lookalike-100": paper.KINDS,
}


def kind_of(variant):
    return variant.partition(",")[0]


def gaps(n_rows, data, run):
    """Accuracy of the gap attack on models trained on more and more records."""
    quiet()
    X, y = DATA[data](n_rows)
    rows = []
    for size in SIZES:
        if size < len(y):
            train, test, y_train, y_test = train_test_split(
                X, y, train_size=size, random_state=run
            )
            for kind in ("tree", "nb"):
                model = clone(DEFAULTS[kind]).fit(train, y_train)
                gap = model.score(train, y_train) - model.score(test, y_test)
                rows.append({"kind": kind, "size": size, "accuracy": 0.5 + gap / 2})
    return rows


def variants(n_rows, data, fold):
    """All three roles of one kind, for every variant."""
    quiet()
    X, y = DATA[data](n_rows)
    adversary, victim = halves(y, 0, fold)
    rows = []
    for name, (model, n_shadows) in VARIANTS.items():
        kind = kind_of(name)
        if kind not in OF_KINDS[data]:
            continue
        # What attacks is the kind of the paper: posteriors are neither bits nor counts.
        attack = DEFAULTS["nb"] if kind == "nb" else model
        game = MembershipGame(
            model,
            attack=attack_model("class", attack),
            signals=SIGNALS,
            n_shadows=n_shadows,
            random_state=fold,
        ).fit(X[adversary], y[adversary])
        found = game_scorer("accuracy", "auc")(game, X[victim], y[victim])
        rows.append({"variant": name} | found)
    return rows


def reasons(options, names):
    """Both tables."""
    return f"{_sizes(options, names)}\n\n{_kinds(options, names)}"


def _sizes(options, names):
    units = [{"data": data, "run": run} for data in names for run in range(N_SPLITS)]
    path = options.folder / "gaps.csv"
    table = complete(path, units, partial(gaps, options.rows), options.jobs)
    mean = table.groupby(["data", "kind", "size"])["accuracy"].mean()
    rows = []
    for data, kind in product(names, ("tree", "nb")):
        found = [f"{100 * value:.1f}" for value in mean[data, kind]]
        found += ["-"] * (len(SIZES) - len(found))
        theirs = paper.ACCURACY[paper.STANDS_FOR[data]][kind]
        rows.append([data, kind, theirs, *found])
    sizes = [f"{size} records" for size in SIZES]
    return markdown(["data", "target", "paper's attack", *sizes], rows)


def _kinds(options, names):
    names = [name for name in OF_KINDS if name in names]
    if not names:
        return "Other kinds are compared on other data sets."
    units = [{"data": d, "fold": fold} for d in names for fold in range(N_SPLITS)]
    path = options.folder / "variants.csv"
    table = complete(path, units, partial(variants, options.rows), options.jobs)
    rows = []
    for data in names:
        own = table[table["data"] == data].set_index("variant")["accuracy"]
        for name in own.index.unique():
            theirs = paper.ACCURACY[paper.STANDS_FOR[data]][kind_of(name)]
            rows.append([data, name, *judged(theirs, own.loc[[name]])])
    header = ["data", "all roles", "paper", "ours", "difference", "remark"]
    return markdown(header, rows)
