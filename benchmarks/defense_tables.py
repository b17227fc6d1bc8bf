"""What bench_defenses.py writes: tables of docs/defenses.md and the front."""

import pandas as pd
from documents import DOCS, write_section


def number(value, form):
    return "-" if pd.isna(value) else format(value, form)


def with_interval(row, name):
    low, high = row[f"{name}_low"], row[f"{name}_high"]
    return f"{row[name]:.3f} [{low:.3f}, {high:.3f}]"


def table_9(part):
    """The form of Table 9 of Truex et al., with what they had no place for."""
    lines = [
        "| defense | test accuracy | change | best attack | its accuracy | AUC | "
        "TPR at 1 % FPR | most exposed 1 %, AUC | calibration error | fit, relative |",
        "|---" * 10 + "|",
    ]
    ok = part[part["status"] == "ok"]
    plain = ok[ok["defense"] == "none"].iloc[0]
    for _, row in ok.iterrows():
        cells = [
            row["defense"],
            number(100 * row["test_accuracy"], ".1f"),
            f"{100 * (row['test_accuracy'] - plain['test_accuracy']):+.1f}",
            row["best_attack"],
            number(100 * row["best_accuracy"], ".1f"),
            with_interval(row, "best_auc"),
            with_interval(row, "best_tpr_at_fpr_0.01"),
            with_interval(row, "exposed_auc"),
            "-"
            if pd.isna(row["calibration_error"])
            else f"{row['calibration_error']:.3f}",
            f"{row['fit_seconds'] / row['plain_fit_seconds']:.1f}",
        ]
        lines.append(f"| {' | '.join(cells)} |")
    return "\n".join(lines)


def families(table):
    """Best attack by family, and static against adaptive: mean AUC over all cells."""
    ok = table[table["status"] == "ok"].copy()
    ok["gained by adapting"] = ok["adaptive_auc"] - ok["static_auc"]
    columns = {
        "label_auc": "label",
        "scores_auc": "scores",
        "reference_auc": "reference",
        "static_auc": "static",
        "adaptive_auc": "adaptive",
        "gained by adapting": "gained by adapting",
    }
    mean = ok.groupby("defense", sort=False)[list(columns)].mean()
    lines = ["| defense | " + " | ".join(columns.values()) + " |", "|---" * 7 + "|"]
    for name, row in mean.iterrows():
        cells = [number(value, ".3f") for value in row]
        lines.append(f"| {name} | {' | '.join(cells)} |")
    return "\n".join(lines)


def left_out(table):
    """Cells in which a defense refused its model, with its reason."""
    refused = table[table["status"] != "ok"]
    if refused.empty:
        return ""
    lines = [
        f"- {row.defense} around {row.model} on {row.data}: {row.status}."
        for row in refused.itertuples()
    ]
    return "\n".join(["Refused, with the message of the defense:", "", *lines])


def front(table, path):
    """Test accuracy against attack AUC, one panel per data set and model."""
    import matplotlib.pyplot as plt

    from skmia.model_selection import pareto_front

    ok = table[table["status"] == "ok"]
    data, models = (ok[name].unique() for name in ("data", "model"))
    fig, axes = plt.subplots(
        len(data),
        len(models),
        figsize=(3.4 * len(models), 3 * len(data)),
        squeeze=False,
        layout="constrained",
    )
    for i, one in enumerate(data):
        for j, model in enumerate(models):
            part = ok[(ok["data"] == one) & (ok["model"] == model)]
            if part.empty:
                axes[i, j].set_axis_off()
                continue
            part = part.sort_values("best_auc")
            utility, leakage = part["test_accuracy"], part["best_auc"]
            on = pareto_front(utility.to_numpy(), leakage.to_numpy())
            ax = axes[i, j]
            ax.plot(leakage, utility, "o", color="0.7", markersize=4)
            ax.step(leakage[on], utility[on], "o-", where="post", markersize=4)
            for _, row in part[on].iterrows():
                place = (row["best_auc"], row["test_accuracy"])
                ax.annotate(row["defense"], place, fontsize=6)
            ax.set_title(f"{one}, {model}", fontsize=9)
    fig.supxlabel("AUC of the best adaptive attack (left is private)")
    fig.supylabel("test accuracy")
    fig.savefig(path, dpi=80)
    plt.close(fig)


def write_documents(table):
    """Put the tables between the marks of docs/defenses.md, and draw the front."""
    sections = [
        "### By kind of attacker",
        "Mean AUC over the models and data sets that a defense was tried on:",
        families(table),
    ]
    for (data, model), part in table.groupby(["data", "model"], sort=False):
        sections += [f"### {data}, {model}", table_9(part)]
    body = "\n\n".join([*sections, left_out(table)])
    write_section("defenses.md", "tables", body)
    front(table, DOCS / "defenses_front.png")
