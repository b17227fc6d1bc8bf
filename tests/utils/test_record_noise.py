import numpy as np
import pandas as pd
import pytest
from scipy import sparse, stats

from skmia.utils._record_noise import draw_secret, record_bytes, record_uniforms

NUMBERS = np.array([[1.5, 0.0], [np.nan, -3.0], [0.0, 2.0]])


@pytest.mark.parametrize(
    "container",
    [
        np.ndarray.tolist,
        pd.DataFrame,
        sparse.csr_array,
        sparse.coo_matrix,
        np.asfortranarray,
        lambda X: X.astype(np.float32),
    ],
)
def test_the_container_does_not_count(container):
    assert record_bytes(container(NUMBERS)) == record_bytes(NUMBERS)


def test_what_is_the_same_record():
    first, second, third = record_bytes([[0.0, 1.0], [-0.0, 1 + 1e-12], [0.0, 1.001]])
    assert first == second
    assert first != third


def test_words_count_by_content_in_any_batch():
    frame = pd.DataFrame({"town": ["a", "b", "a"], "size": [1.0, 1.0, 2.0]})
    whole = record_bytes(frame)
    assert len(set(whole)) == 3
    assert record_bytes(frame.iloc[[2, 0]]) == [whole[2], whole[0]]
    assert record_bytes(frame.astype({"town": "category"})) == whole
    assert len(set(record_bytes(["some text", "other", "other"]))) == 2


def test_uniforms_are_uniform_and_secret(global_random_seed):
    X = np.arange(2000.0)[:, None]
    secret, other = (draw_secret(global_random_seed + i) for i in (0, 1))
    uniforms = record_uniforms(X, 3, secret)
    assert uniforms.shape == (2000, 3)
    # A true null passes at 1e-4 in all but one seed of 10,000.
    assert stats.kstest(uniforms.ravel(), "uniform").pvalue > 1e-4
    assert stats.pearsonr(uniforms[:, 0], uniforms[:, 1]).pvalue > 1e-4
    assert not np.isin(record_uniforms(X, 3, other), uniforms).any()
    np.testing.assert_array_equal(record_uniforms(X[[7]], 3, secret), uniforms[[7]])


def test_a_seed_gives_one_secret(global_random_seed):
    assert draw_secret(global_random_seed) == draw_secret(global_random_seed)
    assert len(draw_secret(global_random_seed)) == 32


def test_without_a_seed_the_secret_is_the_systems():
    """The fixture that watches numpy's global generator sees no draw."""
    assert draw_secret(None) != draw_secret(None)
