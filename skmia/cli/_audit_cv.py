"""The command ``skmia audit-cv``."""

from pathlib import Path
from typing import Annotated

import typer

from skmia.cli._about import about_files, command_of
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
from skmia.cli._given import fractions
from skmia.cli._models import Trust, load_cross_validation
from skmia.cli._options import (
    AccessOption,
    Attack,
    Confidence,
    Encoding,
    Fprs,
    Groups,
    Headline,
    Html,
    Json,
    Label,
    NaValues,
    NoHtml,
    Seed,
    Sep,
    StringColumns,
    TopK,
    TrustSklearn,
    TrustType,
    access_given,
)
from skmia.cli._outputs import outputs_of
from skmia.cli._printing import print_report
from skmia.cli._reading import Reading


@app.command("audit-cv")
def audit_cv_command(
    context: typer.Context,
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
    headline: Headline = None,
    access: AccessOption = None,
    top_k: TopK = 3,
    fprs: Fprs = "0.001,0.01,0.1",
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
    from skmia.auditing import audit_cv
    from skmia.cli._files import as_model_takes, load_records
    from skmia.utils._records import n_records

    with (
        exit_codes(),
        outputs_of(
            *(None if no_html else html, json, junit, sarif, quiet),
            read=[results, data, policy],
        ) as outputs,
    ):
        rates = fractions(fprs)
        limits = policy_of(fail_if, use, policy, rates)
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
            headline=headline,
            access=access_given(access),
            top_k=top_k,
            fprs=rates,
            groups=of,
            random_state=seed,
            confidence_level=confidence,
            verbose=not quiet,
        )
        files = about_files({"results": results, "data": data}, {"data": n_records(X)})
        report = report.with_about(files=files, command=command_of(context))
        print_report(report)
        decide(report, limits, outputs)
