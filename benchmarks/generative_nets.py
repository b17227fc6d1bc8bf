"""Small generative networks, targets of bench_synthetic_defenses.py and of tests.

A record is a row of numbers of about the size 1.
"""

import numpy as np
import torch
from sklearn.base import BaseEstimator
from torch import nn
from torch.nn.functional import binary_cross_entropy_with_logits
from torch.nn.utils.parametrizations import weight_norm

from skmia.utils._sampled_gaussian import sampled_gaussian_epsilon
from skmia.utils._secret_stream import SecretStream, secret_key

_ADAM = {"lr": 1e-3, "betas": (0.5, 0.999)}


def _tensor(X):
    return torch.as_tensor(np.asarray(X), dtype=torch.float32)


class _Net(BaseEstimator):
    """What codes and rows have in common; torch's own generator is left alone."""

    def _layers(self, n_in, n_out, dropout=0.0, normalised=False):
        def linear(*sizes):
            layer = nn.Linear(*sizes)
            nn.init.uniform_(layer.weight, -1, 1, generator=self._generator)
            with torch.no_grad():
                layer.weight /= sizes[0] ** 0.5
                layer.bias.zero_()
            return weight_norm(layer) if normalised else layer

        hidden = [linear(n_in, self.width), nn.LeakyReLU(0.2)]
        hidden += [_Dropout(dropout, self._generator)] if dropout else []
        hidden += [linear(self.width, self.width), nn.LeakyReLU(0.2)]
        hidden += [_Dropout(dropout, self._generator)] if dropout else []
        return nn.Sequential(*hidden, linear(self.width, n_out))

    def _begin(self, X):
        self._generator = torch.Generator().manual_seed(self.random_state or 0)
        self.n_latent_ = self.n_latent
        return _tensor(X)

    def _normals(self, *shape):
        return torch.randn(*shape, generator=self._generator)

    def _batches(self, X):
        for _ in range(self.epochs):
            order = torch.randperm(len(X), generator=self._generator)
            yield from X[order].split(self.batch_size)

    def decode(self, Z):
        with torch.no_grad():
            return self.decoder_.eval()(_tensor(Z)).numpy().astype(float)

    def sample(self, n_samples, random_state=0):
        rng = np.random.RandomState(random_state)
        return self.decode(rng.standard_normal((n_samples, self.n_latent)))


class _Dropout(nn.Module):
    """Drops units by draws of the fit's own."""

    def __init__(self, rate, generator):
        super().__init__()
        self.rate, self._draws = rate, generator

    def __deepcopy__(self, memo):
        return _Dropout(self.rate, self._draws)

    def forward(self, X):
        if not self.training:
            return X
        kept = torch.rand(X.shape, generator=self._draws) >= self.rate
        return X * kept / (1 - self.rate)


class VAE(_Net):
    """A variational autoencoder: a normal code of each record, and its decoder."""

    def __init__(
        self, n_latent=4, width=64, epochs=400, beta=0.01, batch_size=32, random_state=0
    ):
        self.n_latent = n_latent
        self.width = width
        self.epochs = epochs
        self.beta = beta
        self.batch_size = batch_size
        self.random_state = random_state

    def fit(self, X, y=None):
        X = self._begin(X)
        self.encoder_ = self._layers(X.shape[1], 2 * self.n_latent)
        self.decoder_ = self._layers(self.n_latent, X.shape[1])
        parts = [*self.encoder_.parameters(), *self.decoder_.parameters()]
        optimizer = torch.optim.Adam(parts, lr=2e-3)
        for batch in self._batches(X):
            mean, log_var = self.encoder_(batch).chunk(2, dim=1)
            noise = self._normals(*mean.shape)
            rebuilt = self.decoder_(mean + (log_var / 2).exp() * noise)
            divergence = (mean**2 + log_var.exp() - log_var - 1).sum() / 2
            loss = ((rebuilt - batch) ** 2).sum() + self.beta * divergence
            optimizer.zero_grad()
            (loss / len(batch)).backward()
            optimizer.step()
        return self

    def transform(self, X):
        with torch.no_grad():
            return self.encoder_(_tensor(X))[:, : self.n_latent].numpy().astype(float)

    def inverse_transform(self, Z):
        return self.decode(Z)


