"""The command ``skmia audit``."""

from enum import StrEnum
from pathlib import Path
from typing import Annotated

import typer

from skmia.cli._about import about_files, by_columns, command_of, typed_options
from skmia.cli._app import app
from skmia.cli._exit_codes import exit_codes
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
from skmia.cli._given import Given, files_given, fractions, records_given
from skmia.cli._jobs import jobs_given
from skmia.cli._models import Trust, load_model
from skmia.cli._options import (
    AccessOption,
    Attack,
    Confidence,
    Encoding,
    Fprs,
    Groups,
    Headline,
    Html,
    Jobs,
    Json,
    Label,
    NaValues,
    NoHtml,
    Predictions,
    Seed,
    Sep,
    ShadowPredictions,
    StringColumns,
    TopK,
    TrustSklearn,
    TrustType,
    access_given,
)
from skmia.cli._outputs import outputs_of
from skmia.cli._printing import out, print_report
from skmia.cli._reading import Reading, set_among

OWN_MODEL = (
    "skmia audit --model model.skops --train train.csv --holdout holdout.csv "
    "--label NAME"
)
References = StrEnum("References", {"shadows": "shadows", "out_of_bag": "out-of-bag"})
Unit = StrEnum("Unit", ["record", "person"])
# Options of a model that can be asked, or trained again.
_NOT_FOR_ANSWERS = {"model", "train", "holdout", "by", "given", "trust"}
_NOT_FOR_ANSWERS |= {"trust_sklearn", "string_columns", "references", "shadows"}
_NOT_FOR_ANSWERS |= {"shadow_model", "memory", "access", "top_k", "former"}
_NOT_FOR_ANSWERS |= {"max_epsilon", "max_seconds", "max_queries"}


