"""Several files of records for one model, as commands without an audit take them."""


def read_beside(model, first, others, labels, reading):
    """Records and labels of some files, each alike in columns to the first.

    Parameters
    ----------
    model : fitted estimator
    first : path-like
    others : sequence of path-like or None
        The first of them is there.
    labels : list of str or None
        Columns of the labels; not used for npz.
    reading : Reading

    Returns
    -------
    sets : list of tuple of (X, y)
        Of the first file and of all others; (None, None) where there is none.
    """
    from skmia.cli._files import load_sets

    reading.check(first, *filter(None, others))
    sets = []
    for path in others:
        if path is None:
            sets.append((None, None))
            continue
        paths = first, path
        X_first, y_first, X, y, _ = load_sets(model, paths, labels, None, reading)
        sets.append((X, y))
    return [(X_first, y_first), *sets]
