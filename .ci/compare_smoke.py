"""Compare what `.ci/smoke_audit.py` wrote in two environments.

    python .ci/compare_smoke.py oldest.json newest.json

Where an attack compares scores or references, what differs is the last digit of an
answer, which swaps the ranks of a few records at most: 0.001 of an AUC, 40 of 40,000
pairs.

Where an attack model is learned, its trees are grown on such answers, and another digit
may grow another tree: two trained attacks of equal worth. So its AUC may differ by one
standard error of an AUC where nothing leaks, of 200 members and 200 others:
((200 + 200 + 1) / (12 * 200 * 200)) ** 0.5 = 0.029. What stands on few ranks, its TPR
at 10 % FPR and its epsilon, is shown and not judged.
"""

import json
import sys
from pathlib import Path

SAME = 0.001
LEARNED = 0.029
# Names of attacks whose model is grown from observations.
LEARNS = (", shadow,", ", staged-loss,")


def tolerance(name):
    """How far apart both values of a number may be; None: that is not judged."""
    if not any(part in name for part in LEARNS):
        return SAME
    return LEARNED if ", auc" in name else None


def main(*files):
    """Print what differs; return how many numbers are too far apart."""
    oldest, newest = (json.loads(Path(file).read_text()) for file in files)
    for package, old in oldest["versions"].items():
        print(f"{package:14}{old:>12}{newest['versions'][package]:>12}")
    oldest, newest = oldest["numbers"], newest["numbers"]
    assert oldest.keys() == newest.keys(), oldest.keys() ^ newest.keys()
    apart = {name: abs(value - newest[name]) for name, value in oldest.items()}
    differ = {name: by for name, by in apart.items() if by > 1e-12}
    print(f"{len(apart)} numbers, {len(apart) - len(differ)} of them equal. Others:")
    wrong = []
    for name in sorted(differ, key=differ.get, reverse=True):
        allowed = tolerance(name)
        bad = allowed is not None and differ[name] > allowed
        wrong += [name] * bad
        note = "TOO FAR" if bad else ("" if allowed else "not judged")
        print(f"{oldest[name]:9.5f}{newest[name]:9.5f}  {name}  {note}")
    return len(wrong)


if __name__ == "__main__":
    sys.exit(1 if main(*sys.argv[1:]) else 0)
