"""Generators with a guarantee, audited by the tables that they publish.

A record is in the data or is not, by a coin, over and over: what the bound of the
package then says of the tables must not be more than epsilon. Broken copies are caught
by the same test.
"""

from fractions import Fraction
from importlib import import_module

import numpy as np
import pytest
from sklearn.base import clone

from skmia.defenses import PrivateGaussianMixture, PrivateHistogram
from skmia.metrics import epsilon_lower_bound
from skmia.targets import Synthesizer

# The noise of these tests has seeds, so that they end the same way each time.
pytestmark = [
    pytest.mark.slow,
    pytest.mark.filterwarnings("ignore::skmia.exceptions.PrivacyLeakWarning"),
]
N_RUNS, N_ROWS = 1000, 3000
# A record at one end, or at the other.
OTHERS = np.tile([[0.4], [0.6]], (20, 1))
ENDS = (0.05, 0.95)
# The noise is narrow beside one record of forty, so that a table shows it.
GENERATORS = {
    "histogram": PrivateHistogram(4, epsilon=2, bounds=(0, 1)),
    "mixture": PrivateGaussianMixture(
        epsilon=4, delta=1e-6, bounds=(0, 1), min_scale=0.01
    ),
}
NOISE = {
    "histogram": ("_private_histogram", "discrete_laplace", lambda rate, f: rate * f),
    "mixture": (
        "_moment_noise",
        "discrete_gaussian",
        lambda v, f: v / Fraction(f) ** 2,
    ),
}


def at_the_ends(table):
    """How much farther up the table is than down."""
    upper, lower = (table > 0.75).mean(), (table < 0.25).mean()
    return upper - lower


def bound(name, score):
    """Lower bound of epsilon from the tables of many runs."""
    generator = clone(GENERATORS[name])
    member = np.random.RandomState(0).randint(2, size=N_RUNS)
    scores = []
    for run, is_member in enumerate(member):
        X = np.vstack([OTHERS, [[ENDS[is_member]]]])
        generator.set_params(random_state=run)
        made = Synthesizer(generator, n_samples=N_ROWS, random_state=run).fit(X)
        scores.append(score(made.synthetic_))
    delta = generator.get_params().get("delta", 0.0)
    return epsilon_lower_bound(
        member, scores, design="coin", delta=delta, random_state=0
    )


SCORE = {"histogram": at_the_ends, "mixture": np.mean}


@pytest.mark.parametrize("name", GENERATORS)
def test_tables_stay_below_the_bound(name):
    found = bound(name, SCORE[name])
    # It sees something, or it could not fail.
    assert 0.2 < found <= GENERATORS[name].epsilon


@pytest.mark.parametrize(
    ("name", "factor"),
    # Of a thousand tables with Gaussian noise half of it is too much to be sure.
    [("histogram", 2), ("histogram", 1000), ("mixture", 10), ("mixture", 1000)],
)
def test_too_little_noise_is_caught(name, factor, monkeypatch):
    """Noise for half the sensitivity, or a tenth; and next to none."""
    module, draw, weaker = NOISE[name]
    module = import_module(f"skmia.defenses.private.{module}")
    original = getattr(module, draw)
    monkeypatch.setattr(
        module,
        draw,
        lambda stream, wide, size: original(stream, weaker(wide, factor), size),
    )
    assert bound(name, SCORE[name]) > GENERATORS[name].epsilon
