"""Break a module in small ways, one at a time, and see whether its tests notice.

    nice -n 19 python .ci/mutate.py skmia/attacks/_run.py tests/attacks/test_run.py

prints the mutants that survived and the share that was killed. `--most 20` draws so
many of them (`--seed`). Mutants live in a copy of the package; the tree is left alone.
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


def main():
    """Run what the command line says."""
    parser = argparse.ArgumentParser(description=__doc__.partition("\n")[0])
    parser.add_argument("module", type=Path)
    parser.add_argument("tests", nargs="+")
    parser.add_argument("--most", type=int)
    parser.add_argument("--seed", type=int, default=0)
    parser.add_argument("--timeout", type=float, default=600)
    given = parser.parse_args()
    text = (ROOT / given.module).read_text("utf-8")
    chosen = list(mutants(text))
    if given.most is not None and given.most < len(chosen):
        chosen = random.Random(given.seed).sample(chosen, given.most)
    with TemporaryDirectory() as folder:
        shutil.copytree(ROOT / "skmia", Path(folder) / "skmia")
        broken = Path(folder) / given.module
        if is_killed(folder, given.tests, given.timeout):
            sys.exit("the tests fail without a mutant")
        n_killed = 0
        for line, what, mutant in sorted(chosen):
            broken.write_text(mutant, "utf-8")
            killed = is_killed(folder, given.tests, given.timeout)
            n_killed += killed
            if not killed:
                print(f"{given.module}:{line}: survived: {what}", flush=True)
    print(f"{n_killed} of {len(chosen)} mutants killed")


if __name__ == "__main__":
    main()
