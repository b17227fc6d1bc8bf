"""What explanations give away beside the loss, for several models and explainers.

400 records, half of them members, 8 shadow models, three targets: mean AUCs. Writes the
table of docs/attacks.md. Location-30 is there where SKMIA_DATA has it; of its 446
features the cheap explainers only are asked.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_explanations.py
"""

import warnings

import numpy as np
from data_sets import location30
from documents import markdown, write_section
from sklearn.base import clone
from sklearn.datasets import load_breast_cancer, load_digits
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import train_test_split
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.targets import Explained

N_RECORDS, SEEDS = 400, (0, 1, 2)
KINDS = ("variance", "norm", "network", "records")
ATTACKS = ["loss-threshold", *(f"explanation-{kind}" for kind in KINDS)]
LOGISTIC = make_pipeline(StandardScaler(), LogisticRegression(max_iter=1000))
NETWORK = make_pipeline(StandardScaler(), MLPClassifier((32,), random_state=0))
MODELS = {
    "LR": Explained(LOGISTIC, explainer="gradient", records=5),
    "MLP": Explained(NETWORK, explainer="gradient"),
    "tree": Explained(
        DecisionTreeClassifier(random_state=0), explainer="occlusion", records=5
    ),
    "forest": Explained(
        RandomForestClassifier(50, random_state=0), explainer="occlusion", records=5
    ),
    "kNN": Explained(KNeighborsClassifier(), explainer="occlusion", records=5),
}


def data_sets():
    """Records, labels and models by the name of a data set."""
    yield "digits", *load_digits(return_X_y=True), MODELS
    yield "breast cancer", *load_breast_cancer(return_X_y=True), MODELS
    try:
        X, y = location30()
    except (OSError, ImportError):
        return
    few = {name: MODELS[name] for name in ("LR", "MLP", "tree")}
    # Its Hessian has too many parameters for influence functions.
    few["LR"] = clone(few["LR"]).set_params(records=None)
    yield "Location-30", X, y, few


def aucs(model, X, y, seed):
    """AUC of each attack on one target; nan where it cannot be run."""
    X, _, y, _ = train_test_split(X, y, train_size=N_RECORDS, random_state=seed)
    sets = X[::2], y[::2], X[1::2], y[1::2]
    model = clone(model).fit(*sets[:2])
    asked = {"attacks": ATTACKS, "access": "explanations", "n_shadows": 8}
    return audit(model, *sets, random_state=seed, **asked).summary["auc"][ATTACKS]


def main():
    warnings.simplefilter("ignore")  # networks that are not done after 200 epochs
    rows = []
    for data, X, y, models in data_sets():
        for name, model in models.items():
            mean = np.mean([aucs(model, X, y, seed) for seed in SEEDS], axis=0)
            found = ["-" if np.isnan(value) else f"{value:.3f}" for value in mean]
            rows.append((data, name, model.explainer, *found))
            print(*rows[-1], flush=True)
    header = "data", "target", "explainer", "loss", *KINDS
    write_section("attacks.md", "explanations", markdown(header, rows))


if __name__ == "__main__":
    main()
