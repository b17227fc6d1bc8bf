"""What all plots have in common: colours, axes, and a legend beside the data."""

# Okabe and Ito's palette without yellow, too faint for a line on white, and two of
# Paul Tol's. The numbers of colours and styles have no common divisor: 36 curves
# differ from one another.
COLORS = ("#0072B2", "#D55E00", "#009E73", "#CC79A7", "#56B4E9", "#E69F00", "#000000")
COLORS += ("#882255", "#999933")
STYLES = ("-", "--", "-.", ":")

# What guessing comes to, of the metrics where that is one number.
GUESSING = {"auc": 0.5, "accuracy": 0.5, "balanced_accuracy": 0.5, "advantage": 0.0}


def axes_for(ax, width, height):
    """The given axes, or those of a new figure; without the upper and right frame.

    Parameters
    ----------
    ax : matplotlib Axes or None
    width, height : float
        Size of a new figure, in inches.

    Returns
    -------
    ax : matplotlib Axes
    """
    if ax is None:
        ax = _pyplot().subplots(figsize=(width, height), layout="constrained")[1]
    ax.spines[["top", "right"]].set_visible(False)
    return ax


def legend_beside(ax, **options):
    """Legend on the right of the axes, where it hides nothing.

    Parameters
    ----------
    ax : matplotlib Axes
    **options : dict
        As for ``ax.legend``.

    Returns
    -------
    legend : matplotlib Legend
    """
    place = {"loc": "upper left", "bbox_to_anchor": (1, 1), "frameon": False}
    return ax.legend(**place, fontsize="small", **options)


def _pyplot():
    try:
        from matplotlib import pyplot
    except ImportError as error:
        raise ImportError(
            'Plots are drawn with matplotlib: pip install "skmia[report]".'
        ) from error
    return pyplot