class GAN(_Net):
    """A generative adversarial network, whose discriminator is kept.

    Hayes et al. defend it by `dropout` and `normalised` weights of the discriminator;
    with a `noise_multiplier` the discriminator is trained by DP-SGD (the package's
    steps, on Opacus' gradients): real rows are drawn by coins, those of the generator
    cost nothing.
    """

    def __init__(
        self,
        n_latent=4,
        width=64,
        epochs=200,
        batch_size=32,
        dropout=0.0,
        normalised=False,
        noise_multiplier=None,
        random_state=0,
    ):
        self.n_latent = n_latent
        self.width = width
        self.epochs = epochs
        self.batch_size = batch_size
        self.dropout = dropout
        self.normalised = normalised
        self.noise_multiplier = noise_multiplier
        self.random_state = random_state

    def fit(self, X, y=None):
        X = self._begin(X)
        self.decoder_ = self._layers(self.n_latent, X.shape[1])
        self.discriminator_ = self._layers(X.shape[1], 1, self.dropout, self.normalised)
        makes = torch.optim.Adam(self.decoder_.parameters(), **_ADAM)
        judges = self._judge_optimizer(X)
        for real in self._batches(X):
            made = self.decoder_(self._normals(self.batch_size, self.n_latent))
            self._judge_better(judges, real, made.detach())
            loss = self._losses(made, 1.0).mean()
            makes.zero_grad()
            loss.backward()
            makes.step()
        if self.noise_multiplier:
            self.discriminator_ = judges.forget()
        self.discriminator_.eval()
        return self

    def _judge_optimizer(self, X):
        inner = torch.optim.Adam(self.discriminator_.parameters(), **_ADAM)
        if not self.noise_multiplier:
            return inner
        from skmia.neural._private_steps import PrivateSteps

        self._stream = SecretStream(secret_key(self.random_state), b"gan")
        rate = min(self.batch_size / len(X), 1)
        n_steps = self.epochs * -(-len(X) // self.batch_size)
        self.epsilon_ = sampled_gaussian_epsilon(
            "rdp", self.noise_multiplier, rate, n_steps, 1e-3
        )
        return PrivateSteps(
            self.discriminator_,
            inner,
            self._stream,
            noise_multiplier=self.noise_multiplier,
            max_grad_norm=1.0,
            expected_batch_size=2 * self.batch_size,
        )

    def _batches(self, X):
        if not self.noise_multiplier:
            yield from super()._batches(X)
            return
        for _ in range(self.epochs * -(-len(X) // self.batch_size)):
            coins = self._stream.happens(min(self.batch_size / len(X), 1), len(X))
            yield X[torch.from_numpy(coins)]

    def _losses(self, rows, label):
        said = self.discriminator_(rows)
        truth = torch.full_like(said, label)
        return binary_cross_entropy_with_logits(said, truth, reduction="none")

    def _judge_better(self, optimizer, real, made):
        optimizer.zero_grad()
        rows = torch.cat([real, made])
        # The layers have gradients of each row then, and say nothing of it.
        rows.requires_grad_(bool(self.noise_multiplier))
        truth = torch.ones(len(rows), 1)
        truth[len(real) :] = 0
        said = self.discriminator_(rows)
        binary_cross_entropy_with_logits(said, truth).backward()
        if self.noise_multiplier:
            optimizer.expect(len(rows))
        optimizer.step()

    def discriminate(self, X):
        with torch.no_grad():
            return self.discriminator_(_tensor(X)).numpy().ravel().astype(float)
