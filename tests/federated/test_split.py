"""How records are dealt to parties whose classes are not alike."""

import numpy as np
import pytest
from numpy.testing import assert_array_equal

from skmia.federated import dirichlet_split

Y = np.repeat([0, 1, 2], [400, 300, 300])


@pytest.mark.parametrize("alpha", [0.1, 1.0, 100.0])
def test_shares_of_classes_are_those_of_the_law(alpha):
    n_parties = 5
    shares = []
    for seed in range(200):
        owner = dirichlet_split(Y, n_parties, alpha, random_state=seed)
        counts = np.bincount(owner[:400], minlength=n_parties)
        assert counts.sum() == 400
        shares.append(counts / 400)
    variance = (1 / 5) * (4 / 5) / (5 * alpha + 1)
    # Rounding to whole records adds 1 / (12 * 400**2). 1000 values, not independent and
    # of heavy tails: within a quarter of the variance.
    assert np.var(shares) == pytest.approx(variance + 1 / (12 * 400**2), rel=0.25)


def test_repeats_and_all_to_one():
    first, again = (dirichlet_split(Y, 3, 0.5, random_state=1) for _ in range(2))
    assert_array_equal(first, again)
    assert_array_equal(dirichlet_split(Y, 1, 0.5, random_state=0), 0)
    with pytest.raises(ValueError, match="alpha"):
        dirichlet_split(Y, 3, 0)
