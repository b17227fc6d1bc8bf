"""Any module in the loop: the user's own, skorch nets, images, tokens, weights."""

import copy
import pickle
from functools import partial

import numpy as np
import pandas as pd
import pytest
import torch
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.base import clone
from sklearn.datasets import load_digits, load_iris
from sklearn.model_selection import GridSearchCV
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.utils.parallel import Parallel, delayed
from sklearn_checks import parametrize_with_checks
from skorch import NeuralNetBinaryClassifier, NeuralNetClassifier
from skorch.callbacks import Callback, EarlyStopping, EpochScoring, LRScheduler
from torch import nn

from skmia import MembershipGame, ShadowModels
from skmia.defenses import DistilledClassifier, EarlyStoppedClassifier, SelenaClassifier
from skmia.neural import MLPNet, NetClassifier
from skmia.neural.objectives import (
    IRM,
    SGLD,
    AdversarialRegularization,
    AdversarialTraining,
    ConfidencePenalty,
    CrossEntropy,
    Mixup,
    MixupMMD,
    Objective,
    Pruning,
    Quantization,
    RelaxLoss,
)

SHORT = {"max_epochs": 3, "random_state": 0}
# With smaller steps float32 logits stay small: a batch is rounded as its parts are.
CHECKED = {"max_epochs": 15, "batch_size": 64, "learning_rate": 0.02, "random_state": 0}


class Tabular(nn.Module):
    """A module that asks for its sizes, and draws when it is made and trained."""

    def __init__(self, n_features, n_outputs, n_hidden=16, p=0.1):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Linear(n_features, n_hidden),
            nn.ReLU(),
            nn.Dropout(p),
            nn.Linear(n_hidden, n_outputs),
        )

    def forward(self, x):
        return self.layers(x)


class Conv(nn.Module):
    def __init__(self, n_channels=4, softmax=False):
        super().__init__()
        self.layers = nn.Sequential(
            nn.Conv2d(1, n_channels, 3),
            nn.ReLU(),
            nn.Flatten(),
            nn.Dropout(0.2),
            nn.Linear(36 * n_channels, 10),
        )
        self.softmax = softmax

    def forward(self, x):
        logits = self.layers(x)
        return logits.softmax(dim=1) if self.softmax else logits


def skorch_net(**settings):
    usual = {
        "criterion": nn.CrossEntropyLoss,
        "lr": 0.3,
        "max_epochs": 5,
        "batch_size": 32,
        "iterator_train__shuffle": True,
        "verbose": 0,
    }
    return NeuralNetClassifier(Conv, **usual | settings)


@parametrize_with_checks(
    [
        NetClassifier(Tabular, **CHECKED),
        NetClassifier(
            module_params={"dropout": 0.2, "input_dropout": 0.1, "weight_norm": True},
            objective=[Mixup(0.2), ConfidencePenalty(0.01)],
            **CHECKED,
        ),
        *(
            NetClassifier(objective=objective, **CHECKED)
            for objective in (
                MixupMMD(warmup_epochs=1),
                RelaxLoss(0.1),
                AdversarialTraining(0.1, steps=2),
                # On the few records of the checks the noise of temperature 1 makes
                # weights whose float32 logits differ with the size of the batch.
                SGLD(0.01),
                Pruning(fine_tune_epochs=2),
                Quantization(),
            )
        ),
    ]
)
def test_sklearn_checks(estimator, check):
    check(estimator)


@pytest.fixture(scope="module")
def digits():
    X, y = load_digits(return_X_y=True)
    labels = np.array([f"digit {i}" for i in range(10)])
    return X[:400].reshape(-1, 1, 8, 8) / 16, labels[y[:400]]


@pytest.fixture(scope="module")
def iris():
    return load_iris(return_X_y=True)


# Modules


@pytest.mark.parametrize(
    "module", [Conv, lambda n_channels: Conv(n_channels)], ids=["class", "function"]
)
def test_images_with_a_module_of_ones_own(module, digits):
    X, y = digits
    model = NetClassifier(
        module,
        module_params={"n_channels": 8},
        max_epochs=30,
        learning_rate=3e-3,
        random_state=0,
    )
    assert model.fit(X[:300], y[:300]).score(X[300:], y[300:]) > 0.8
    assert model.network_.layers[0].out_channels == 8
    assert_allclose(model.predict_proba(X).sum(axis=1), 1, rtol=1e-12)


