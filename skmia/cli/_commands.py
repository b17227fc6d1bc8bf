"""The commands ``skmia audit``, ``audit-cv`` and ``grid``: arguments in, tables out."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer
from rich import box
from rich.table import Column, Table

from skmia import __version__, audit
from skmia.attacks import get_attack, get_attack_names
from skmia.auditing import audit_cv
from skmia.cli._exit_codes import exit_codes
from skmia.cli._files import as_model_takes, load_records, load_sets
from skmia.cli._gate import (
    FailIf,
    Junit,
    PolicyFile,
    Quiet,
    Sarif,
    Use,
    decide,
    policy_of,
)
from skmia.cli._models import Trust, load_cross_validation, load_model
from skmia.cli._named import DATASETS, digits_example, load_dataset
from skmia.cli._options import (
    Attack,
    Confidence,
    Encoding,
    Groups,
    Html,
    Jobs,
    Json,
    Label,
    NaValues,
    NoHtml,
    Seed,
    Sep,
    StringColumns,
    TrustSklearn,
    TrustType,
)
from skmia.cli._outputs import outputs_of
from skmia.cli._printing import out, print_report
from skmia.cli._reading import Reading
from skmia.grid import default_models, model_grid, truex_table

OWN_MODEL = (
    "skmia audit --model model.skops --train train.csv --holdout holdout.csv "
    "--label NAME"
)
METRICS = ("accuracy", "auc", "tpr_at_fpr")
Dataset = StrEnum("Dataset", list(DATASETS))
Metric = StrEnum("Metric", METRICS)
References = StrEnum("References", {"shadows": "shadows", "out_of_bag": "out-of-bag"})

app = typer.Typer(
    help="Membership inference audits of scikit-learn models.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)


def _print_version(value: bool):
    if value:
        out.print(f"skmia {__version__}")
        raise typer.Exit


@app.callback()
def _main(
    version: Annotated[
        bool,
        typer.Option(
            "--version",
            callback=_print_version,
            is_eager=True,
            help="Print the version and exit.",
        ),
    ] = False,
):
    pass


@app.command("audit")
def audit_command(
    model: Annotated[
        Path | None, typer.Option(help="Fitted classifier, a .skops file.")
    ] = None,
    train: Annotated[
        Path | None,
        typer.Option(
            help="Records it was trained on: .csv, .tsv (both also .gz), .parquet, "
            ".npz (X, y)."
        ),
    ] = None,
    holdout: Annotated[
        Path | None,
        typer.Option(help="Records of the same population, not used for training."),
    ] = None,
    label: Label = None,
    groups: Groups = None,
    sep: Sep = None,
    encoding: Encoding = None,
    na_values: NaValues = None,
    string_columns: StringColumns = None,
    trust: TrustType = None,
    trust_sklearn: TrustSklearn = False,
    attack: Attack = None,
    references: Annotated[
        References,
        typer.Option(help="'out-of-bag': the members of a forest; nothing is trained."),
    ] = References.shadows,
    shadows: Annotated[
        str, typer.Option(help="Shadow models, even; 0 for none. 'auto': 10 or 16.")
    ] = "auto",
    max_epsilon: Annotated[
        float | None,
        typer.Option(help="Stop as soon as an attack shows a larger epsilon.", min=0),
    ] = None,
    max_seconds: Annotated[
        float | None, typer.Option(help="Begin nothing later than that.")
    ] = None,
    max_queries: Annotated[
        int | None, typer.Option(help="Rows that the model is asked, at most.")
    ] = None,
    jobs: Jobs = 1,
    seed: Seed = 0,
    confidence: Confidence = 0.95,
    html: Html = Path("audit.html"),
    no_html: NoHtml = False,
    json: Json = None,
    fail_if: FailIf = None,
    use: Use = None,
    policy: PolicyFile = None,
    junit: Junit = None,
    sarif: Sarif = None,
    quiet: Quiet = False,
):
    """Measure how much a fitted model tells about who was in its training data.

    Without arguments: a random forest on scikit-learn's digits, as an example. The
    exit code is 1 where a condition of --fail-if or --policy holds, 2 where the input
    is wrong, 3 where a leak could not have been seen or the numbers do not count, and
    4 where something unexpected went wrong.
    """
    files = {"--model": model, "--train": train, "--holdout": holdout}
    about = {"--label": label, "--groups": groups, "--trust": trust}
    about |= {"--trust-sklearn": trust_sklearn or None}
    reading = Reading(sep, encoding, na_values, string_columns)
    options = {**files, **about, **reading.given}
    given = [name for name, value in options.items() if value not in (None, [])]
    with (
        exit_codes(),
        outputs_of(None if no_html else html, json, junit, sarif, quiet) as outputs,
    ):
        limits = policy_of(fail_if, use, policy)
        if given:
            trusted = Trust(trust, trust_sklearn)
            data, of = _own_data(files, label, groups, reading, trusted)
        else:
            data, of = digits_example(), None
            out.print("Example: a random forest on half of scikit-learn's digits.\n")
        report = audit(
            *data,
            attacks=attack or None,
            references=references.value,
            n_shadows=_number_or_auto(shadows),
            groups=of,
            decide=None if max_epsilon is None else {"max_epsilon": max_epsilon},
            max_seconds=max_seconds,
            max_queries=max_queries,
            n_jobs=jobs,
            random_state=seed,
            confidence_level=confidence,
            verbose=not quiet,
        )
        print_report(report)
        if not given:
            out.print(f"Your own model: {OWN_MODEL}", soft_wrap=True, markup=False)
        decide(report, limits, outputs)


@app.command("audit-cv")
def audit_cv_command(
    results: Annotated[
        Path,
        typer.Argument(
            help="Result of cross_validate(..., return_estimator=True, "
            "return_indices=True), a .skops file."
        ),
    ],
    data: Annotated[
        Path,
        typer.Option(
            help="The records: .csv, .tsv (both also .gz), .parquet, .npz (X, y)."
        ),
    ],
    label: Label = None,
    groups: Groups = None,
    sep: Sep = None,
    encoding: Encoding = None,
    na_values: NaValues = None,
    string_columns: StringColumns = None,
    trust: TrustType = None,
    trust_sklearn: TrustSklearn = False,
    attack: Attack = None,
    seed: Seed = 0,
    confidence: Confidence = 0.95,
    html: Html = Path("audit.html"),
    no_html: NoHtml = False,
    json: Json = None,
    fail_if: FailIf = None,
    use: Use = None,
    policy: PolicyFile = None,
    junit: Junit = None,
    sarif: Sarif = None,
    quiet: Quiet = False,
):
    """Measure how much the models of a cross-validation tell about its records.

    Nothing is trained: the models audit each other. Exit codes are those of audit.
    """
    with (
        exit_codes(),
        outputs_of(None if no_html else html, json, junit, sarif, quiet) as outputs,
    ):
        limits = policy_of(fail_if, use, policy)
        found = load_cross_validation(results, Trust(trust, trust_sklearn))
        model = found["estimator"][0]
        reading = Reading(sep, encoding, na_values, string_columns)
        reading.check(data)
        X, y, of = load_records(data, model, label, groups, reading)
        report = audit_cv(
            found,
            as_model_takes(model, X, data),
            y,
            attacks=attack or None,
            groups=of,
            random_state=seed,
            confidence_level=confidence,
            verbose=not quiet,
        )
        print_report(report)
        decide(report, limits, outputs)


def _number_or_auto(shadows):
    """Number of shadow models, or "auto"."""
    if shadows != "auto" and not shadows.isdecimal():
        raise ValueError(
            f"--shadows must be a number, 0 or more, or 'auto'. Got {shadows!r}."
        )
    return shadows if shadows == "auto" else int(shadows)


def _own_data(files, label, groups, reading, trusted):
    """Model and records of an audit, and whose the records are."""
    missing = [name for name, path in files.items() if path is None]
    if missing:
        raise ValueError(
            f"An audit of your own model also needs {' and '.join(missing)}."
        )
    model = load_model(files["--model"], trusted)
    if groups in getattr(model, "feature_names_in_", ()):
        raise ValueError(f"--groups cannot be {groups!r}, a feature of the model.")
    paths = files["--train"], files["--holdout"]
    reading.check(*paths)
    *sets, of = load_sets(model, paths, label, groups, reading)
    return (model, *sets), of


@app.command("attacks")
def attacks_command():
    """List the attacks by name, with what they need."""
    table = Table(
        Column("attack", no_wrap=True),
        *("access", "needs", "knowledge", "queries", "source"),
        box=box.SIMPLE_HEAD,
    )
    for name in get_attack_names():
        recipe = get_attack(name)
        table.add_row(
            name,
            recipe.access,
            ", ".join(recipe.needs),
            " ".join(recipe.knowledge),
            recipe.queries,
            recipe.paper,
        )
    out.print(table)


@app.command("grid")
def grid_command(
    dataset: Annotated[Dataset, typer.Option(help="Data set.")] = Dataset.digits,
    models: Annotated[
        str, typer.Option(help="Zoo, of tree, knn, lr, nb and mlp.")
    ] = "tree,knn,lr,nb",
    samples: Annotated[
        int | None, typer.Option(help="Records to use, stratified; all by default.")
    ] = None,
    repeats: Annotated[int, typer.Option(help="Random halves.", min=1)] = 10,
    shadows: Annotated[
        int, typer.Option(help="Shadow models of a game, even.", min=2)
    ] = 10,
    metric: Annotated[Metric, typer.Option(help="What to print.")] = Metric.accuracy,
    csv: Annotated[
        Path | None, typer.Option(help="Where to write all metrics of all repeats.")
    ] = None,
    cache: Annotated[
        Path | None, typer.Option(help="Folder from which a killed run resumes.")
    ] = None,
    jobs: Jobs = 1,
    seed: Seed = 0,
):
    """Attack every model type with every generator and every attack model.

    knn, lr and mlp get features scaled to [0, 1]; 0/1 features stay as they are.
    """
    with exit_codes():
        zoo = default_models([name.strip() for name in models.split(",")])
        X, y = load_dataset(dataset, samples, seed)
        grid = model_grid(
            X,
            y,
            zoo,
            cv=repeats,
            n_shadows=shadows,
            metrics=METRICS,
            memory=None if cache is None else str(cache),
            n_jobs=jobs,
            random_state=seed,
            verbose=True,
        )
        out.print(f"{metric} on {dataset}, {len(y)} records: mean ± std over repeats")
        out.print(_grid_table(truex_table(grid, metric)))
        if csv is not None:
            grid.to_csv(csv, index=False)
            out.print(f"All metrics: {csv}", soft_wrap=True)


def _grid_table(cells):
    table = Table(
        "attack",
        "target",
        *(f"shadows: {name}" for name in cells["mean"].columns),
        box=box.SIMPLE_HEAD,
    )
    last = None
    for (attack, target), row in cells.iterrows():
        if last not in (None, attack):
            table.add_section()
        texts = map(_mean_std, row["mean"], row["std"])
        table.add_row("" if attack == last else attack, target, *texts)
        last = attack
    return table


def _mean_std(mean, std):
    if mean != mean:
        return "not measurable"
    return f"{mean:.3f}" if std != std else f"{mean:.3f} ± {std:.3f}"
