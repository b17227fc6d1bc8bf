"""Models that every defense is tried around."""

from sklearn.ensemble import RandomForestClassifier
from sklearn.linear_model import LogisticRegression
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import StandardScaler
from sklearn.tree import DecisionTreeClassifier

from skmia.neural import MLPNet

INNER = [
    LogisticRegression(),
    DecisionTreeClassifier(max_depth=5, random_state=0),
    RandomForestClassifier(n_estimators=5, random_state=0),
    KNeighborsClassifier(),
    GaussianNB(),
    make_pipeline(StandardScaler(), LogisticRegression()),
    MLPNet((8,), max_epochs=10, batch_size=16, learning_rate=0.05, random_state=0),
]
