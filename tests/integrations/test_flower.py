"""The recorder for Flower: strategies like Flower's, a run of it, and Flower itself."""

from importlib.metadata import version
from pathlib import Path
from types import SimpleNamespace

import numpy as np
import pytest
from numpy.testing import assert_allclose, assert_array_equal
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from skmia import audit
from skmia.federated import Federation, SourceInferenceAttack, owner_accuracy
from skmia.integrations.flower import Recording, recorded

# Written by benchmarks/peer_flower.py in an environment with Flower 1.42.
RUN = Path(__file__).parent / "flower.npz"
X, Y = load_digits(return_X_y=True)
X, Y = X[:600] / 16, Y[:600]
# Of the first 600 digits a client has every sixth.
PLACE = np.arange(600) % 6
LEARNER = MLPClassifier(
    (), solver="sgd", learning_rate_init=0.3, batch_size=10, alpha=0
)
SHADOWS = Federation(LEARNER, n_parties=3, n_rounds=4, local_epochs=20)
TEMPLATE = MLPClassifier((), solver="sgd", random_state=0)
TEMPLATE.partial_fit(X[:10], Y[:10], classes=np.arange(10))


def to_model(arrays):
    """What clients do with the parameters that they are sent."""
    model = MLPClassifier((), solver="sgd")
    vars(model).update(vars(TEMPLATE), coefs_=[arrays[0]], intercepts_=[arrays[1]])
    return model


class Arrays(list):
    """Like an ArrayRecord."""

    def to_numpy_ndarrays(self):
        return list(self)


def message(arrays, node, **more):
    records = {"arrays": arrays} if arrays else {}
    return SimpleNamespace(
        metadata=SimpleNamespace(dst_node_id=node, src_node_id=node),
        content=SimpleNamespace(array_records=records | more),
        has_error=lambda: arrays is None,
    )


class Adds:
    """A strategy that sends each node its own model, and adds what comes back."""

    arrayrecord_key = "arrays"

    def __init__(self, by=1.0):
        self.by = by

    def configure_train(self, server_round, arrays, config, grid):
        for node in grid:
            yield message(Arrays([arrays[0] + config.get(node, 0)]), node)

    def aggregate_train(self, server_round, replies):
        replies = [reply for reply in replies if not reply.has_error()]
        if not replies:
            return None, None
        added = sum(reply.content.array_records["arrays"][0] for reply in replies)
        return Arrays([added * self.by]), {"n": len(replies)}


def played(strategy, grids, answers, config):
    arrays = Arrays([np.zeros((2, 3), np.float32)])
    for round_, grid in enumerate(grids, 1):
        sent = strategy.configure_train(round_, arrays, config, grid)
        replies = iter(
            [
                message(answers(one), one.metadata.dst_node_id, other=Arrays())
                for one in sent
            ]
        )
        arrays = strategy.aggregate_train(round_, replies)[0] or arrays
    return arrays


def plus_one(one):
    """What a node answers; node 9 fails."""
    if one.metadata.dst_node_id == 9:
        return None
    return Arrays([one.content.array_records["arrays"][0] + 1])


GRIDS = [[7, 5], [5, 9, 3], [9]]


def test_a_strategy_does_what_it_did():
    plain, recorder = Adds(0.5), recorded(Adds(0.5))
    assert isinstance(recorder, Adds)
    assert recorder.by == 0.5
    expected = played(plain, GRIDS, plus_one, {5: 2})
    assert_array_equal(played(recorder, GRIDS, plus_one, {5: 2}), expected)
    assert not hasattr(plain, "recording")


@pytest.mark.parametrize("saved", [False, True])
def test_what_was_sent_and_came_back(saved, tmp_path):
    strategy = recorded(Adds())
    played(strategy, GRIDS, plus_one, {5: 2})
    recording = strategy.recording
    if saved:
        recording.save(tmp_path / "run.npz")
        recording = Recording.load(tmp_path / "run.npz")
    models = recording.federation(
        SHADOWS, lambda arrays: SimpleNamespace(at=arrays[0], classes_=[0, 1])
    )
    assert_array_equal(models.parties_, [3, 5, 7])
    assert [list(places) for places in models.participants_] == [[2, 1], [1, 0], []]
    values = [[one.at.flat[0] for one in part] for part in models.broadcasts_]
    assert values == [[0, 2], [6, 4], []]
    values = [[one.at.flat[0] for one in part] for part in models.uploads_]
    assert values == [[1, 3], [7, 5], []]
    # Who answered nothing changes nothing.
    assert [one.at.flat[0] for one in models.rounds_] == [4, 12, 12]
    assert models.initial_.at.flat[0] == 0
    assert models.model_.at.shape == (2, 3)
    assert models.model_.at.dtype == np.float32
    assert [one.at.flat[0] for one in models.rounds_[1:]] == [12, 12]


