"""Made texts and images, and embeddings of them that are attacked."""

import numpy as np
import pandas as pd
from scipy import sparse
from scipy.sparse.linalg import svds
from sklearn.base import BaseEstimator, TransformerMixin
from sklearn.decomposition import TruncatedSVD
from sklearn.feature_extraction.text import TfidfVectorizer
from sklearn.utils import check_random_state

N_WORDS, N_TOPICS, WINDOW = 400, 12, 5


def windows(n, seed, skew=1.0):
    """Windows of five words, each of one topic; words are the rarer, the later.

    Parameters
    ----------
    n : int
    seed : int
    skew : float, default=1.0
        Exponent of Zipf's law: less of it, more rare words.
    """
    rng = np.random.RandomState(seed)
    topics = np.random.RandomState(0).dirichlet(np.full(N_WORDS, 0.3), size=N_TOPICS)
    topics *= np.arange(1, N_WORDS + 1) ** -skew
    topics /= topics.sum(axis=1, keepdims=True)
    rows = [
        rng.choice(N_WORDS, WINDOW, p=topics[topic])
        for topic in rng.randint(N_TOPICS, size=n)
    ]
    return np.char.add("w", np.array(rows).astype(str))


def sentence_pairs(n, seed):
    """Two sentences of five words on one topic, one after the other."""
    rng = np.random.RandomState(seed)
    topics = np.random.RandomState(0).dirichlet(np.full(N_WORDS, 0.3), size=N_TOPICS)
    return np.array(
        [
            [
                " ".join(f"w{word}" for word in rng.choice(N_WORDS, WINDOW, p=words))
                for _ in range(2)
            ]
            for words in topics[rng.randint(N_TOPICS, size=n)]
        ],
        dtype=object,
    )


class WordVectors(TransformerMixin, BaseEstimator):
    """Vectors of words: SVD of the positive mutual information within windows.

    Levy and Goldberg 2014. A word that was not trained on has a vector of zeros.
    """

    def __init__(self, n_components=50):
        self.n_components = n_components

    def fit(self, X, y=None):
        """Learn from windows of words."""
        self.words_, code = np.unique(X, return_inverse=True)
        code = np.reshape(code, np.shape(X))
        n, size = len(self.words_), code.shape[1]
        pairs = [(a, b) for a in range(size) for b in range(size) if a != b]
        one, other = (
            np.concatenate([code[:, p[side]] for p in pairs]) for side in (0, 1)
        )
        counts = sparse.coo_array((np.ones(len(one)), (one, other)), shape=(n, n))
        counts = counts.tocsr().tocoo()
        total = counts.sum()
        often = counts.sum(axis=1)
        told = np.log(counts.data * total / (often[counts.row] * often[counts.col]))
        positive = sparse.csr_array(
            (np.maximum(told, 0), (counts.row, counts.col)), shape=(n, n)
        )
        left, values, _ = svds(positive, self.n_components, v0=np.ones(n))
        self.vectors_ = left * np.sqrt(values)
        return self

    def transform(self, X):
        """Vectors of words."""
        place = pd.Index(self.words_).get_indexer(np.asarray(X))
        known = self.vectors_[np.maximum(place, 0)]
        return np.where(place[:, None] < 0, 0, known)


class SentenceVectors(TransformerMixin, BaseEstimator):
    """Vectors of sentences: latent semantic analysis of what stands together."""

    def __init__(self, n_components=100, random_state=None):
        self.n_components = n_components
        self.random_state = random_state

    def fit(self, X, y=None):
        """Learn from pairs of sentences, each pair a document."""
        self.counts_ = TfidfVectorizer()
        documents = self.counts_.fit_transform([" ".join(pair) for pair in X])
        self.svd_ = TruncatedSVD(self.n_components, random_state=self.random_state)
        self.svd_.fit(documents)
        return self

    def transform(self, X):
        """Vectors of sentences."""
        return self.svd_.transform(self.counts_.transform(X))


def noisy(X, random_state):
    """Views of images: noise."""
    return X + 2 * random_state.normal(size=np.shape(X))


class ContrastiveNet(TransformerMixin, BaseEstimator):
    """A small network that makes two views of an image alike, and others not (SimCLR).

    Parameters
    ----------
    n_components : int, default=32
    max_epochs : int, default=100
    temperature : float, default=0.2
    random_state : int, RandomState instance or None, default=None
    """

    def __init__(
        self, n_components=32, *, max_epochs=100, temperature=0.2, random_state=None
    ):
        self.n_components = n_components
        self.max_epochs = max_epochs
        self.temperature = temperature
        self.random_state = random_state

    def fit(self, X, y=None):
        """Train, all images a batch."""
        import torch
        from torch.nn.functional import cross_entropy, normalize

        rng = check_random_state(self.random_state)
        with torch.random.fork_rng(devices=[]):
            torch.manual_seed(rng.randint(2**31 - 1))
            self.net_ = torch.nn.Sequential(
                torch.nn.Linear(X.shape[1], 128),
                torch.nn.ReLU(),
                torch.nn.Linear(128, self.n_components),
            )
        optimizer = torch.optim.Adam(self.net_.parameters(), lr=0.01)
        own = torch.arange(len(X))
        for _ in range(self.max_epochs):
            one, other = (
                normalize(self.net_(torch.tensor(noisy(X, rng), dtype=torch.float32)))
                for _ in range(2)
            )
            optimizer.zero_grad()
            cross_entropy(one @ other.T / self.temperature, own).backward()
            optimizer.step()
        return self

    def transform(self, X):
        """Vectors of images."""
        import torch

        with torch.no_grad():
            return self.net_(torch.tensor(X, dtype=torch.float32)).double().numpy()
