"""MemGuard on Location-30: what its budget buys, and against whom.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_mem_guard.py

The five parts of the paper, 1,000 records each: members, the owner's non-members, other
non-members on which attacks are scored, and members and non-members of the adversary's
one shadow model. Accuracy of

- NN: a network on sorted posteriors that was trained on the undefended shadow model, as
  in the paper (its accuracies stand in the last column);
- NN flipped: the accuracy of who answers the opposite of it;
- NN adaptive: the same network, trained on a shadow model that is defended alike;
- confidence, modified entropy: a threshold per class (Song and Mittal 2021), learned on
  the shadow model that is defended alike.

Then what the search costs on a target: for each weight of the distortion the rows that
are tried, those that a move was found for, steps, the part of these that was spent on
the others, and seconds.
"""

import argparse
import time
import warnings

import numpy as np
import pandas as pd
from sklearn.exceptions import ConvergenceWarning
from sklearn.frozen import FrozenEstimator
from sklearn.neural_network import MLPClassifier

from skmia.attacks import ClasswiseAttack, ThresholdAttack
from skmia.datasets import fetch_location30
from skmia.defenses import MemGuard
from skmia.defenses.outputs import _mem_guard_noise as noise
from skmia.signals import observe

# Budget: inference accuracy reported by Jia et al. 2019.
REPORTED = {0.0: 0.73, 0.1: 0.69, 0.3: 0.62, 0.5: 0.55, 0.7: 0.52, 1.0: 0.50}
MEMBER = np.repeat([1, 0], 1000)
SIGNALS = ["true_label", "posterior", "confidence", "modified_entropy"]


def sorted_posterior(Z):
    return np.sort(Z.filter(regex="^posterior_"), axis=1)


def network(Z, seed):
    """The adversary's network, trained on what a shadow model answered."""
    attack = MLPClassifier((128, 64), max_iter=300, random_state=seed)
    return attack.fit(sorted_posterior(Z), MEMBER)


def classwise_accuracy(signal, shadow, target):
    """Accuracy on `target` of a threshold per class, learned on `shadow`."""
    columns = ["true_label", signal]
    attack = ClasswiseAttack(ThresholdAttack(signal)).fit(shadow[columns], MEMBER)
    return attack.score(target[columns], MEMBER)


def play(X, y, seed):
    """One division of the data: a row per budget."""
    order = np.random.RandomState(seed).permutation(len(y))[:5000]
    members, owners, others, shadow_in, shadow_out = np.split(order, 5)

    def train(inside, outside, nonmembers):
        """A model with its guard, and the records it is asked about, members first."""
        model = MLPClassifier((128,), max_iter=100, random_state=seed)
        model.fit(X[inside], y[inside])
        guard = MemGuard(
            FrozenEstimator(model),
            nonmembers=X[nonmembers],
            random_state=seed + inside[0],
        )
        guard.fit(X[inside], y[inside])
        rows = np.concatenate([inside, outside])
        return guard, X[rows], y[rows]

    target = train(members, others, owners)
    shadow = train(shadow_in, shadow_out, shadow_out)
    rows = {}
    for budget in sorted(REPORTED):
        # The budget is spent when the model is asked: nothing is fitted again.
        Z, Z_shadow = (
            observe(guard.set_params(budget=budget), records, labels, SIGNALS)
            for guard, records, labels in (target, shadow)
        )
        if budget == 0:
            true, static = Z, network(Z_shadow, seed)
        noise = (Z - true).filter(regex="^posterior_")
        accuracy = static.score(sorted_posterior(Z), MEMBER)
        rows[budget] = {
            "NN": accuracy,
            "NN flipped": 1 - accuracy,
            "NN adaptive": network(Z_shadow, seed).score(sorted_posterior(Z), MEMBER),
            "confidence": classwise_accuracy("confidence", Z_shadow, Z),
            "modified entropy": classwise_accuracy("modified_entropy", Z_shadow, Z),
            "distortion": noise.abs().sum(axis=1).mean(),
        }
    return rows


class CountingNet(noise.MembershipNet):
    """A membership classifier that counts the rows it is asked about."""

    n_rows = 0

    def gradient(self, S):
        self.n_rows += len(S)
        return super().gradient(S)


def search_cost(X, y, seed):
    """What phase I costs on 2,000 records, a row per weight of the distortion."""
    order = np.random.RandomState(seed).permutation(len(y))[:2000]
    X, y = X[order], y[order]
    model = MLPClassifier((128,), max_iter=100, random_state=seed)
    guard = MemGuard(model, random_state=seed).fit(X[:1000], y[:1000])
    inner = guard.membership_classifier_
    net = CountingNet(inner.coefs_, inner.intercepts_, inner.activation)
    Z = noise._logits(np.sort(guard.estimator_.predict_proba(X), axis=1))
    rows = []
    for weight in noise._DISTORTION_WEIGHTS:
        net.n_rows, n, began = 0, len(Z), time.process_time()
        found, _ = noise._search(Z, net, weight, guard.max_steps)
        seconds = time.process_time() - began
        steps = net.n_rows - n  # once at the start
        part = guard.max_steps * np.sum(~found) / max(steps, 1)
        rows.append([weight, n, found.sum(), steps, round(part, 3), round(seconds, 1)])
        Z = Z[found]
    columns = ["weight", "rows", "found", "steps", "part for nothing", "seconds"]
    return pd.DataFrame(rows, columns=columns)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    X, y = fetch_location30(return_X_y=True)
    rounds = [pd.DataFrame(play(X, y, seed)).T for seed in range(options.seeds)]
    table = sum(rounds) / len(rounds)
    table["reported NN"] = pd.Series(REPORTED)
    print(table.rename_axis("budget").round(3).to_string())
    print(search_cost(X, y, 0).to_string(index=False))


if __name__ == "__main__":
    main()
