"""
An audit of a model behind an endpoint
======================================

The model runs elsewhere and answers over HTTP. It can be asked, not trained, and every
answer costs. The audit is the same, and nothing is paid for twice.
"""

# %%
# A prediction server
# -------------------
# It speaks the format of MLflow's scoring server, and is too busy for every third
# request. Yours would be ``mlflow models serve``, or any other.

import json
import tempfile
import threading
from http.server import BaseHTTPRequestHandler, HTTPServer
from pathlib import Path

import matplotlib.pyplot as plt
import pandas as pd
from sklearn.datasets import load_breast_cancer
from sklearn.model_selection import train_test_split
from sklearn.tree import DecisionTreeClassifier

from skmia import audit
from skmia.targets import PredictionAPI

X, y = load_breast_cancer(return_X_y=True, as_frame=True)
X_train, X_holdout, y_train, y_holdout = train_test_split(
    X, y, test_size=0.5, random_state=0
)
model = DecisionTreeClassifier(min_samples_leaf=2, random_state=0)
model.fit(X_train, y_train)


class Service(BaseHTTPRequestHandler):
    n_requests = n_rows = 0

    def do_POST(self):
        content = json.loads(self.rfile.read(int(self.headers["Content-Length"])))
        Service.n_requests += 1
        if Service.n_requests % 3 == 0:
            self.send_response(429)
            self.send_header("Retry-After", "0")
            self.end_headers()
            return
        rows = pd.DataFrame(**content["dataframe_split"])
        Service.n_rows += len(rows)
        body = json.dumps({"predictions": model.predict_proba(rows).tolist()})
        self.send_response(200)
        self.end_headers()
        self.wfile.write(body.encode())

    def log_message(self, *args):
        """Nothing to say."""


server = HTTPServer(("127.0.0.1", 0), Service)
threading.Thread(target=server.serve_forever, args=(0.01,)).start()
url = f"http://127.0.0.1:{server.server_port}/invocations"

# %%
# The audit
# ---------
# What the model is has to be guessed: shadow models are trained from
# ``shadow_estimator``. All attacks together ask each record once.

folder = tempfile.TemporaryDirectory()
cache = Path(folder.name) / "answers.sqlite"


sets = X_train, y_train, X_holdout, y_holdout
how = {
    "attacks": ["gap", "loss-threshold", "shadow", "lira-online", "rmia-online"],
    "shadow_estimator": DecisionTreeClassifier(min_samples_leaf=2),
    "n_shadows": 4,
    "random_state": 0,
}


def api():
    return PredictionAPI(url, [0, 1], preset="mlflow", max_queries=1000, cache=cache)


report = audit(api(), *sets, **how)
print(report)
print(api())

# %%
# Once more
# ---------
# The answers are in the file, and the server is not asked again. After an audit that
# was killed it is asked what it had not answered.

before = Service.n_rows
again = audit(api(), *sets, **how)
print(f"{Service.n_rows - before} rows asked")
print(f"Equal: {again.records.equals(report.records)}")

# %%
# Is it the audit of the model itself?
# ------------------------------------

in_process = audit(model, *sets, **how)
print(f"Equal: {in_process.records.equals(report.records)}")
server.shutdown()
server.server_close()
folder.cleanup()

report.summary["auc"].sort_values().plot.barh(xlabel="AUC of the attack", ylabel="")
plt.axvline(0.5, color="grey", linestyle=":")
plt.tight_layout()
plt.show()
