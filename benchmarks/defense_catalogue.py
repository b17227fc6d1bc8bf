"""Data sets, models and defenses that bench_defenses.py compares."""

import numpy as np
from data_sets import adult, location30, read_retail
from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia import defenses as d
from skmia.neural import HAMPClassifier, NetClassifier
from skmia.neural import objectives as o


def retail100(n_samples=3_000):
    """Baskets of a supermarket in 100 clusters: a stand-in for Purchase-100."""
    X, y = read_retail(100)
    rows = np.random.RandomState(0).permutation(len(y))[:n_samples]
    return X[rows], y[rows]


DATA = {"Location-30": location30, "Adult": adult, "retail-100": retail100}

MODELS = {
    "tree": DecisionTreeClassifier(),
    "forest": RandomForestClassifier(30),
    "logistic": LogisticRegression(C=10, max_iter=300),
    "knn": KNeighborsClassifier(),
    "nb": GaussianNB(var_smoothing=1e-2),
    "mlp": MLPClassifier((64,), max_iter=50),
    # The same network from torch: units, step size, batches and passes of "mlp".
    "network": NetClassifier(
        module_params={"hidden_units": (64,)}, batch_size=200, max_epochs=50
    ),
}

# All features of the three data sets are 0/1 or scaled to [0, 1], by declaration.
BOUNDS = (0.0, 1.0)


def masks():
    return {
        "top 3": lambda m: d.TopKPosterior(m, k=3),
        "top 1": lambda m: d.TopKPosterior(m, k=1),
        "labels only": lambda m: d.LabelOnly(m),
        "rounding, 1 digit": lambda m: d.RoundedPosterior(m, decimals=1),
        "temperature 5": lambda m: d.TemperaturePosterior(m, temperature=5),
        "noise, logits 1.0": lambda m: d.NoisyPosterior(m, scale=1.0),
        "reverse sigmoid": lambda m: d.ReverseSigmoidPosterior(m),
        "MemGuard, budget 1": lambda m: d.MemGuard(m, budget=1.0),
        "purification": lambda m: d.PurifiedPosterior(m),
    }


def hardening():
    return {
        "fit control": lambda m: d.FitControlledClassifier(m, cv=3),
        "dropout bagging 0.5": lambda m: d.FeatureBaggedClassifier(m, drop=0.5),
        "augmentation": lambda m: d.AugmentedClassifier(m),
        "label smoothing 0.1": lambda m: d.LabelSmoothedClassifier(m, smoothing=0.1),
        "mixup": lambda m: d.MixupClassifier(m),
        "disjoint stacking": lambda m: d.DisjointStackingClassifier(
            [("first", m), ("forest", RandomForestClassifier(30))]
        ),
    }


def distillation():
    return {
        "DMP": lambda m: d.DistilledClassifier(m),
        "SELENA": lambda m: d.SelenaClassifier(m, n_models=10, n_out=4),
        "CKD": lambda m: d.CrossDistilledClassifier(m, scheme="complement"),
        "PCKD": lambda m: d.CrossDistilledClassifier(m, scheme="fold"),
    }


def training_data():
    return {
        "Mondrian, k=5": lambda m: d.AnonymizedClassifier(
            m, anonymizer=d.MondrianAnonymizer(5)
        ),
        "obfuscation 0.1": lambda m: d.ObfuscatedClassifier(m, scale=0.1),
        "surrogate data": lambda m: d.SurrogateDataClassifier(m),
        "local DP, epsilon 8": lambda m: d.LocalDPClassifier(
            m, epsilon=8, bounds=BOUNDS
        ),
    }


def own(model):
    """Defenses that know the kind of model they are for."""
    options = {
        "tree": {"leaves of 5": {"min_samples_leaf": 5}},
        "forest": {"leaves of 5": {"min_samples_leaf": 5}},
        "knn": {"25 neighbours": {"n_neighbors": 25}},
        "logistic": {"L2 1e-3": None, "L2 1e-2": None},
        "mlp": {"L2 1e-3": None, "L2 1e-2": None},
    }
    found = {}
    for name, params in options.get(model, {}).items():
        if params is None:
            strength = float(name.split()[1])
            found[name] = lambda m, s=strength: d.PenalizedClassifier(m, strength=s)
        else:
            found[name] = lambda m, p=params: clone(m).set_params(**p)
    if model == "mlp":
        found["early stopping"] = lambda m: d.EarlyStoppedClassifier(m)
        found["pruning 0.7"] = lambda m: d.PrunedMLPClassifier(m, sparsity=0.7)
    return found | private(model)