def test_tokens_stay_whole_numbers():
    tokens = np.random.RandomState(0).randint(50, size=(200, 12))
    y = np.where(tokens[:, 0] > 25, "high", "low")

    class Words(nn.Module):
        def __init__(self, n_outputs):
            super().__init__()
            self.words = nn.Embedding(50, 8)
            self.last = nn.Linear(8, n_outputs)

        def forward(self, x):
            return self.last(self.words(x)[:, 0])

    model = NetClassifier(Words, max_epochs=60, learning_rate=0.01, random_state=0)
    assert model.fit(tokens, y).score(tokens, y) == 1


def test_texts_with_a_collate_function_of_ones_own():
    texts = ["yes please", "no", "yes", "no thanks", "please yes", "thanks no"] * 10
    y = [text.count("yes") for text in texts]
    words = ["yes", "no", "please", "thanks"]

    def collate(items):
        texts, labels = zip(*items, strict=True)
        counts = [[text.split().count(word) for word in words] for text in texts]
        return torch.tensor(counts).float(), torch.tensor(labels)

    net = NeuralNetClassifier(
        partial(nn.Linear, 4, 2),
        criterion=nn.CrossEntropyLoss,
        dataset=Texts,
        iterator_train__collate_fn=collate,
        iterator_valid__collate_fn=collate,
        train_split=None,
        lr=1.0,
        verbose=0,
    )
    for objective in (None, ConfidencePenalty(0.01)):
        model = NetClassifier(net, objective=objective, random_state=0)
        assert model.fit(texts, y).score(texts, y) == 1
    weighted = model.fit(texts, y, sample_weight=np.arange(60) + 1)
    assert weighted.score(texts, y) == 1


class Texts(torch.utils.data.Dataset):
    def __init__(self, X, y=None):
        self.X = X
        self.y = [0] * len(X) if y is None else y

    def __len__(self):
        return len(self.X)

    def __getitem__(self, place):
        return self.X[place], self.y[place]


@pytest.mark.parametrize(
    ("settings", "message"),
    [
        ({"module": Conv()}, "must be a class, .* there already, Conv"),
        ({"module": lambda: 3}, "must make a torch.nn.Module. Got 3"),
        ({"module_params": {"units": 3}}, "must hold what its perceptron takes"),
        ({"module_params": {"hidden_units": (0,)}}, "'hidden_units' parameter of Net"),
        ({"module_params": {"hidden_units": 32}}, "sequence of ints >= 1. Got 32"),
        ({"module_params": {"activation": "gelu"}}, "'activation' parameter of Net"),
        ({"module_params": {"dropout": 1.0}}, r"'dropout' parameter .*\[0.0, 1.0\)"),
        ({"module": skorch_net(), "callbacks": []}, "pass them to the net"),
        ({"module": Tabular, "module_params": {"n_outputs": 5}}, "one logit per class"),
    ],
)
def test_modules_that_are_refused(settings, message, iris):
    with pytest.raises((TypeError, ValueError), match=message):
        NetClassifier(**settings, **SHORT).fit(*iris)


@pytest.mark.parametrize("call", ["fit", "partial_fit"])
def test_a_training_that_diverges_is_an_error(call, iris):
    X, y = iris
    model = NetClassifier(optimizer="sgd", **SHORT).fit(X, y)
    answers = model.predict_proba(X)
    classes = [np.unique(y)] if call == "partial_fit" else []
    # After a step weights are as large as records are: a product is beyond float32.
    with pytest.raises(ValueError, match=r"diverged.* Scale the features, or"):
        getattr(clone(model), call)(X * 1e30, y, *classes)
    with pytest.raises(ValueError, match="NetClassifier diverged"):
        model.fit(X * 1e30, y)
    assert_array_equal(model.predict_proba(X), answers)


def test_values_beyond_float32_are_refused_without_a_warning(iris):
    X, y = iris
    far = np.where(np.arange(4) == 1, 1e300, X)
    model = NetClassifier(Tabular, **SHORT)
    for call in (lambda: model.fit(far, y), lambda: model.fit(X, y).predict_proba(far)):
        with pytest.raises(ValueError, match="X contains a value too large for dtype"):
            call()


