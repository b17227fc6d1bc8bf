"""What robust and compressed networks leak, beside the same network as it is.

One hidden layer of 256 units; trained on adversarial examples (Song et al., CCS 2019,
found that these leak more), pruned and trained on, or rounded to a few bits after
training. Digits, and 2,000 images of CIFAR-10 in grey, half of them members; means of
two targets, 8 shadow models of the same make each. "loss of examples" is the attack of
Song et al.: the loss of an adversarial example that is made of the record.
Writes the table of docs/attacks.md.

    SKMIA_DATA=... OMP_NUM_THREADS=1 python benchmarks/bench_robust_targets.py
"""

import numpy as np
import torch
from data_sets import images
from documents import markdown, write_section
from robust_net import Perceptron, RobustNet, adversarial
from sklearn.datasets import load_digits
from torch import nn

from skmia import audit
from skmia.attacks import AttackRecipe, ThresholdAttack, make_attack
from skmia.attacks.evidence import Signals
from skmia.datasets import fetch_cifar10
from skmia.signals import signal

SEEDS = (0, 1)
KINDS = {
    "as it is": {},
    "adversarially trained, .01": {"epsilon": 0.01},
    "adversarially trained, .05": {"epsilon": 0.05},
    "pruned, 80 %": {"sparsity": 0.8},
    "pruned, 95 %": {"sparsity": 0.95},
    "8 bits": {"n_bits": 8},
    "4 bits": {"n_bits": 4},
    "3 bits": {"n_bits": 3},
}
RADIUS = 0.02  # of the examples that judge robustness, and that the attack makes


@signal("parameters", probing=True, greater_is_member=False)
def loss_of_examples(net, X, y, classes):
    """Loss of adversarial examples of the records."""
    moved, codes = examples(net, X, np.searchsorted(classes, y))
    with torch.inference_mode():
        return nn.functional.cross_entropy(
            net.module_(moved), codes, reduction="none"
        ).numpy()


def examples(net, X, codes):
    """Adversarial examples of records, and the positions of their labels."""
    codes = torch.as_tensor(codes)
    return adversarial(net.module_, torch.as_tensor(X), codes, RADIUS, 10), codes


def attacks():
    """Names of attacks, and that of Song et al."""
    seen = Signals([loss_of_examples])
    model = ThresholdAttack("loss_of_examples", direction="lower")
    paper = "L. Song et al., ACM CCS 2019"
    song = AttackRecipe("loss of examples", make_attack(seen, model), "members", paper)
    return ["loss-threshold", song, "lira-online"]


def data():
    X, y = load_digits(return_X_y=True)
    yield "digits", X[:1200] / 16, y[:1200]
    X, y = images(fetch_cifar10, 2000)
    grey = X.reshape(len(X), 32, 32, 3).mean(axis=3)
    yield "CIFAR-10", grey.reshape(len(X), -1), y


def measured(X, y, settings, seed):
    """Accuracies, and the AUC of each attack."""
    rows = np.random.RandomState(seed).permutation(len(X))
    X, y = X[rows].astype(np.float32), y[rows]
    torch.manual_seed(seed)
    net = RobustNet(
        Perceptron,
        module__n_features=X.shape[1],
        criterion=nn.CrossEntropyLoss,
        optimizer=torch.optim.Adam,
        lr=1e-3,
        batch_size=64,
        max_epochs=60,
        train_split=None,
        callbacks="disable",
        verbose=0,
        **settings,
    )
    net.fit(X[::2], y[::2])
    moved, _ = examples(net, X[1::2], y[1::2])
    robust = (net.predict(moved.numpy()) == y[1::2]).mean()
    report = audit(
        *(net, X[::2], y[::2], X[1::2], y[1::2]),
        attacks=attacks(),
        access="white-box",
        n_shadows=8,
        random_state=seed,
    )
    accuracies = report.train_accuracy, report.holdout_accuracy, robust
    return [*accuracies, *report.summary["auc"]]


def main():
    rows = []
    for name, X, y in data():
        for kind, settings in KINDS.items():
            found = [measured(X, y, settings, seed) for seed in SEEDS]
            mean = np.mean(found, axis=0)
            rows.append((name, kind, *(f"{value:.3f}" for value in mean)))
            print(*rows[-1], flush=True)
    header = ("data", "network", "members right", "others right", "examples right")
    header += ("loss", "loss of examples", "LiRA")
    write_section("attacks.md", "robust-targets", markdown(header, rows))


if __name__ == "__main__":
    main()
