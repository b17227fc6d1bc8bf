"""What is to be had of both, utility and privacy."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING, Any, Self

import numpy as np
from numpy.typing import ArrayLike
from sklearn.base import BaseEstimator

from skmia.model_selection._front import pareto_front
from skmia.utils._plotting import COLORS, GUESSING, axes_for, legend_beside
from skmia.utils._typing import Estimator

if TYPE_CHECKING:
    from matplotlib.axes import Axes


class PrivacyUtilityDisplay:
    """Candidates by what they leak and how useful they are, and the front of the best.

    Use :meth:`from_search` or :meth:`from_values`.

    .. versionadded:: 0.2

    Parameters
    ----------
    utility : array-like of shape (n_candidates,)
        Higher is better.
    leakage : array-like of shape (n_candidates,)
        Lower is better.
    names : sequence of str, default=None
        Names of the candidates, for the legend: the numbers at the points go from the
        smallest leakage to the largest.
    utility_name, leakage_name : str
        What the numbers are, on the axes. A `leakage_name` that is a metric of an
        attack gets a line where guessing is.

    Attributes
    ----------
    on_front : ndarray of bool of shape (n_candidates,)
        As of :func:`pareto_front`.
    ax_ : matplotlib Axes
        Axes with the candidates.
    figure_ : matplotlib Figure
        Figure that contains them.
    points_ : tuple of two matplotlib Line2D
        Candidates on the front, and the others, hollow.
    front_ : matplotlib Line2D
        The front, as steps: between two candidates nothing is invented.

    See Also
    --------
    PrivacyAwareSelector : Choose the most useful one under a cap.

    Notes
    -----
    Level: records. All numbers are estimates: candidates a little off the front may be
    on it with other records, and the best ones look better than they are for having
    been picked.

    Examples
    --------
    >>> from matplotlib.figure import Figure
    >>> from skmia.model_selection import PrivacyUtilityDisplay
    >>> utility, leakage = [0.9, 0.8, 0.7], [0.4, 0.1, 0.2]
    >>> axes = Figure(layout="constrained").subplots()
    >>> display = PrivacyUtilityDisplay.from_values(utility, leakage, ax=axes)
    >>> display.on_front.tolist()
    [True, True, False]
    """

    def __init__(
        self,
        utility: ArrayLike,
        leakage: ArrayLike,
        names: Sequence[str] | None = None,
        *,
        utility_name: str = "utility",
        leakage_name: str = "leakage",
    ) -> None:
        self.utility = np.asarray(utility, dtype=float)
        self.leakage = np.asarray(leakage, dtype=float)
        self.on_front = pareto_front(utility, leakage)
        self.names = names
        self.utility_name = utility_name
        self.leakage_name = leakage_name

    @classmethod
    def from_values(
        cls,
        utility: ArrayLike,
        leakage: ArrayLike,
        names: Sequence[str] | None = None,
        *,
        ax: Axes | None = None,
        **labels: str,
    ) -> Self:
        """Draw candidates with known numbers.

        Parameters
        ----------
        utility : array-like of shape (n_candidates,)
            Higher is better.
        leakage : array-like of shape (n_candidates,)
            Lower is better.
        names : sequence of str, default=None
            Names of the candidates, as for the class.
        ax : matplotlib Axes, default=None
            As for :meth:`plot`.
        **labels : str
            `utility_name` and `leakage_name`, as for the class.

        Returns
        -------
        display : PrivacyUtilityDisplay
        """
        return cls(utility, leakage, names, **labels).plot(ax=ax)

    @classmethod
    def from_search(
        cls,
        search: Estimator | dict[str, Any],
        privacy: str = "auc",
        utility: str = "target_test_accuracy",
        *,
        names: Sequence[str] | None = None,
        ax: Axes | None = None,
    ) -> Self:
        """Draw the settings of a search.

        Parameters
        ----------
        search : GridSearchCV or alike, or dict
            Fitted search with several metrics (``scoring=game_scorer("auc",
            "target_test_accuracy")``), or its ``cv_results_``.
        privacy : str, default="auc"
            The metric that is leakage: of the attack, lower is better.
        utility : str, default="target_test_accuracy"
            The metric that is utility: higher is better.
        names : sequence of str, default=None
            Names of the settings; their parameters by default.
        ax : matplotlib Axes, default=None
            As for :meth:`plot`.

        Returns
        -------
        display : PrivacyUtilityDisplay

        Raises
        ------
        ValueError
            The search did not measure both, or failed on a setting.
        """
        results: Any = getattr(search, "cv_results_", search)
        chosen = {"privacy": privacy, "utility": utility}
        measured = [
            name.removeprefix("mean_test_")
            for name in results
            if name.startswith("mean_test_")
        ]
        for parameter, metric in chosen.items():
            if metric not in measured:
                raise ValueError(
                    f"The '{parameter}' parameter of {cls.__name__}.from_search must "
                    f"be one of the metrics of the search, {measured}. Got {metric!r}."
                )
        return cls(
            results[f"mean_test_{utility}"],
            results[f"mean_test_{privacy}"],
            [*map(_named, results["params"])] if names is None else names,
            utility_name=utility,
            leakage_name=privacy,
        ).plot(ax=ax)

    def plot(self, ax: Axes | None = None) -> Self:
        """Draw the candidates.

        Parameters
        ----------
        ax : matplotlib Axes, default=None
            Where to draw; a new figure by default. The legend is beside the axes: give
            your figure ``layout="constrained"``.

        Returns
        -------
        display : PrivacyUtilityDisplay
        """
        self.ax_ = axes_for(ax, 9, 5)
        self.figure_ = self.ax_.figure
        if self.leakage_name in GUESSING:
            guess = GUESSING[self.leakage_name]
            self.ax_.axvline(guess, color="0.6", lw=1, ls=":", label="guessing")
        order = np.flatnonzero(self.on_front)
        order = order[np.argsort(self.leakage[order], kind="stable")]
        look = {"drawstyle": "steps-post", "color": "0.6", "lw": 1, "zorder": 0}
        best = self.leakage[order], self.utility[order]
        (self.front_,) = self.ax_.plot(*best, label="front", **look)
        self.points_ = tuple(
            self._draw(which, face)
            for which, face in ((self.on_front, COLORS[0]), (~self.on_front, "white"))
        )
        if self.names is not None:
            self._number()
        self.ax_.set(
            xlabel=f"Leakage: {self.leakage_name} (left is private)",
            ylabel=f"Utility: {self.utility_name}",
        )
        legend_beside(self.ax_)
        return self

    def _draw(self, which, face):
        look = {"color": COLORS[0], "mfc": face, "marker": "o", "ls": "none"}
        (points,) = self.ax_.plot(self.leakage[which], self.utility[which], **look)
        return points

    def _number(self):
        """Numbers beside the points, and again beside the names in the legend."""
        for number, i in enumerate(np.argsort(self.leakage, kind="stable"), 1):
            self.ax_.annotate(
                str(number),
                (self.leakage[i], self.utility[i]),
                xytext=(4, 4),
                textcoords="offset points",
                fontsize="small",
            )
            look = {"marker": f"${number}$", "color": "black", "ls": "none"}
            self.ax_.plot([], [], label=self.names[i], **look)


def _named(params):
    """A setting in words: an estimator by its kind, the rest by name and value."""
    return ", ".join(
        type(value).__name__
        if isinstance(value, BaseEstimator)
        else f"{name.rpartition('__')[2]}={value}"
        for name, value in params.items()
    )