def test_layers_of_the_users_are_left_as_they_are(iris):
    # Ours are taken out of what regularizes them; a sequence of theirs may have any.
    def theirs(n_features, n_outputs):
        normed = nn.utils.parametrizations.weight_norm(nn.Linear(n_features, 5))
        layers = nn.LeakyReLU(-1.0), nn.LayerNorm(5), nn.Linear(5, n_outputs)
        return nn.Sequential(normed, *layers)

    class Last(Callback):
        def on_train_end(self, net, X, y, **kwargs):
            self.answers_ = net.module_.eval()(X).detach()

    X, y = iris
    model = NetClassifier(theirs, callbacks=[("last", Last())], **SHORT).fit(X, y)
    answers = dict(model.callbacks_)["last"].answers_.softmax(dim=1)
    assert_allclose(model.predict_proba(X), answers, atol=1e-6)


def test_units_are_left_out_in_training_only(iris):
    X, y = iris
    params = {"dropout": 0.5, "input_dropout": 0.2}
    model = NetClassifier(module_params=params, **SHORT).fit(X, y)
    assert_array_equal(model.predict_proba(X), model.predict_proba(X))
    assert [type(layer) for layer in model.network_] == [nn.Linear, nn.ReLU, nn.Linear]
    off = {"dropout": 0.0, "input_dropout": 0.0, "weight_norm": False}
    plain = NetClassifier(**SHORT).fit(X, y).predict_proba(X)
    without = NetClassifier(module_params=off, **SHORT).fit(X, y)
    assert_array_equal(without.predict_proba(X), plain)
    assert abs(model.predict_proba(X) - plain).max() > 1e-4


def test_lengths_of_the_weights_are_learned_apart(iris):
    class Watched(Objective):
        def _after_step(self, run):
            for layer in run.network[::2]:
                length = layer.parametrizations.weight.original0.abs()
                assert_allclose(
                    layer.weight.detach().norm(dim=1, keepdim=True),
                    length.detach(),
                    rtol=1e-5,
                )

    params = {"weight_norm": True}
    NetClassifier(objective=Watched(), module_params=params, **SHORT).fit(*iris)


# skorch nets


def test_net_of_ones_own_keeps_its_settings(digits):
    X, y = digits
    model = NetClassifier(skorch_net(), random_state=0).fit(X, y)
    assert len(model.net_.history) == 5
    assert "valid_acc" in model.net_.history[-1]
    assert model.score(X, y) > 0.7
    assert not model.module.initialized_
    names = {"module__lr": [0.1, 0.3], "module__module__n_channels": [2, 4]}
    search = GridSearchCV(model, names, cv=2, error_score="raise").fit(X, y)
    assert set(search.best_params_) == set(names)


@pytest.mark.parametrize("softmax", [False, True])
def test_net_of_logits_or_of_probabilities(softmax, digits):
    X, y = digits
    criterion = nn.NLLLoss if softmax else nn.CrossEntropyLoss
    net = skorch_net(criterion=criterion, module__softmax=softmax, train_split=None)
    models = [
        NetClassifier(net, objective=objective, random_state=0).fit(X, y)
        for objective in (None, CrossEntropy())
    ]
    for model in models:
        assert_allclose(model.predict_proba(X).sum(axis=1), 1, rtol=1e-12)
    # The same steps: of probabilities up to what skorch adds to them, 1.2e-7.
    assert_allclose(*(model.predict_proba(X) for model in models), atol=1e-3)


def test_net_with_one_output():
    X, y = load_iris(return_X_y=True)
    X, y = X[:100], np.array(["a", "b"])[y[:100]]
    net = NeuralNetBinaryClassifier(nn.Linear(4, 1), verbose=0, lr=0.1)
    assert NetClassifier(net, random_state=0).fit(X, y).score(X, y) > 0.9
    net = NetClassifier(net, objective=CrossEntropy(), random_state=0)
    with pytest.raises(ValueError, match=r"one logit per class, 2 here\. Got 1"):
        net.fit(X, y)


def test_objective_in_a_net_of_ones_own(digits):
    X, y = digits
    objective = [Mixup(0.5), ConfidencePenalty(0.1)]
    model = NetClassifier(skorch_net(), objective=objective, random_state=0)
    again = clone(model).fit(X, y).predict_proba(X)
    assert_array_equal(model.fit(X, y).predict_proba(X), again)
    assert type(model.net_) is NeuralNetClassifier
    loaded = pickle.loads(pickle.dumps(model))
    assert_array_equal(loaded.predict_proba(X), again)
    assert model.score(X, y) > 0.6


def test_loss_of_the_net_cannot_be_weighed(iris):
    model = NetClassifier(skorch_net(), random_state=0)
    with pytest.raises(TypeError, match="loss is that of the net; give an 'objective'"):
        model.fit(*iris, sample_weight=np.ones(150))


# Global generators


