"""The recipe of Table 4 of Truex et al., on their Table 3."""

import numpy as np
import pandas as pd
import pytest

from skmia.metrics import role_spread

MODELS = ["tree", "knn", "lr", "nb"]
# CIFAR-10, percent. Rows: attack, within it target; columns: generator.
TABLE_3 = """
90.44 85.64 60.48 65.78
54.92 69.32 55.01 51.38
53.84 61.06 61.10 50.02
50.46 50.58 49.98 50.20
89.96 81.55 89.07 61.10
55.33 68.32 62.45 50.89
51.34 59.58 64.78 50.09
50.12 50.61 50.46 50.11
90.37 90.11 88.81 66.98
51.72 69.90 65.29 55.64
50.01 64.34 67.40 54.49
50.54 50.63 50.60 50.29
90.42 89.86 90.52 63.71
50.33 68.31 57.65 53.08
50.00 64.22 67.63 53.54
50.58 50.44 50.58 50.01
"""


@pytest.fixture
def cifar10():
    cells = pd.MultiIndex.from_product(
        [MODELS] * 3, names=["attack", "target", "generator"]
    )
    accuracy = np.array(TABLE_3.split(), dtype=float) / 100
    return pd.DataFrame({"accuracy": accuracy}, index=cells).reset_index()


def test_their_table_4(cifar10):
    spread = role_spread(cifar10)
    assert spread.index.tolist() == ["target", "generator", "attack"]
    assert spread.round(4).tolist() == [0.0643, 0.1233, 0.1366]


def test_order_repeats_names_and_offset_change_nothing(cifar10):
    expected = role_spread(cifar10)
    shuffled = cifar10.sample(frac=1, random_state=0)
    up, down = (shuffled.assign(accuracy=shuffled["accuracy"] + d) for d in (0.1, -0.1))
    for table in (shuffled, up, pd.concat([up, down])):
        pd.testing.assert_series_equal(role_spread(table), expected)
    other = cifar10.rename(columns={"accuracy": "auc"})
    assert role_spread(other, "auc").name == "auc"


def test_one_model_decides_nothing(cifar10):
    one = cifar10[cifar10["attack"] == "lr"]
    spread = role_spread(one)
    assert spread["attack"] == pytest.approx(one["accuracy"].std(ddof=0))


def test_what_is_missing_is_named(cifar10):
    with pytest.raises(ValueError, match="none called 'auc'"):
        role_spread(cifar10, "auc")
    with pytest.raises(ValueError, match=r"every combination .* Got 63 of 64"):
        role_spread(cifar10[1:])
    with pytest.raises(ValueError, match="must hold numbers"):
        role_spread(cifar10.replace(90.44 / 100, np.nan))
    with pytest.raises(ValueError, match="must hold numbers"):
        role_spread(cifar10[:0])
