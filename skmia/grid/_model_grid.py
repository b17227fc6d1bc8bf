"""The membership game for every target, generator and attack of a zoo."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from itertools import product
from numbers import Integral
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Literal

import pandas as pd
from numpy.typing import ArrayLike
from sklearn.linear_model import LogisticRegression
from sklearn.model_selection import StratifiedShuffleSplit, check_cv, cross_validate
from sklearn.naive_bayes import GaussianNB
from sklearn.neighbors import KNeighborsClassifier
from sklearn.pipeline import make_pipeline
from sklearn.preprocessing import MinMaxScaler
from sklearn.tree import DecisionTreeClassifier
from sklearn.utils import check_random_state

from skmia.game import MembershipGame
from skmia.metrics import game_scorer
from skmia.shadow._splitters import check_even
from skmia.utils._cache import open_store
from skmia.utils._deprecation import warn_deprecated
from skmia.utils._progress import track
from skmia.utils._random import draw_seeds
from skmia.utils._typing import (
    Classifier,
    MatrixLike,
    MemoryLike,
    RandomStateLike,
    Splits,
)

if TYPE_CHECKING:
    from skmia.signals._base import SignalsLike

MODEL_NAMES = ("knn", "lr", "mlp", "nb", "tree")
# The order of the rows, and from left to right that of the table of Truex et al.
SIDES = ["attack", "target", "generator"]


def default_models(
    names: Iterable[Literal["tree", "knn", "lr", "nb", "mlp"]] = (
        "tree",
        "knn",
        "lr",
        "nb",
    ),
) -> dict[str, Classifier]:
    """Models of the grid by their short names.

    Parameters
    ----------
    names : iterable of {"tree", "knn", "lr", "nb", "mlp"}, \