@pytest.mark.parametrize("module", [Conv, skorch_net()], ids=["module", "net"])
def test_global_generators_are_untouched(module, digits):
    X, y = digits
    state = torch.get_rng_state()
    models = [NetClassifier(module, max_epochs=2, random_state=0) for _ in range(2)]
    first = models[0].fit(X, y).predict_proba(X)
    assert torch.equal(torch.get_rng_state(), state)
    torch.rand(3)
    assert_array_equal(models[1].fit(X, y).predict_proba(X), first)
    other = NetClassifier(module, max_epochs=2, random_state=1)
    assert abs(other.fit(X, y).predict_proba(X) - first).max() > 1e-4


def test_threads_do_not_disturb_each_other(digits):
    X, y = digits
    models = [NetClassifier(Conv, max_epochs=2, random_state=seed) for seed in range(4)]
    alone = [clone(model).fit(X, y).predict_proba(X) for model in models]
    together = Parallel(n_jobs=2, backend="threading")(
        delayed(model.fit)(X, y) for model in models
    )
    for expected, model in zip(alone, together, strict=True):
        assert_array_equal(model.predict_proba(X), expected)


# Weights, environments, soft targets


@pytest.mark.parametrize("net", [None, Conv, skorch_net(train_split=None)])
def test_weights(net, digits):
    X, y = digits
    X = X.reshape(len(X), -1) if net is None else X
    model = NetClassifier(net, objective=CrossEntropy(), **SHORT)
    plain = model.fit(X, y).predict_proba(X)
    sevens = model.fit(X, y, sample_weight=np.full(400, 7)).predict_proba(X)
    assert_array_equal(sevens, plain)
    some = np.arange(400) < 300
    part = model.fit(X[some], y[some]).predict_proba(X)
    assert_array_equal(model.fit(X, y, sample_weight=some).predict_proba(X), part)
    heavy = model.fit(X, y, sample_weight=1 + 99 * (y == "digit 3")).predict_proba(X)
    assert heavy[:, 3].mean() > plain[:, 3].mean()


def test_weights_follow_their_records_through_the_split_of_a_net(digits):
    X, y = digits

    class Watched(CrossEntropy):
        seen = []

        def _loss(self, run, outputs, batch):
            self.seen.append((batch.targets, batch.weights, batch.groups))
            return super()._loss(run, outputs, batch)

    class Environments(IRM):
        def _terms(self, run, outputs, batch):
            return []

    codes = np.unique(y, return_inverse=True)[1]
    objective = [Watched(), Environments()]
    model = NetClassifier(skorch_net(max_epochs=1), objective=objective, random_state=0)
    model.fit(X, y, sample_weight=codes + 1, groups=codes % 3)
    targets, weights, groups = (torch.cat(x) for x in zip(*Watched.seen, strict=True))
    assert 300 <= len(targets) < 400
    assert_allclose(weights, (targets + 1) / (codes + 1).mean(), rtol=1e-6)
    assert torch.equal(groups, targets % 3)


def test_targets_are_learned_in_place_of_labels(iris):
    X, y = iris
    classes = ["c", "a", "b"]
    onehot = np.eye(3)[y]
    model = NetClassifier(max_epochs=30, random_state=0)
    labels = np.array(classes)[y]
    plain = model.fit(X, labels).predict_proba(X)
    soft = model.fit(X, labels, targets=onehot, classes=classes)
    assert soft.classes_.tolist() == ["a", "b", "c"]
    # The same loss, whose gradient is summed in another order.
    assert_allclose(soft.predict_proba(X), plain, atol=1e-4)
    unsure = model.fit(X, labels, targets=np.full((150, 3), 1 / 3), classes=classes)
    # The labels say nothing: only what 30 passes left of the initial weights.
    assert unsure.predict_proba(X).max() < 0.5


@pytest.mark.parametrize(
    ("targets", "classes"),
    [
        (np.ones((150, 3)), [0, 1, 2]),
        (np.full((150, 3), 1 / 3), None),
        (np.full((150, 2), 1 / 2), [0, 1, 2]),
        (np.tile([1.5, -0.5, 0], (150, 1)), [0, 1, 2]),
    ],
)
def test_targets_that_are_none(targets, classes, iris):
    with pytest.raises(ValueError, match="must be probabilities of shape"):
        NetClassifier().fit(*iris, targets=targets, classes=classes)


def test_other_parameters_of_fit(iris):
    with pytest.raises(TypeError, match="no parameter 'epochs': besides X and y it"):
        NetClassifier().fit(*iris, epochs=3)


