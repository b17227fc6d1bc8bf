"""Small made data: images with label maps, and ratings of users with a taste."""

import numpy as np


def images(n, seed=0, size=6):
    """Images of noise on one of two grounds, with maps that noise decides in part."""
    rng = np.random.RandomState(seed)
    maps = rng.randint(2, size=(n, size, size))
    light = rng.normal(size=maps.shape) + maps
    return np.stack([light, maps], axis=-1)


def ratings(n, seed=0, n_items=200):
    """What users with some of eight tastes have rated: 6 items or more, each by one."""
    rng = np.random.RandomState(seed)
    taste, items = rng.gamma(0.3, size=(3 * n, 8)), rng.gamma(0.3, size=(8, n_items))
    liked = taste @ (items * rng.gamma(0.5, size=n_items))
    share = np.clip(0.15 * liked / liked.mean(), 0, 0.9)
    rated = rng.binomial(1, share)
    rated = rated[rated.sum(axis=1) > 5][:n]
    rated[np.arange(n_items) % n, np.arange(n_items)] = 1
    return rated
