"""Models of bench_strength.py; what a peer's environment imports, too."""

from sklearn.base import clone
from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import BernoulliNB, GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.neural_network import MLPClassifier
from sklearn.tree import DecisionTreeClassifier

N_SHADOWS = (4, 10, 64)
MODELS = {
    "tree": DecisionTreeClassifier(),
    "forest": RandomForestClassifier(50),
    "kNN": KNeighborsClassifier(5),
    "logistic": LogisticRegression(C=10, max_iter=200),
    "naive Bayes": GaussianNB(),
    "MLP": MLPClassifier((64,), batch_size=100, learning_rate_init=0.01, max_iter=40),
}


def naive_bayes(X):
    """For 0 and 1 where the features are 0 and 1."""
    return BernoulliNB() if ((X == 0) | (X == 1)).all() else GaussianNB()


def make_model(name, X, seed):
    """Target, not fitted; naive Bayes as the features need it."""
    model = naive_bayes(X) if name == "naive Bayes" else clone(MODELS[name])
    if "random_state" in model.get_params():
        model.set_params(random_state=seed)
    return model