def private(model, epsilons=(1, 8)):
    """Differentially private models of the same kind."""

    def make(epsilon):
        if model == "logistic":
            # Rows of Location-30 and of the baskets have norms around 5.
            return d.PrivateLogisticRegression(epsilon=epsilon, data_norm=5.0)
        if model == "nb":
            return d.PrivateGaussianNB(epsilon=epsilon, bounds=BOUNDS)
        return d.PrivateForestClassifier(epsilon=epsilon, bounds=BOUNDS)

    if model not in ("logistic", "nb", "forest"):
        return {}
    return {f"DP, epsilon {e}": lambda m, e=e: make(e) for e in epsilons}


class RowsOfTwoKinds(NetClassifier):
    """Network whose environments are records with many and with few features on.

    None of the data sets has environments; these follow from a record alone, so that
    shadow models can have them, too.
    """

    def fit(self, X, y):
        """Train with an environment for each record."""
        size = np.sum(X, axis=1)
        return super().fit(X, y, groups=size > np.median(size))


def trained_for(objective, kind=NetClassifier, **changed):
    """Maker of a network like a given one, but for an objective."""

    def make(model):
        params = model.get_params(deep=False) | changed
        return kind(**params | {"objective": objective})

    return make


def built_with(**params):
    """Maker of a network like a given one, with other parts."""

    def make(model):
        return clone(model).set_params(module_params=model.module_params | params)

    return make


def neural():
    """Ways to train a network, and what belongs to them."""
    hamp = {"gamma": 0.5, "alpha": 0.03}  # .001 times 30 classes, as published
    # As few steps as can be: each draws four secret numbers for every weight.
    private = {
        "optimizer": "sgd",
        "learning_rate": 1.0,
        "batch_size": 1024,
        "max_epochs": 20,
        "random_state": None,
    }
    return {
        "dropout 0.5": built_with(dropout=0.5),
        "weight norm": built_with(weight_norm=True),
        "CrossEntropy(0.1)": trained_for(o.CrossEntropy(0.1)),
        "ConfidencePenalty(1)": trained_for(o.ConfidencePenalty(1.0)),
        "Mixup(1)": trained_for(o.Mixup(1.0)),
        "MixupMMD(0.3)": trained_for(o.MixupMMD(0.3)),
        "MixupMMD(3)": trained_for(o.MixupMMD(3.0)),
        "RelaxLoss(1)": trained_for(o.RelaxLoss(1.0)),
        "HAMPTraining": trained_for(o.HAMPTraining(**hamp)),
        "random scores": lambda m: d.RandomScorePosterior(m),
        "HAMP": lambda m: HAMPClassifier(m, **hamp),
        "AdversarialRegularization(2)": trained_for(o.AdversarialRegularization(2.0)),
        "FGSM 0.1": trained_for(o.AdversarialTraining(0.1)),
        "PGD 0.1": trained_for(o.AdversarialTraining(0.1, steps=5)),
        "IRM(1)": trained_for(o.IRM(1.0), RowsOfTwoKinds),
        "SGLD": trained_for(o.SGLD(), learning_rate=0.1),
        "Pruning(0.7)": trained_for(o.Pruning(0.7)),
        "Quantization(4)": trained_for(o.Quantization(4)),
        "DP-SGD, epsilon 1": trained_for(o.DPSGD(1.0), **private),
        "DP-SGD, epsilon 8": trained_for(o.DPSGD(8.0), **private),
    }


def defenses_for(model):
    """Makers of all defenses for a kind of model, "none" first."""
    if model == "network":
        return {"none": clone, "labels only": masks()["labels only"], **neural()}
    return {
        "none": clone,
        **masks(),
        **hardening(),
        **distillation(),
        **training_data(),
        **own(model),
    }