@app.command("audit")
def audit_command(
    context: typer.Context,
    model: Annotated[
        Path | None, typer.Option(help="Fitted model, a .skops file.")
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
    predictions: Predictions = None,
    shadow_predictions: ShadowPredictions = None,
    label: Label = None,
    groups: Groups = None,
    by: Annotated[
        list[str] | None,
        typer.Option(help="Column to report by, beside the label; may be repeated."),
    ] = None,
    unit: Annotated[
        Unit | None,
        typer.Option(help="'person': nobody has two rows, so that people are counted."),
    ] = None,
    name: Annotated[
        str | None, typer.Option(help="What the report calls the model.")
    ] = None,
    sep: Sep = None,
    encoding: Encoding = None,
    na_values: NaValues = None,
    string_columns: StringColumns = None,
    trust: TrustType = None,
    trust_sklearn: TrustSklearn = False,
    attack: Attack = None,
    headline: Headline = None,
    access: AccessOption = None,
    top_k: TopK = 3,
    given: Given = None,
    former: Annotated[
        Path | None,
        typer.Option(
            help="Version before an update that added the training records, a .skops "
            "file."
        ),
    ] = None,
    references: Annotated[
        References,
        typer.Option(help="'out-of-bag': the members of a forest; nothing is trained."),
    ] = References.shadows,
    shadows: Annotated[
        str, typer.Option(help="Shadow models, even; 0 for none. 'auto': 10 or 16.")
    ] = "auto",
    shadow_model: Annotated[
        Path | None,
        typer.Option(help="Estimator to train shadow models of, a .skops file."),
    ] = None,
    memory: Annotated[
        Path | None,
        typer.Option(help="Folder from which a killed audit resumes."),
    ] = None,
    fprs: Fprs = "0.001,0.01,0.1",
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
    jobs: Jobs = None,
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
    from skmia import audit
    from skmia.cli._named import digits_example
    from skmia.cli._predictions import audited_predictions

    files = {"--model": model, "--train": train, "--holdout": holdout}
    columns = {"--label": label, "--groups": groups, "--by": by, "--given": given}
    columns["--former"] = former
    trust_options = {"--trust": trust, "--trust-sklearn": trust_sklearn or None}
    reading = Reading(sep, encoding, na_values, string_columns)
    options = set_among({**files, **columns, **trust_options, **reading.given})
    own = bool(options) or predictions is not None
    read = [*files.values(), predictions, *(shadow_predictions or ()), shadow_model]
    read += [former, policy, *files_given(given)]
    with (
        exit_codes(),
        outputs_of(
            *(None if no_html else html, json, junit, sarif, quiet), read=read
        ) as outputs,
    ):
        rates = fractions(fprs)
        limits = policy_of(fail_if, use, policy, rates)
        common = {
            "attacks": attack or None,
            "headline": headline,
            "fprs": rates,
            "random_state": seed,
            "confidence_level": confidence,
        }
        if predictions is not None:
            _check_alone(predictions, context)
            others = shadow_predictions or []
            report = audited_predictions(
                predictions, others, label, groups, reading, **common
            )
            about = _about_answers(predictions, others, len(report.member))
        elif shadow_predictions:
            raise ValueError(
                "--shadow-predictions can be given with --predictions alone."
            )
        else:
            trusted, more, of, about = Trust(trust, trust_sklearn), {}, None, {}
            if own:
                data, of = _own_data(files, label, groups, reading, trusted, by or ())
                more = records_given(given, data[0], label, reading)
                about = _about(files, data, by, reading)
            else:
                data = digits_example()
                out.print(
                    "Example: a random forest on half of scikit-learn's digits.\n"
                )
            report = audit(
                *data,
                **more,
                **common,
                access=access_given(access),
                top_k=top_k,
                former=former and load_model(former, trusted),
                references=references.value,
                n_shadows=_number_or_auto(shadows),
                shadow_estimator=shadow_model and load_model(shadow_model, trusted),
                memory=memory,
                groups=of,
                decide=None if max_epsilon is None else {"max_epsilon": max_epsilon},
                max_seconds=max_seconds,
                max_queries=max_queries,
                n_jobs=jobs_given(jobs),
                verbose=not quiet,
            )
        about |= {"name": name, "unit": unit and unit.value}
        report = report.with_about(**about, command=command_of(context))
        print_report(report)
        if not own:
            out.print(f"Your own model: {OWN_MODEL}", soft_wrap=True, markup=False)
        decide(report, limits, outputs)


def _check_alone(predictions, context):
    """Refuse options of a model, or of records, beside the answers."""
    others = [
        option.opts[0]
        for option in typed_options(context)
        if option.name in _NOT_FOR_ANSWERS
    ]
    if others:
        raise ValueError(
            f"--predictions {predictions} cannot be given with {', '.join(others)}: "
            "there is neither a model nor records."
        )


def _number_or_auto(shadows):
    """Number of shadow models, or "auto"."""
    if shadows != "auto" and not shadows.isdecimal():
        raise ValueError(
            f"--shadows must be a number, 0 or more, or 'auto'. Got {shadows!r}."
        )
    return shadows if shadows == "auto" else int(shadows)


def _own_data(files, label, groups, reading, trusted, by):
    """Model and records of an audit, and whose the records are."""
    from skmia.cli._files import load_sets

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
    *sets, of = load_sets(model, paths, label, groups, reading, by)
    return (model, *sets), of


def _about_answers(predictions, others, n_records):
    """What the report says of the files of answers, all of the same records."""
    roles = {f"shadow predictions {i}": path for i, path in enumerate(others, 1)}
    roles = {"predictions": predictions, **roles}
    return {"files": about_files(roles, dict.fromkeys(roles, n_records))}


def _about(files, data, by, reading):
    """What the report says of the files, and of groups of records."""
    from skmia.cli._files import load_columns
    from skmia.utils._records import n_records

    roles = {option.removeprefix("--"): path for option, path in files.items()}
    rows = {"train": n_records(data[1]), "holdout": n_records(data[3])}
    paths = files["--train"], files["--holdout"]
    columns = by_columns(load_columns(paths, by, reading)) if by else {}
    return {"files": about_files(roles, rows), "by": columns}
