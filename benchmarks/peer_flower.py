"""A small federation of Flower, recorded: softmax regression of digits, three clients.

    python3 -m venv /tmp/peer
    /tmp/peer/bin/pip install -c benchmarks/constraints/flower.txt \\
        "flwr[simulation]" scikit-learn pandas
    FLWR_TELEMETRY_ENABLED=0 RAY_USAGE_STATS_ENABLED=0 PYTHONPATH=. \\
        /tmp/peer/bin/python benchmarks/peer_flower.py tests/integrations/flower.npz

writes what the server of Flower's own simulation saw, which tests/integrations/
test_flower.py attacks. Of the first 600 digits the clients have every sixth, beginning
with the first, second and third; the others are nobody's.
"""

import sys

import numpy as np
from flwr.app import ArrayRecord, Message, MetricRecord, RecordDict
from flwr.clientapp import ClientApp
from flwr.serverapp import ServerApp
from flwr.serverapp.strategy import FedAvg
from flwr.simulation import run_simulation
from sklearn.datasets import load_digits
from sklearn.neural_network import MLPClassifier

from skmia.integrations.flower import recorded

N_CLIENTS = 3
N_ROUNDS = 4
EPOCHS = 20
X, Y = load_digits(return_X_y=True)
X = X / 16
client, server = ClientApp(), ServerApp()


def to_model(arrays):
    """Softmax regression with these parameters."""
    model = MLPClassifier((), solver="sgd", learning_rate_init=0.3, random_state=0)
    model.set_params(batch_size=10, alpha=0)
    model.partial_fit(X[:10], Y[:10], classes=np.arange(10))
    model.coefs_, model.intercepts_ = [arrays[0]], [arrays[1]]
    return model


def rows_of(party):
    """Records of a client: every sixth."""
    return slice(party, 600, 2 * N_CLIENTS)


@client.train()
def train(message, context):
    """Train on the records of the client."""
    party = int(context.node_config["partition-id"])
    model = to_model(message.content["arrays"].to_numpy_ndarrays())
    own = rows_of(party)
    for _ in range(EPOCHS):
        model.partial_fit(X[own], Y[own])
    arrays = [*model.coefs_, *model.intercepts_]
    content = {
        "arrays": ArrayRecord([part.astype(np.float32) for part in arrays]),
        "metrics": MetricRecord({"num-examples": len(Y[own]), "partition": party}),
    }
    return Message(content=RecordDict(content), reply_to=message)


@server.main()
def main(grid, context):
    """Average for all rounds, and keep what was sent."""
    every = {"min_train_nodes": N_CLIENTS, "min_available_nodes": N_CLIENTS}
    average = FedAvg(fraction_evaluate=0.0, **every)
    strategy = recorded(
        average, name_of=lambda reply: int(reply.content["metrics"]["partition"])
    )
    zero = [np.zeros((64, 10), np.float32), np.zeros(10, np.float32)]
    strategy.start(grid, ArrayRecord(zero), num_rounds=N_ROUNDS)
    strategy.recording.save(sys.argv[1])


if __name__ == "__main__":
    run_simulation(server, client, N_CLIENTS)
