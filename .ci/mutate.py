"""Break a module in small ways, one at a time, and see whether its tests notice.

    nice -n 19 python .ci/mutate.py          # a few mutants of every module of the core
    nice -n 19 python .ci/mutate.py skmia/attacks/_run.py tests/attacks/test_run.py

prints the mutants that survived and the share that was killed. `--most 20` draws so
many of each module (`--seed`). Mutants live in a copy of the package; the tree is left
alone.
"""

import argparse
import ast
import copy
import os
import random
import shutil
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

ROOT = Path(__file__).resolve().parent.parent
SWAPS = {
    ast.Lt: ast.LtE,
    ast.LtE: ast.Lt,
    ast.Gt: ast.GtE,
    ast.GtE: ast.Gt,
    ast.Eq: ast.NotEq,
    ast.NotEq: ast.Eq,
    ast.Is: ast.IsNot,
    ast.IsNot: ast.Is,
    ast.In: ast.NotIn,
    ast.NotIn: ast.In,
    ast.Add: ast.Sub,
    ast.Sub: ast.Add,
    ast.Mult: ast.Div,
    ast.Div: ast.Mult,
    ast.And: ast.Or,
    ast.Or: ast.And,
}

# What every number of a report goes through, and the tests that are to notice.
CORE = {
    "skmia/attacks/_run.py": ["tests/attacks/test_run.py"],
    "skmia/attacks/models/_threshold.py": ["tests/attacks/test_threshold.py"],
    "skmia/attacks/models/_likelihood_ratio.py": [
        "tests/attacks/test_likelihood_ratio.py"
    ],
    "skmia/auditing/_audited_records.py": [
        "tests/auditing/test_copies.py",
        "tests/auditing/test_order.py",
        "tests/auditing/test_what_is_refused.py",
        "tests/auditing/test_regression.py",
        "tests/auditing/test_unlabelled.py",
    ],
    "skmia/auditing/_choice.py": [
        "tests/auditing/test_access.py",
        "tests/auditing/test_audit.py",
    ],
    "skmia/auditing/_cross_validated.py": ["tests/auditing/test_audit_cv.py"],
    "skmia/auditing/_recorded.py": ["tests/auditing/test_audit_predictions.py"],
    "skmia/auditing/_verdict.py": ["tests/auditing/test_verdict.py"],
    "skmia/metrics/_intervals.py": ["tests/metrics/test_intervals.py"],
    "skmia/metrics/_rates.py": ["tests/metrics/test_rates.py"],
    "skmia/metrics/_roc.py": [
        "tests/metrics/test_roc.py",
        "tests/metrics/test_intervals.py",
    ],
    "skmia/metrics/_summary.py": ["tests/metrics/test_summary.py"],
    "skmia/metrics/epsilon/_lower_bound.py": [
        "tests/metrics/test_epsilon_lower_bound.py"
    ],
    "skmia/shadow/_splitters.py": ["tests/shadow/test_splitters.py"],
}


def changed(node):
    """Whether the node was broken, in place."""
    if isinstance(node, ast.Compare) and type(node.ops[0]) in SWAPS:
        node.ops[0] = SWAPS[type(node.ops[0])]()
    elif isinstance(node, ast.BinOp | ast.BoolOp) and type(node.op) in SWAPS:
        node.op = SWAPS[type(node.op)]()
    elif isinstance(node, ast.If | ast.IfExp):
        node.test = ast.UnaryOp(ast.Not(), node.test)
    elif isinstance(node, ast.Constant) and type(node.value) in (bool, int, float):
        value = node.value
        node.value = not value if isinstance(value, bool) else value + 1
    else:
        return False
    return True


def mutants(text):
    """Line, and text of the whole module, of every mutant."""
    tree = ast.parse(text)
    for place in range(len(list(ast.walk(tree)))):
        mutant = copy.deepcopy(tree)
        node = list(ast.walk(mutant))[place]
        if changed(node):
            yield node.lineno, ast.unparse(node), ast.unparse(mutant)


def is_killed(folder, tests, timeout):
    """Whether a test fails with the package in this folder."""
    environment = {**os.environ, "PYTHONPATH": folder, "OMP_NUM_THREADS": "1"}
    # -P: or the package of the working directory comes first.
    command = [
        sys.executable,
        "-P",
        "-m",
        "pytest",
        "-x",
        "-q",
        "-p",
        "no:cacheprovider",
    ]
    try:
        done = subprocess.run(
            [*command, "-m", "not slow", *tests],
            cwd=ROOT,
            env=environment | {"CI": "true"},
            capture_output=True,
            timeout=timeout,
        )
    except subprocess.TimeoutExpired:
        return True
    return done.returncode != 0


def survivors(module, tests, given):
    """Number of mutants of a module, and those that its tests did not notice."""
    chosen = list(mutants((ROOT / module).read_text("utf-8")))
    if given.most < len(chosen):
        chosen = random.Random(given.seed).sample(chosen, given.most)
    alive = []
    with TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "skmia", Path(folder) / "skmia")
        if is_killed(folder, tests, given.timeout):
            sys.exit(f"the tests of {module} fail without a mutant")
        for line, what, mutant in sorted(chosen):
            (Path(folder) / module).write_text(mutant, "utf-8")
            if not is_killed(folder, tests, given.timeout):
                alive.append(f"{module}:{line}: survived: {what}")
                print(alive[-1], flush=True)
    return len(chosen), alive


def main():
    """Run what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("module", nargs="?", help="without it, those of the core")
    parser.add_argument("tests", nargs="*")
    parser.add_argument("--most", type=int, default=6, help="mutants of a module")
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--timeout", type=float, default=600)
    given = parser.parse_args()
    if given.module and not given.tests:
        parser.error(f"name the tests that are to notice mutants of {given.module}")
    n_mutants = n_alive = 0
    for module, tests in (
        {given.module: given.tests} if given.module else CORE
    ).items():
        n, alive = survivors(module, tests, given)
        n_mutants, n_alive = n_mutants + n, n_alive + len(alive)
    print(f"{n_mutants - n_alive} of {n_mutants} mutants killed")


if __name__ == "__main__":
    main()