def test_parties_have_names_of_the_callers():
    strategy = recorded(Adds(), name_of=lambda reply: f"n{reply.metadata.src_node_id}")
    played(strategy, GRIDS, plus_one, {})
    assert strategy.recording.parties == ["n3", "n5", "n7"]


def test_names_that_are_numbers_of_numpy(tmp_path):
    strategy = recorded(Adds(), name_of=lambda r: np.int64(r.metadata.src_node_id))
    played(strategy, GRIDS, plus_one, {})
    strategy.recording.save(tmp_path / "run.npz")
    assert Recording.load(tmp_path / "run.npz").parties == [3, 5, 7]


def test_nothing_recorded():
    with pytest.raises(ValueError, match=r"record a strategy, .*recorded\(strategy\)"):
        recorded(Adds()).recording.federation(SHADOWS, to_model)


@pytest.fixture(scope="module")
def target():
    return Recording.load(RUN).federation(SHADOWS, to_model)


def test_a_run_of_flower_is_a_federation(target):
    assert_array_equal(target.parties_, [0, 1, 2])
    for uploads, after in zip(target.uploads_, target.rounds_, strict=True):
        # Clients have as many records each, and Flower averages.
        mean = np.mean([one.coefs_[0] for one in uploads], axis=0)
        assert_allclose(after.coefs_[0], mean, atol=1e-6)
    for sent, before in zip(target.broadcasts_[1:], target.rounds_, strict=False):
        for one in sent:
            assert_array_equal(one.coefs_[0], before.coefs_[0])
    assert target.score(X[PLACE < 3], Y[PLACE < 3]) > 0.95


def test_owners_of_a_run_of_flower(target):
    own = PLACE < 3
    server = SourceInferenceAttack(target, random_state=0).fit()
    named = server.predict_owner(X[own], Y[own])
    found = owner_accuracy(PLACE[own], named, n_candidates=3)
    assert found.low > max(found.chance, found.largest)
    # Who has none of these records has no more of them than the others.
    others = server.predict_owner(X[~own], Y[~own])
    nobody = owner_accuracy(PLACE[~own] - 3, others, n_candidates=3)
    assert nobody.low < nobody.chance < nobody.high


@pytest.mark.slow
def test_an_audit_of_a_run_of_flower(target):
    sets = (X[PLACE < 3], Y[PLACE < 3], X[PLACE > 2], Y[PLACE > 2])
    report = audit(
        target,
        *sets,
        attacks=["loss-threshold", "nasr-local-shadows", "nasr-global-shadows"],
        access="insider",
        n_shadows=4,
        random_state=0,
    )
    assert (report.summary["status"] == "ok").all()
    assert (report.summary["auc"] > 0.5).all()


def test_what_flower_asks_of_a_strategy(monkeypatch):
    """In an environment of its own; Flower is no extra of the tests."""
    how = "needs Flower: pip install -c benchmarks/constraints/flower.txt flwr"
    strategies = pytest.importorskip("flwr.serverapp.strategy", reason=how)
    assert version("flwr").startswith("1.42.")
    from flwr.app import ArrayRecord, ConfigRecord, Message, MetricRecord, RecordDict
    from flwr.supercore.task_identity import TaskIdentity

    for what in ("_task_id", "_run_id", "_node_id"):  # as of an app that runs
        monkeypatch.setattr(TaskIdentity, what, 1)

    def answer_to(one):
        [arrays] = one.content["arrays"].to_numpy_ndarrays()
        content = {
            "arrays": ArrayRecord([arrays + one.metadata.dst_node_id]),
            "metrics": MetricRecord({"num-examples": 1}),
        }
        return Message(content=RecordDict(content), reply_to=one)

    class Grid:
        def get_node_ids(self):
            return [1, 2, 3]

        def send_and_receive(self, messages, timeout):
            return [answer_to(one) for one in messages]

    given = {"fraction_evaluate": 0.0}
    results, recorder = [], recorded(strategies.FedAvg(**given))
    for strategy in (strategies.FedAvg(**given), recorder):
        initial = ArrayRecord([np.zeros((2, 2))])
        result = strategy.start(Grid(), initial, 2, train_config=ConfigRecord())
        results.append(result.arrays.to_numpy_ndarrays()[0])
    assert_array_equal(*results)
    assert recorder.recording.parties == [1, 2, 3]
    # Each adds its number, and the mean is handed on: 2 after a round, 4 after two.
    assert results[0][0, 0] == 4
