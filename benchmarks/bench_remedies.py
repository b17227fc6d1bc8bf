"""Which step of a pipeline leaks, and what to do about it: Adult, a forest.

    OMP_NUM_THREADS=1 SKMIA_DATA=... python benchmarks/bench_remedies.py

writes two tables of docs/audits.md. 2,500 training and 2,500 holdout records; one seed.
"""

import argparse
import warnings

from data_sets import adult_frame
from documents import markdown, write_section
from sklearn.compose import make_column_selector, make_column_transformer
from sklearn.ensemble import RandomForestClassifier
from sklearn.model_selection import train_test_split
from sklearn.pipeline import Pipeline
from sklearn.preprocessing import OneHotEncoder, TargetEncoder

from skmia import audit
from skmia.auditing import attribute_leak, suggest_defenses

ENCODERS = {
    "target": TargetEncoder(),
    "one-hot": OneHotEncoder(handle_unknown="ignore", sparse_output=False),
}
RATE = "tpr_at_fpr_0.01"


def pipeline(encoder):
    categories = make_column_selector(dtype_include="category")
    columns = make_column_transformer((encoder, categories), remainder="passthrough")
    return Pipeline([("columns", columns), ("forest", RandomForestClassifier())])


def audited(encoder, sets, seed, n_jobs):
    """Fitted pipeline, its report by the one attack that was named before."""
    model = pipeline(encoder).set_params(forest__random_state=seed).fit(*sets[:2])
    how = {"attacks": "rmia-online", "random_state": seed, "n_jobs": n_jobs}
    return model, audit(model, *sets, headline="rmia-online", **how)


def interval(row, name):
    return f"{row[name]:.3f} [{row[f'{name}_low']:.3f}, {row[f'{name}_high']:.3f}]"


def of_steps(sets, seed, n_jobs):
    """Rows of the table of steps, for each way to encode categories."""
    for name, encoder in ENCODERS.items():
        model, report = audited(encoder, sets, seed, n_jobs)
        leak = attribute_leak(report, model, *sets, random_state=seed, n_jobs=n_jobs)
        for step, row in leak.iterrows():
            numbers = [interval(row, "auc"), interval(row, RATE)]
            numbers += [f"{row['epsilon_low']:.2f}", f"{row['accuracy']:.3f}"]
            yield [name, step, *numbers, row["note"]]
            print(*numbers, step, sep=" | ", flush=True)


def of_defenses(sets, n, seed, n_jobs):
    """Rows of the table of defenses, of the pipeline with one-hot categories."""
    model, report = audited(ENCODERS["one-hot"], sets, seed, n_jobs)
    how = {"n": n, "random_state": seed, "n_jobs": n_jobs}
    table = suggest_defenses(report, model, *sets, **how)
    for name, row in table.iterrows():
        numbers = [f"×{row['factor']:.1f}", row["step"], f"{row['accuracy']:.3f}"]
        numbers += [f"{row['accuracy_change']:+.3f}"]
        numbers += [f"×{row['train_seconds_ratio']:.1f}"]
        numbers += [interval(row, "auc"), interval(row, RATE), row["attack"]]
        front = "yes" if row["on_front"] else ""
        yield [name, *numbers, row["loses"], front, row["status"]]
        print(*numbers, name, row["status"], sep=" | ", flush=True)


def main():
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--records", type=int, default=5_000)
    parser.add_argument("--defenses", type=int, default=6)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--jobs", type=int, default=1)
    options = parser.parse_args()
    # Shadow models seed whatever has a seed; that of TargetEncoder is deprecated.
    warnings.filterwarnings("ignore", message=".TargetEncoder.shuffle")
    X, y = adult_frame(options.records)
    X, X_out, y, y_out = train_test_split(
        X, y, test_size=0.5, stratify=y, random_state=options.seed
    )
    sets = X, y, X_out, y_out
    how = {"seed": options.seed, "n_jobs": options.jobs}
    header = ["categories", "step", "AUC", "TPR at 1 % FPR"]
    header += ["epsilon, at least", "accuracy", "note"]
    steps = markdown(header, of_steps(sets, **how))
    header = ["defense", "factor", "step", "accuracy", "change", "training", "AUC"]
    header += ["TPR at 1 % FPR", "attack", "loses", "on the front", "status"]
    defenses = markdown(header, of_defenses(sets, options.defenses, **how))
    if options.records >= 5_000:
        write_section("audits.md", "steps", steps)
        write_section("audits.md", "remedies", defenses)


if __name__ == "__main__":
    main()
