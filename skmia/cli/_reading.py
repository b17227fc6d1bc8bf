"""What the options say of how text files are read."""

from dataclasses import dataclass

from skmia.cli._paths import SEPARATORS, suffix_of


def set_among(options):
    """Names of the options that have a value.

    Parameters
    ----------
    options : dict of str to object

    Returns
    -------
    names : list of str
    """
    return [name for name, value in options.items() if value not in (None, [])]


@dataclass(frozen=True)
class Reading:
    """How the cells of text files become values.

    Parameters
    ----------
    sep : str, default=None
        One character between cells; None for that of the file's suffix.
    encoding : str, default=None
        None for UTF-8.
    na_values : sequence of str, default=None
        Cells that are missing, beside the empty ones.
    string_columns : sequence of str, default=None
        Columns that are text whatever is in them; several to a string, with commas.
    """

    sep: str | None = None
    encoding: str | None = None
    na_values: list[str] | None = None
    string_columns: list[str] | None = None

    @property
    def given(self):
        """Values of the options by their names."""
        return {
            "--sep": self.sep,
            "--encoding": self.encoding,
            "--na-values": self.na_values,
            "--string-columns": self.string_columns,
        }

    @property
    def missing(self):
        """Cells that are missing."""
        return {"", *(self.na_values or ())}

    @property
    def texts(self):
        """Names of the columns that are text."""
        names = ",".join(self.string_columns or ()).split(",")
        return [name.strip() for name in names if name.strip()]

    @property
    def codec(self):
        """Name of the encoding."""
        return "utf-8" if self.encoding is None else self.encoding

    def separator(self, path):
        r"""Character between the cells of a file; a tab may be written "\t"."""
        if self.sep is None:
            return SEPARATORS[suffix_of(path)]
        return self.sep.replace(r"\t", "\t")

    def check(self, *paths):
        """Refuse options that no file takes, and values that they cannot have.

        Parameters
        ----------
        *paths : Path

        Raises
        ------
        ValueError
        """
        given = set_among(self.given)
        if given and not any(suffix_of(path) in SEPARATORS for path in paths):
            raise ValueError(
                f"{', '.join(given)} can be given for files of type "
                f"{' or '.join(SEPARATORS)}. Got {' and '.join(map(str, paths))}."
            )
        if self.sep is not None:
            sep = self.separator(paths[0])
            if len(sep) != 1 or not sep.isascii() or sep in '"\r\n':
                raise ValueError(
                    rf"--sep must be one character, such as ';' or '\t'. Got {sep!r}."
                )
        try:
            "".encode(self.codec)
        except LookupError as error:
            raise ValueError(
                "--encoding must be the name of an encoding, such as utf-8 or cp1252. "
                f"Got {self.encoding!r}."
            ) from error
