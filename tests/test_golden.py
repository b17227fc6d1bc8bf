"""Numbers of four attacks, pinned: a change of the architecture moves none of them.

The whole of it is benchmarks/golden.py, whose dump holds for one machine. Here are sums
over the records, from trees on whole numbers: the rounding of another machine is
that of logarithms, far below the tolerance.
"""

import numpy as np
import pytest
from sklearn.datasets import load_digits
from sklearn.tree import DecisionTreeClassifier

from skmia import MembershipGame, audit

TREE = DecisionTreeClassifier(min_samples_leaf=3, random_state=0)
# Sum of the scores, of the scores of members, and number of those called members.
AUDITED = {
    "gap": [316.0, 186.0, 316],
    "loss-threshold": [-3852.547055374391, -26.523042931451677, 314],
    "truex-posterior": [212.3185573651018, 104.61741378440291, 177],
    # Beside trees that answer for both sides of every record.
    "lira-online": [-247.6800560193274, 130.00844230806658, 306],
}
PLAYED = {
    "loss-threshold": [-1378.467041346264, 137.41259723503813, 176],
    "truex-posterior": [111.49302771648397, 54.85855728926474, 100],
    "rmia-offline": [-44.52694283091848, -16.168694319376097, 115],
}


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    return X[:400:2], y[:400:2], X[1:400:2], y[1:400:2]


def sums(member, score, predicted):
    return [float(np.sum(score)), float(np.sum(score[member == 1])), predicted.sum()]


def test_audit(digits):
    model = TREE.fit(*digits[:2])
    report = audit(model, *digits, attacks=list(AUDITED), n_shadows=4, random_state=3)
    for result in report.results:
        found = sums(report.member, result.score, result.predicted)
        assert found == pytest.approx(AUDITED[result.name], rel=1e-6), result.name


@pytest.mark.parametrize("name", PLAYED)
def test_game(digits, name):
    game = MembershipGame(TREE, attack=name, n_shadows=4, random_state=3)
    outcome = game.fit(*digits[:2]).play(*digits[2:])
    found = sums(outcome.member, outcome.score, outcome.predicted)
    assert found == pytest.approx(PLAYED[name], rel=1e-6)