default=("tree", "knn", "lr", "nb")
        Which models; "mlp" needs the extra ``neural``.

    Returns
    -------
    models : dict of str to classifier
        scikit-learn's defaults but for the iterations of logistic regression. "knn",
        "lr" and "mlp", which depend on the scale of the features, are behind a
        :class:`~sklearn.preprocessing.MinMaxScaler`: it changes nothing where all
        features are 0 or 1.

    Examples
    --------
    >>> from skmia.grid import default_models
    >>> default_models(["tree", "nb"])
    {'tree': DecisionTreeClassifier(), 'nb': GaussianNB()}
    """
    unknown = sorted(set(names) - set(MODEL_NAMES))
    if unknown:
        raise ValueError(
            f"The models of the grid are {', '.join(MODEL_NAMES)}. Got {unknown[0]!r}."
        )
    return {name: _model(name) for name in names}


def _model(name):
    match name:
        case "tree":
            return DecisionTreeClassifier()
        case "nb":
            return GaussianNB()
        case "knn":
            model = KNeighborsClassifier(5)
        case "lr":
            model = LogisticRegression(max_iter=1000)
        case "mlp":
            from skmia.neural import MLPNet

            model = MLPNet()
    return make_pipeline(MinMaxScaler(), model)


def model_grid(
    X: MatrixLike,
    y: ArrayLike,
    models: dict[str, Classifier],
    *,
    attacks: dict[str, Classifier] | None = None,
    signals: SignalsLike | None = None,
    n_repeats: int = 10,
    cv: Splits | None = None,
    n_shadows: int = 10,
    metrics: Sequence[str] = ("accuracy", "auc", "tpr_at_fpr"),
    memory: MemoryLike = None,
    n_jobs: int | None = None,
    random_state: RandomStateLike = None,
    verbose: bool = False,
) -> pd.DataFrame:
    """Play the membership game for every target, generator and attack of a zoo.

    Parameters
    ----------
    X : {array-like, sparse matrix, DataFrame} of shape (n_records, n_features)
        Records; one part is the adversary's, one the victim's, anew in each repeat.
    y : array-like of shape (n_records,)
        Their labels.
    models : dict of str to classifier
        The zoo, see :func:`default_models`. Each model is in turn the target, the
        kind of the shadow models, and the attack model.
    attacks : dict of str to classifier, default=None
        Attack models, when they are not those of the zoo.
    signals : str, Signal or list of them, default=None
        What the attacks see; see :class:`~skmia.MembershipGame`.
    n_repeats : int, default=10
        Draws of the two parts, random halves stratified by label. Not used with `cv`.
    cv : splitter or iterable of (train, test), default=None
        Other draws: the train part is the adversary's, the test part the victim's.

        .. versionchanged:: 0.2
           The number of draws, once an int here, is `n_repeats`.
    n_shadows : int, default=10
        Shadow models of a game, even.
    metrics : sequence of str, default=("accuracy", "auc", "tpr_at_fpr")
        See :func:`~skmia.metrics.game_scorer`.
    memory : str, path-like, Store or joblib.Memory, default=None
        Cache that the cells share; give a folder for a killed run to resume. None: a
        temporary folder.
    n_jobs : int, default=None
        Models trained in parallel. Results do not depend on it.
    random_state : int, RandomState instance or None, default=None
        Seed of the splits and games.
    verbose : bool, default=False
        Show a progress bar (needs ``rich``).

    Returns
    -------
    grid : DataFrame
        One row per cell and repeat: attack, target, generator, repeat, and one column
        per metric.

    See Also
    --------
    truex_table : The grid as a table of one metric.

    Notes
    -----
    Level: records. All cells of a repeat share the split, and through the cache the
    fitted targets and shadow models: k models cost k target fits and k families of
    shadow models a repeat, not k to the third.

    References
    ----------
    S. Truex et al., "Demystifying Membership Inference Attacks in Machine Learning
    as a Service", IEEE TSC 2019. :arxiv:`1807.09173`

    Examples
    --------
    >>> from sklearn.datasets import load_iris
    >>> from skmia.grid import default_models, model_grid
    >>> X, y = load_iris(return_X_y=True)
    >>> models = default_models(["tree", "nb"])
    >>> grid = model_grid(X, y, models, n_repeats=2, n_shadows=2, random_state=0)
    >>> grid.columns.tolist()
    ['attack', 'target', 'generator', 'repeat', 'accuracy', 'auc', 'tpr_at_fpr']
    >>> len(grid)
    16
    """
    check_even("model_grid", "n_shadows", n_shadows)
    split_seed, game_seed = draw_seeds(check_random_state(random_state), 2)
    if isinstance(cv, Integral):
        warn_deprecated(
            "An int as the 'cv' parameter of model_grid",
            "use 'n_repeats', since it counts draws and not folds",
            since="0.2",
            until="0.4",
        )
        n_repeats, cv = cv, None
    if cv is None:
        cv = StratifiedShuffleSplit(n_repeats, test_size=0.5, random_state=split_seed)
    splits = list(check_cv(cv).split(X, y))
    scoring = game_scorer(*metrics)
    attacks = models if attacks is None else attacks
    cells = list(product(attacks, models, models))
    parts = []
    with TemporaryDirectory() as temporary:
        settings = {
            "signals": signals,
            "n_shadows": n_shadows,
            "memory": open_store(temporary if memory is None else memory),
            "n_jobs": n_jobs,
            "random_state": game_seed,
        }
        for cell in track(cells, len(cells), "Cells of the grid", verbose):
            attack, target, generator = cell
            game = MembershipGame(
                models[target], models[generator], attacks[attack], **settings
            )
            scores = cross_validate(
                game, X, y, cv=splits, scoring=scoring, error_score="raise"
            )
            parts.append(_cell(cell, metrics, scores))
    return pd.concat(parts, ignore_index=True)


def _cell(cell, metrics, scores):
    """Rows of one cell: one per repeat."""
    if len(metrics) == 1:
        scores = {f"test_{metrics[0]}": scores["test_score"]}
    values = {name: scores[f"test_{name}"] for name in metrics}
    rows = pd.DataFrame(values).rename_axis("repeat").reset_index()
    return pd.DataFrame(dict(zip(SIDES, cell, strict=True)), rows.index).join(rows)


def truex_table(grid: pd.DataFrame, metric: str) -> pd.DataFrame:
    """One metric of a grid in the form of Truex et al., Table 3.

    Parameters
    ----------
    grid : DataFrame
        Result of :func:`model_grid`.
    metric : str
        One of its columns.

    Returns
    -------
    table : DataFrame
        Rows: attack model and target model. Columns: "mean" and "std" over the
        repeats, and below them the generator of the shadow models.

    Examples
    --------
    >>> import pandas as pd
    >>> from skmia.grid import truex_table
    >>> roles = {"target": "tree", "generator": "nb", "attack": "lr"}
    >>> grid = pd.DataFrame([roles | {"auc": 0.75}, roles | {"auc": 0.85}])
    >>> float(truex_table(grid, "auc").loc[("lr", "tree"), ("mean", "nb")])
    0.8
    """
    # Ordered categories keep the order of the zoo, which unstack would sort by name.
    sides = {
        side: pd.Categorical(grid[side], categories=grid[side].unique())
        for side in SIDES
    }
    cells = grid.assign(**sides).groupby(SIDES, observed=True)[metric]
    return pd.DataFrame(cells.agg(["mean", "std"]).unstack("generator"))
