"""Hill climbing of skmia beside that of the Adversarial Robustness Toolbox (ART).

    pip install -c constraints.txt adversarial-robustness-toolbox -e ".[datasets]"
    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_art_hill_climbing.py

writes a table to docs/shadow-data.md for each set of parameter values, skmia's defaults
and ART's: the same fitted target, rows wanted and values for both, means over seeds.
Half of the features change at first and a row has 6 climbs by both tools' defaults. A
counter at the target's ``predict_proba`` sees the rows of every call.

ART gets functions for binary records. Around its code, three things are changed: steps
and rejections per climb, which its public function does not take, are passed on; no
shadow models are trained, so that only the search is timed; a row that no climb finds
is left out, where ART raises an error and what it found is lost (the line below the
table counts that). ``--quick`` prints a small version.
"""

import argparse
import copy
import time
import warnings

import numpy as np
from data_sets import location30
from documents import markdown, write_section
from sklearn.base import clone
from sklearn.exceptions import ConvergenceWarning
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

from skmia.generators import FeatureSchema, QueryGenerator

try:
    from art.attacks.inference.membership_inference import ShadowModels
    from art.estimators.classification import SklearnClassifier
except ImportError as error:
    raise SystemExit(
        f"This benchmark runs ART, which cannot be imported ({error}): "
        "pip install adversarial-robustness-toolbox"
    ) from error

N_TARGET, N_CLIMBS = 1200, 6
TARGETS = {
    "tree": DecisionTreeClassifier(),
    "mlp": MLPClassifier((64,), max_iter=40),
}
PARAMETERS = {
    "skmia": {"iter_max": 100, "rej_max": 5, "conf_min": 0.2},
    "ART": {"iter_max": 40, "rej_max": 3, "conf_min": 0.4},
}
COLUMNS = ["rows", "as wanted", "calls", "rows asked", "rows per call", "seconds"]


def counted(model):
    """The fitted model with a log: the number of rows of each call."""
    model, log = copy.copy(model), []
    answer = model.predict_proba

    def predict_proba(X):
        log.append(len(X))
        return answer(X)

    model.predict_proba = predict_proba
    return model, log


class Synthesis(ShadowModels):
    """ART's synthesis of records, without shadow models and beyond a row not found."""

    def __init__(self, template, log, values, random_state):
        super().__init__(template, 1, random_state=random_state)
        names = {"iter_max": "max_iterations", "rej_max": "max_rejections"}
        self.rules = {names[k]: values[k] for k in names}
        self.log, self.n_failed, self.raised_after = log, 0, 0

    def _hill_climbing_synthesis(self, *args, **kwargs):
        try:
            row = super()._hill_climbing_synthesis(*args, **kwargs, **self.rules)
        except RuntimeError:
            self.n_failed += 1
            if self.n_failed < N_CLIMBS:
                raise
            self.raised_after = self.raised_after or len(self.log)
            row = np.full(self._input_shape, np.nan)
        self.n_failed = 0
        return row

    def generate_shadow_dataset(self, x, y, member_ratio=0.5):
        found = ~np.isnan(x).any(axis=1)
        return x[found], y[found].argmax(axis=1)


def ask_skmia(model, log, values, schema, n_rows, seed):
    generator = QueryGenerator(
        schema=schema, n_restarts=N_CLIMBS - 1, random_state=seed, **values
    )
    return *generator.fit().sample(n_rows, model), 0


def ask_art(model, log, values, schema, n_rows, seed):
    rng, width = np.random.default_rng([seed, 1]), schema.n_columns

    def random_record():
        return rng.integers(0, 2, width).astype(float)

    def randomize_features(record, n_features):
        which = rng.choice(width, n_features, replace=False, shuffle=False)
        record = record.copy()
        record[which] = rng.integers(0, 2, n_features)
        return record

    target = SklearnClassifier(model)
    synthesis = Synthesis(target, log, values, seed)
    rows, columns = synthesis.generate_synthetic_shadow_dataset(
        target,
        n_rows,
        max_features_randomized=None,
        min_confidence=values["conf_min"],
        max_retries=N_CLIMBS,
        random_record_fn=random_record,
        randomize_features_fn=randomize_features,
    )
    return rows, model.classes_[columns], synthesis.raised_after


def measure(ask, fitted, *args):
    """What one tool finds, and what it asks for that."""
    model, log = counted(fitted)
    start = time.perf_counter()
    rows, wanted, raised_after = ask(model, log, *args)
    seconds = time.perf_counter() - start
    assert np.isin(rows, [0, 1]).all()
    as_wanted = np.mean(fitted.predict(rows) == wanted)
    asked, calls = sum(log), len(log)
    return len(rows), as_wanted, calls, asked, asked / calls, seconds, raised_after


def compare(X, y, values, n_rows, n_seeds):
    """The table for one set of values."""
    width = X.shape[1]
    schema = FeatureSchema.from_bounds(np.zeros(width), 1, integer=range(width))
    lines, notes = [], []
    for name, model in TARGETS.items():
        found = {ask_skmia: [], ask_art: []}
        for seed in range(n_seeds):
            fitted = clone(model).set_params(random_state=seed)
            fitted.fit(X[:N_TARGET], y[:N_TARGET])
            for ask, results in found.items():
                results.append(measure(ask, fitted, values, schema, n_rows, seed))
        ours, theirs = (np.mean(results, axis=0)[:-1] for results in found.values())
        formats = ["{:.0f}", "{:.1%}", "{:.0f}", "{:.0f}", "{:.1f}", "{:.2f}"]
        for tool, values_of in {"skmia": ours, "ART": theirs}.items():
            cells = [f.format(v) for f, v in zip(formats, values_of, strict=True)]
            lines.append([name, tool, *cells])
        calls, asked, _, seconds = (theirs / ours)[2:]
        ratios = ["", "", f"{calls:.0f}", f"{asked:.2f}", "", f"{seconds:.1f}"]
        lines.append([name, "**ART / skmia**", *ratios])
        ends = [after for *_, after in found[ask_art] if after]
        after = f" (after {np.mean(ends):.0f} calls)" if ends else ""
        notes.append(f"{name} {len(ends)} of {n_seeds}{after}")
    table = markdown(["target", "tool", *COLUMNS], lines)
    return (
        f"{table}\n\nSeeds for which ART as it is raises an error: {', '.join(notes)}."
    )


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--seeds", type=int, default=3)
    parser.add_argument("--quick", action="store_true")
    options = parser.parse_args()
    warnings.simplefilter("ignore", ConvergenceWarning)
    warnings.filterwarnings("ignore", "QueryGenerator found")
    n_rows, seeds = (60, 1) if options.quick else (300, options.seeds)
    X, y = location30()
    sections = []
    for whose, values in PARAMETERS.items():
        head = f"{n_rows} rows, Location-30, defaults of {whose} ("
        sections.append(head + ", ".join(f"{k}={v}" for k, v in values.items()) + "):")
        sections.append(compare(X, y, values, n_rows, seeds))
    print(body := "\n\n".join(sections))
    if not options.quick:
        write_section("shadow-data.md", "art", body)


if __name__ == "__main__":
    main()
