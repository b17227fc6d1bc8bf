"""Models from skops files, without ever running code that a file brings."""

import zipfile
from dataclasses import dataclass
from importlib import import_module
from pathlib import Path

from skmia.cli._paths import check_file, said

PICKLES = (".pkl", ".pickle", ".joblib")


@dataclass(frozen=True)
class Trust:
    """Types that are loaded beyond those that skops trusts by itself.

    Parameters
    ----------
    names : sequence of str or None
    sklearn : bool, default=False
        Whether to trust the classes that scikit-learn itself defines.
    """

    names: list[str] | None = None
    sklearn: bool = False

    def split(self, types):
        """Types of a file that are trusted, and those that are not, sorted."""
        trusted = [
            name
            for name in types
            if name in (self.names or ()) or (self.sklearn and is_of_sklearn(name))
        ]
        return trusted, sorted(set(types) - set(trusted))


def load_model(path, trust):
    """Fitted model from a skops file.

    Parameters
    ----------
    path : path-like
        A ``.skops`` file.
    trust : Trust

    Returns
    -------
    model : fitted classifier, regressor, or what scores records

    Raises
    ------
    ValueError
        Another kind of file, types that are not trusted, or another model inside.
    """
    from skmia.utils._kinds import kind_of, takes_no_labels

    model = _load(path, trust, "the model with skops.io.dump(model, 'model.skops')")
    predicts = kind_of(model) in ("classifier", "regressor")
    if not (predicts and hasattr(model, "predict")) and not takes_no_labels(model):
        raise ValueError(
            f"{path} must hold a classifier, a regressor, or a model that scores "
            f"records. It holds a {type(model).__name__}."
        )
    return model


def load_cross_validation(path, trust):
    """Models and indices of ``cross_validate`` from a skops file.

    Parameters
    ----------
    path, trust : as for :func:`load_model`

    Returns
    -------
    results : dict

    Raises
    ------
    ValueError
        As of :func:`load_model`; or it holds no models with their records.
    """
    how = "the results with skops.io.dump(results, 'results.skops')"
    results = _load(path, trust, how)
    if not isinstance(results, dict) or not {"estimator", "indices"} <= results.keys():
        raise ValueError(
            f"{path} must hold the result of cross_validate(..., return_estimator=True,"
            f" return_indices=True). It holds a {type(results).__name__}"
            + (f" of {', '.join(results)}." if isinstance(results, dict) else ".")
        )
    return results


def is_of_sklearn(name):
    """Whether a name is that of a class that scikit-learn defines.

    The name alone does not tell: its modules import functions and classes of others,
    which a file could name as theirs.

    Parameters
    ----------
    name : str
        With its module, such as "sklearn.tree._tree.Tree".

    Returns
    -------
    of_sklearn : bool
    """
    module, _, attribute = name.rpartition(".")
    if not module.startswith("sklearn."):
        return False
    try:
        found = getattr(import_module(module), attribute, None)
    except ImportError:
        return False
    return isinstance(found, type) and found.__module__.startswith("sklearn.")


def _load(path, trust, how):
    """What a skops file holds; `how` it is saved, in words."""
    path = Path(path)
    if path.suffix in PICKLES:
        raise ValueError(
            f"{path} is a pickle: loading it would run any code that it holds. Save "
            f"{how} instead."
        )
    check_file(path, ".skops")
    from skops import io

    try:
        trusted, unknown = trust.split(io.get_untrusted_types(file=path))
        if unknown:
            raise ValueError(_trust_message(path, unknown))
        return io.load(path, trusted=trusted)
    except (zipfile.BadZipFile, KeyError) as error:
        raise ValueError(
            f"{path} cannot be read as a skops file: {said(error)}."
        ) from error


def _trust_message(path, unknown):
    named = [name for name in unknown if not is_of_sklearn(name)]
    options = ["--trust-sklearn"] * (len(named) < len(unknown))
    options += [f"--trust {name}" for name in named]
    return (
        f"{path} holds types that skops does not trust by itself: "
        f"{', '.join(unknown)}. If you made the file or trust who did, repeat the "
        f"command with: {' '.join(options)}"
    )
