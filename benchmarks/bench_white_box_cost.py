"""What an audit of who holds the model costs beside one of who sees its scores.

    OMP_NUM_THREADS=1 python benchmarks/bench_white_box_cost.py --write

writes a line of docs/attacks.md, in two minutes: seconds of default audits of a forest
of 100 trees on 10,000 made records with 4 shadow models, and of the signal "structure"
beside ``predict_proba``.
"""

import argparse
from functools import partial

import numpy as np
from documents import markdown, write_section
from sklearn.datasets import make_classification
from sklearn.ensemble import RandomForestClassifier

from skmia import audit, observe
from skmia.auditing._timing import seconds_of


def timed(one, other, n_runs):
    """Seconds of two calls, in turns, and their ratio."""
    seconds = [[seconds_of(one), seconds_of(other)] for _ in range(n_runs)]
    a, b = np.median(seconds, axis=0)
    return f"{a:.2f}", f"{b:.2f}", f"{b / a:.2f}"


def main():
    """Print the table, or write it to the page."""
    parser = argparse.ArgumentParser(description=__doc__.split("\n\n", 1)[0])
    parser.add_argument("--records", type=int, default=10_000)
    parser.add_argument("--shadows", type=int, default=4)
    parser.add_argument("--write", action="store_true")
    options = parser.parse_args()
    n, half = options.records, options.records // 2
    X, y = make_classification(n, 14, n_informative=8, flip_y=0.1, random_state=0)
    forest = RandomForestClassifier(100, random_state=0).fit(X[:half], y[:half])
    sets = X[:half], y[:half], X[half:], y[half:]
    given = {"n_shadows": options.shadows, "random_state": 0}
    signal = partial(observe, forest, X, y, "structure")
    audits = [
        partial(audit, forest, *sets, access=access, **given)
        for access in ("scores", ("scores", "white-box"))
    ]
    rows = [
        [
            "asked: `predict_proba`, `structure`",
            partial(forest.predict_proba, X),
            signal,
            5,
        ],
        ["audited: scores, white-box", *audits, 1],
    ]
    rows = [[name, *timed(*calls)] for name, *calls in rows]
    text = markdown(["a forest", "one, s", "other, s", "ratio"], rows)
    print(text)
    if options.write:
        write_section("attacks.md", "white-box cost", text)


if __name__ == "__main__":
    main()
