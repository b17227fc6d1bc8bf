"""Progress of long runs, drawn by rich when it is asked for."""


def track(iterable, total, description, verbose):
    """Iterate, with a progress bar when `verbose`.

    Parameters
    ----------
    iterable : iterable
    total : int
        Number of steps.
    description : str
        What is being done.
    verbose : bool

    Returns
    -------
    iterable : iterable
        The same items.
    """
    if not verbose:
        return iterable
    try:
        from rich.console import Console
        from rich.progress import track as rich_track
    except ImportError as error:
        raise ImportError(
            'verbose=True draws its progress bar with rich: pip install "skmia[cli]".'
        ) from error
    console = Console(stderr=True)
    return rich_track(iterable, description, total=total, console=console)