@pytest.mark.parametrize("piped", [False, True])
def test_students(piped, iris):
    X, y = iris
    student = NetClassifier(
        objective=Mixup(), max_epochs=60, learning_rate=0.01, random_state=0
    )
    student = make_pipeline(StandardScaler(), student) if piped else student
    for defense in (
        DistilledClassifier(student, keep=1.0, random_state=0),
        SelenaClassifier(student, n_models=3, n_out=1, random_state=0),
    ):
        assert (
            defense.fit(X, np.array(["a", "b", "c"])[y]).score(
                X, np.array(["a", "b", "c"])[y]
            )
            > 0.7
        )


# Training on


@pytest.mark.parametrize(
    "settings",
    [
        {},
        {"module": Tabular},
        {"module_params": {"dropout": 0.3, "weight_norm": True}},
        {"objective": RelaxLoss(0.5)},
        {"objective": SGLD(preconditioned=True)},
    ],
)
def test_passes_one_by_one_are_a_fit(settings, iris):
    X, y = iris
    model = NetClassifier(max_epochs=4, random_state=0, **settings)
    whole = clone(model).fit(X, y).predict_proba(X)
    for _ in range(4):
        model.partial_fit(X, y, classes=np.unique(y))
    assert_array_equal(model.predict_proba(X), whole)


@pytest.mark.parametrize("module", [Conv, skorch_net(), None])
def test_training_goes_on_from_what_was_saved(module, digits):
    X, y = digits
    X = X if module else X.reshape(len(X), -1)
    model = NetClassifier(module, learning_rate=1e-9, random_state=0)
    if module is not None and module is not Conv:
        model.set_params(module__lr=1e-9)
    model.partial_fit(X, y, classes=np.unique(y))
    before = model.predict_proba(X)
    loaded = pickle.loads(pickle.dumps(model)).partial_fit(X, y)
    assert_allclose(loaded.predict_proba(X), before, atol=1e-5)
    fitted = clone(model).fit(X, y)
    after = copy.deepcopy(fitted).partial_fit(X[:200], y[:200]).predict_proba(X)
    assert_allclose(after, fitted.predict_proba(X), atol=1e-5)


def test_labels_of_later_calls(iris):
    X, y = iris
    model = NetClassifier(random_state=0)
    with pytest.raises(ValueError, match="classes must be passed on the first call"):
        model.partial_fit(X, y)
    model.partial_fit(X[:60], y[:60], classes=[0, 1, 2]).partial_fit(X[90:], y[90:])
    with pytest.raises(ValueError, match=r"must be among the classes, .* Got 5"):
        model.partial_fit(X, y + 5)
    with pytest.raises(ValueError, match="must be those of the first call"):
        model.partial_fit(X, y, classes=[0, 1])


@pytest.mark.parametrize(
    "objective", [MixupMMD(), AdversarialRegularization(), Pruning()]
)
def test_objectives_that_need_all_passes(objective):
    model = NetClassifier(objective=objective)
    assert not hasattr(model, "partial_fit")
    assert hasattr(NetClassifier(), "partial_fit")


def test_early_stopping_goes_pass_by_pass(iris):
    model = EarlyStoppedClassifier(NetClassifier(random_state=0), random_state=0)
    assert model.fit(*iris).predict(iris[0]).shape == (150,)


# Callbacks, optimizers, progress


class Answers(Callback):
    """What the network says of some records after every pass."""

    def __init__(self, X):
        self.X = X

    def on_epoch_end(self, net, **kwargs):
        X = torch.tensor(self.X, dtype=torch.float32)
        answers = net.forward(X).softmax(dim=1).numpy()
        self.answers_ = [*getattr(self, "answers_", []), answers]


def test_callbacks(iris):
    X, y = iris
    recorder = Answers(X)
    model = NetClassifier(callbacks=[("answers", recorder)], **SHORT).fit(X, y)
    [answers] = [own.answers_ for name, own in model.callbacks_ if name == "answers"]
    assert len(answers) == 3
    assert_allclose(answers[-1], model.predict_proba(X), atol=1e-6)
    assert not hasattr(recorder, "answers_")
    # Who looks on changes nothing.
    plain = NetClassifier(**SHORT).fit(X, y).predict_proba(X)
    assert_array_equal(model.predict_proba(X), plain)


