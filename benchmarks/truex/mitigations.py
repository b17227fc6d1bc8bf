"""Table 9 of Truex et al.: mitigations around a neural network.

The authors collected it from papers on Texas-100, which is not here: Location-30 (real,
446 binary features, 30 classes) and generated purchases in 100 classes stand in for it.
The adversary knows the defense: shadow models have it, too.
"""

from functools import partial

import paper
from data_sets import DATA
from documents import markdown
from grid import N_FOLDS, N_SHADOWS, SIGNALS, halves, quiet
from sklearn.linear_model import LogisticRegression
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from store import complete, interval, judged, percent

from skmia import MembershipGame, game_scorer
from skmia.attacks import ClasswiseAttack
from skmia.defenses import LabelOnly, PenalizedClassifier, TopKPosterior
from skmia.neural import AdversarialRegularizationClassifier, MLPNet

SETS = ("Location-30", "lookalike-100")
N_SPLITS = 5
METRICS = ("accuracy", "auc", "tpr_at_fpr", "target_test_accuracy")
# As in Shokri et al.: one hidden layer of 128 tanh units, trained until it memorises.
NET = {"hidden_units": (128,), "activation": "tanh", "max_epochs": 50}


def defenses():
    net = MLPNet(**NET)
    strengths = ("1e-4", "5e-4", "1e-3", "5e-3", "2e-2", "5e-2")
    return {
        "none": net,
        "top 3": TopKPosterior(net, k=3),
        "top 1": TopKPosterior(net, k=1),
        "label only": LabelOnly(net),
        **{f"L2 {s}": PenalizedClassifier(net, strength=float(s)) for s in strengths},
        **{
            f"adversarial regularization {alpha}": AdversarialRegularizationClassifier(
                **NET, alpha=alpha
            )
            for alpha in (0, 2)
        },
    }


def attack_model(target):
    """One linear model per class, on the vector or, with labels only, on the hit."""
    linear = make_pipeline(MinMaxScaler(), LogisticRegression(max_iter=1000))
    scores = hasattr(target, "predict_proba")
    return ClasswiseAttack(linear), SIGNALS if scores else ["true_label", "correctness"]


def defend(n_rows, data, run, fold):
    """Every mitigation in one fold."""
    quiet()
    X, y = DATA[data](n_rows)
    adversary, victim = halves(y, run, fold)
    rows = []
    for name, target in defenses().items():
        attack, signals = attack_model(target)
        game = MembershipGame(
            target,
            attack=attack,
            signals=signals,
            n_shadows=N_SHADOWS,
            random_state=N_FOLDS * run + fold,
        ).fit(X[adversary], y[adversary])
        found = game_scorer(*METRICS)(game, X[victim], y[victim])
        rows.append({"mitigation": name} | found)
    return rows


def table_9(options, names):
    """Model and attack accuracy, and what the mitigation changes."""
    units = [
        {"data": data, "run": 0, "fold": fold}
        for data in names
        for fold in range(min(options.folds, N_SPLITS))
    ]
    path = options.folder / "mitigations.csv"
    table = complete(path, units, partial(defend, options.rows), options.jobs)
    parts = []
    for data in names:
        own = table[table["data"] == data].set_index("mitigation")
        rows = [_row(own, name, paper.MITIGATIONS.get(name)) for name in defenses()]
        header = [
            "mitigation",
            "paper, Texas-100: model",
            "change",
            "attack",
            "change",
            "ours: model",
            "change",
            "attack",
            "change",
            "AUC",
            "TPR at 1 % FPR",
            "remark",
        ]
        parts.append(f"{data}:\n\n{markdown(header, rows)}")
    return "\n\n".join(parts)


def _row(own, name, theirs):
    plain = "none"
    if name.startswith("adversarial"):
        plain = "adversarial regularization 0"
    cells = [name]
    baselines = paper.MITIGATIONS[plain]
    if theirs is None:  # a strength that the paper does not have
        cells += ["-", "-"] * len(baselines)
    else:
        for value, baseline in zip(theirs, baselines, strict=True):
            cells += [f"{value:g}", f"{value - baseline:+.1f}"]
    for metric in ("target_test_accuracy", "accuracy"):
        mean = interval(own.loc[name, metric])[0]
        change = 100 * (mean - interval(own.loc[plain, metric])[0])
        cells += [percent(own.loc[name, metric]), f"{change:+.1f}"]
    cells += [percent(own.loc[name, m]) for m in ("auc", "tpr_at_fpr")]
    return [*cells, _remark(own, name, plain, theirs)]


def _remark(own, name, plain, theirs):
    """What the attack loses here, fold by fold, beside what it loses in the paper."""
    if name == plain:
        return "baseline"
    if theirs is None:
        return "not in the paper"
    # Data and network are others than in the paper: only changes are compared.
    change = own.loc[name, "accuracy"].values - own.loc[plain, "accuracy"].values
    reported = theirs[1] - paper.MITIGATIONS[plain][1]
    difference, verdict = judged(reported, change)[2:]
    if verdict == "agrees":
        return "attack changes as reported"
    more = "more" if difference.startswith("+") else "less"
    return f"attack keeps {difference.strip('+-')} points {more} than reported"
