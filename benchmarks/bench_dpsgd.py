"""DP-SGD on digits: accuracy by noise and by class, and what a step takes.

    OMP_NUM_THREADS=1 python benchmarks/bench_dpsgd.py --runs 5

writes the table between the marks of docs/defenses.md. Softmax regression on 1,437
digits (X / 16), batches drawn at a rate of 0.05, 300 steps of plain descent at rate 1,
gradients cut to 1; the other 360 digits are the test set, another split for every run.
Noise has no seed. Memory is the peak of a process of its own, above what it held before
the step. ``--device cuda`` measures it on a GPU instead, and prints it only.
"""

import argparse
import resource
import subprocess
import sys
from itertools import pairwise
from pathlib import Path
from time import process_time

import numpy as np
import torch
from documents import markdown, write_section
from sklearn.datasets import load_digits
from sklearn.metrics import recall_score
from sklearn.model_selection import train_test_split

from skmia.neural import NetClassifier
from skmia.neural.objectives import DPSGD

NOISE = (None, 0.0, 0.6, 1.0, 2.0, 4.0)
NETWORKS = {"64-10": (), "64-128-10": (128,), "64-1024-10": (1024,)}
BATCHES = (64, 512)
ACCURACY = ["noise", "epsilon, one record more or less", "one record replaced"]
ACCURACY += ["accuracy", "worst class", "best class"]
MEMORY = ["network", "weights", "batch", "gradients of all records, MB"]
MEMORY += ["plain step, MB", "DP-SGD step, MB", "in parts of 64, MB"]


def network(
    noise, hidden_units=(), batch_size=72, max_epochs=15, device="cpu", part=None
):
    """The network of the table; None is plain descent."""
    objective = None
    if noise is not None:
        objective = DPSGD(
            noise_multiplier=noise,
            max_physical_batch_size=part,
            classes=np.arange(10),
        )
    return NetClassifier(
        module_params={"hidden_units": hidden_units},
        objective=objective,
        optimizer="sgd",
        learning_rate=1.0,
        batch_size=batch_size,
        max_epochs=max_epochs,
        device=device,
    )


def digits():
    X, y = load_digits(return_X_y=True)
    return X / 16, y


def accuracies(noise, n_runs):
    """Fitted model of the last run, accuracies, and recall of each class, of all."""
    scores, recalls = [], []
    for seed in range(n_runs):
        parts = train_test_split(*digits(), test_size=360, random_state=seed)
        model = network(noise).fit(parts[0], parts[2])
        answers = model.predict(parts[1])
        scores.append((answers == parts[3]).mean())
        recalls.append(recall_score(parts[3], answers, average=None))
    return model, scores, np.mean(recalls, axis=0)


def row_of(noise, n_runs):
    model, scores, recalls = accuracies(noise, n_runs)
    worst, best = recalls.argmin(), recalls.argmax()
    spent = ["-", "-"]
    if noise:
        spent = [f"{model.epsilon_:.2f}", f"{model.replace_epsilon_:.2f}"]
    return [
        {None: "plain descent", 0.0: "0 (clipping only)"}.get(noise, noise),
        *spent,
        f"{np.mean(scores):.3f} ± {np.std(scores, ddof=1) / n_runs**0.5:.3f}",
        f"{recalls[worst]:.3f} ({worst})",
        f"{recalls[best]:.3f} ({best})",
    ]


def peak(noise, name, batch_size, device, part):
    """Bytes that one step on this many records takes above what was held before."""
    X, y = digits()
    rows = np.arange(batch_size)
    fit = network(noise, NETWORKS[name], batch_size, 1, device, part).fit
    network(noise, (), 16, 1, device).fit(X[rows[:16]], y[rows[:16]])  # libraries load
    if device == "cuda":
        before = torch.cuda.memory_allocated()
        torch.cuda.reset_peak_memory_stats()
        fit(X[rows], y[rows])
        return torch.cuda.max_memory_allocated() - before
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    fit(X[rows], y[rows])
    return 1024 * (resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)


def peak_apart(noise, name, batch_size, device, part):
    """The same, in a new process, in MB."""
    call = f"print(peak({noise}, {name!r}, {batch_size}, {device!r}, {part}))"
    code = f"import warnings; warnings.simplefilter('ignore'); {call}"
    script = f"from bench_dpsgd import peak; {code}"
    command = [sys.executable, "-c", script]
    here = Path(__file__).parent
    done = subprocess.run(command, capture_output=True, text=True, check=True, cwd=here)
    return int(done.stdout) / 1e6


def n_weights(name):
    widths = [64, *NETWORKS[name], 10]
    return sum((a + 1) * b for a, b in pairwise(widths))


def memory_rows(device):
    for name in list(NETWORKS)[1:]:
        for batch_size in BATCHES:
            gradients = 4 * n_weights(name) * batch_size / 1e6
            peaks = (
                peak_apart(noise, name, batch_size, device, part)
                for noise, part in [(None, None), (1.0, None), (1.0, 64)]
            )
            cells = f"{gradients:.1f}", *(f"{one:.0f}" for one in peaks)
            yield [name, f"{n_weights(name):,}", batch_size, *cells]


def seconds(noise, name):
    """CPU seconds of a fit, the best of three; the accounting is known by then."""
    X, y = digits()
    model, taken = network(noise, NETWORKS[name]), []
    model.fit(X[:1437], y[:1437])
    for _ in range(3):
        start = process_time()
        model.fit(X[:1437], y[:1437])
        taken.append(process_time() - start)
    return min(taken)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--runs", type=int, default=5)
    parser.add_argument("--device", choices=["cpu", "cuda"], default="cpu")
    options = parser.parse_args()
    memory = markdown(MEMORY, memory_rows(options.device))
    if options.device == "cuda":
        print(memory)
        return
    accuracy = markdown(ACCURACY, [row_of(noise, options.runs) for noise in NOISE])
    ratios = ", ".join(
        f"{seconds(1.0, name) / seconds(None, name):.1f} ({name})" for name in NETWORKS
    )
    times = f"CPU time of a fit, relative to plain descent: {ratios}."
    write_section("defenses.md", "dp-sgd", "\n\n".join([accuracy, memory, times]))


if __name__ == "__main__":
    main()