def test_scores_of_the_training(iris):
    X, y = iris
    score = EpochScoring("accuracy", on_train=True, name="score", use_caching=False)
    cached = EpochScoring("accuracy", on_train=True, name="cached")
    seen = NetClassifier(callbacks=[score, cached, Seen()], **SHORT)
    seen.fit(X, y, sample_weight=np.arange(len(X)))
    history = dict(seen.callbacks_)["Seen"].history_
    assert history[-1, "score"] == seen.score(X[1:], y[1:])
    assert 0 <= history[-1, "cached"] <= 1


class Seen(Callback):
    """Keeps the history of a training."""

    def on_train_end(self, net, **kwargs):
        self.history_ = net.history


def test_schedules_and_early_stopping(iris):
    X, y = iris
    still = LRScheduler("StepLR", step_size=1, gamma=0.0)
    short = NetClassifier(max_epochs=1, random_state=0).fit(X, y).predict_proba(X)
    scheduled = NetClassifier(max_epochs=9, callbacks=[still], random_state=0)
    assert_array_equal(clone(scheduled).fit(X, y).predict_proba(X), short)
    stop = EarlyStopping("train_loss", patience=2, threshold=100, sink=len)
    stopped = NetClassifier(max_epochs=9, callbacks=[stop], random_state=0).fit(X, y)
    second = NetClassifier(max_epochs=3, random_state=0).fit(X, y)
    assert_array_equal(stopped.predict_proba(X), second.predict_proba(X))


def test_optimizers(iris):
    X, y = iris
    momentum = partial(torch.optim.SGD, momentum=0.9)
    settings = {"learning_rate": 0.01, **SHORT}
    answers = [
        NetClassifier(optimizer=one, **settings).fit(X, y).predict_proba(X)
        for one in ("sgd", torch.optim.SGD, momentum, "adam")
    ]
    assert_array_equal(answers[0], answers[1])
    assert abs(answers[0] - answers[2]).max() > 1e-4


def test_progress_is_that_of_skorch(iris, capsys):
    NetClassifier(verbose=True, **SHORT).fit(*iris)
    assert capsys.readouterr().out.count("\n") == 5
    NetClassifier(**SHORT).fit(*iris)
    assert capsys.readouterr().out == ""


# At home in scikit-learn and in a game


def test_a_perceptron_is_saved_as_numbers(iris):
    X, y = iris
    params = {"dropout": 0.5, "weight_norm": True}
    model = NetClassifier(module_params=params, **SHORT).fit(X, y)
    model.partial_fit(X, y)
    saved = pickle.dumps(model)
    assert b"torch" not in saved
    assert_array_equal(pickle.loads(saved).predict_proba(X), model.predict_proba(X))


def test_fit_forgets_the_fit_before(iris):
    X, y = iris
    model = NetClassifier(objective=MixupMMD(), callbacks=[], **SHORT).fit(X, y)
    assert model.held_out_.size
    model.set_params(objective=None, callbacks=None).fit(X, y)
    assert not {"held_out_", "callbacks_", "_training"} & set(vars(model))
    assert_array_equal(
        model.predict_proba(X), MLPNet(**SHORT).fit(X, y).predict_proba(X)
    )


def test_frames(iris):
    X, y = iris
    frame = pd.DataFrame(X, columns=list("abcd"))
    model = NetClassifier(Tabular, **SHORT).fit(frame, pd.Series(y))
    assert model.feature_names_in_.tolist() == list("abcd")
    with pytest.raises(ValueError, match="should match those"):
        model.predict(frame[list("dcba")])


@pytest.mark.parametrize("module", [None, Conv])
def test_target_and_generator_of_a_game(module, digits):
    X, y = digits
    X = X if module else X.reshape(len(X), -1)
    target = NetClassifier(module, objective=Mixup(0.2), max_epochs=5)
    generator = ShadowModels(target, n_shadows=2)
    game = MembershipGame(target, generator, random_state=0)
    score = game.fit(X[:200], y[:200]).score(X[200:], y[200:])
    assert 0.3 < score < 1
    assert game.score(X[200:], y[200:]) == score


class Normed(nn.Sequential):
    def __init__(self):
        super().__init__(nn.Linear(4, 5), nn.BatchNorm1d(5), nn.ReLU(), nn.Linear(5, 3))


def test_a_last_record_alone_joins_the_batch_before():
    sizes = []

    class Counted(Normed):
        def forward(self, X):
            if self.training:
                sizes.append(len(X))
            return super().forward(X)

    X = load_iris().data
    model = NetClassifier(Counted, batch_size=32, max_epochs=1, random_state=0)
    model.fit(X[:129], np.arange(129) % 3)
    assert sizes == [32, 32, 32, 33]
