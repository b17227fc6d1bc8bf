"""Files of a store: written whole or not at all, found, and removed by their use."""

import json
import os
import re
import time
import uuid
import warnings
from pathlib import Path

from skmia.exceptions import StoreWarning
from skmia.utils._entry import read_entry, read_head, write_entry

MISSING = object()
_MARK = "skmia-store.json"
_ENTRY = re.compile(r"[0-9a-f]{32}\.zip")
_UNFINISHED = re.compile(r"[0-9a-f]{32}\.unfinished")
# Seconds after which nobody is still writing a file.
_ABANDONED = 3600
# Folders of which this process said that they cannot be written to.
_WARNED: set[str] = set()


class Folder:
    """A folder of entries, each named by the digest of what it depends on.

    Parameters
    ----------
    path : str
        Absolute.
    max_bytes : int or None
        What all entries together may take.
    """

    def __init__(self, path, max_bytes):
        self.path, self.max_bytes = path, max_bytes

    def open(self):
        """Make the folder where there is none, and remove what others left unfinished.

        Returns
        -------
        self : Folder

        Raises
        ------
        ValueError
            There cannot be such a folder.
        """
        try:
            Path(self.path).mkdir(parents=True, exist_ok=True)
        except OSError as error:
            there = isinstance(error, FileExistsError)
            raise ValueError(
                "A store must be a folder, or one that can be made. Got "
                f"{self.path!r}: {'it is a file' if there else error.strerror}."
            ) from error
        try:
            if not self._mark.exists():
                self._write(self._mark, _write_mark)
            self._tick()
            self._sweep(_ABANDONED)
        except OSError as error:
            self._warn(error)
        return self

    def has(self, digest):
        """Whether there is an entry of that name.

        Parameters
        ----------
        digest : str

        Returns
        -------
        there : bool
        """
        try:
            return read_head(self._path(digest))["digest"] == digest
        except Exception:
            return False

    def load(self, digest, key):
        """What was kept under a name; `MISSING` if that cannot be read.

        Parameters
        ----------
        digest : str
        key : object
            Of which it is the digest.

        Returns
        -------
        value : object
        """
        try:
            value = read_entry(self._path(digest), digest, key)
        except Exception:
            return MISSING
        self._touch(self._path(digest))
        return value

    def keep(self, digest, key, value, about):
        """Keep what was computed, if that can be done.

        Parameters
        ----------
        digest : str
        key : object
            Of which it is the digest.
        value : object
        about : dict
            What to say of it, for JSON.
        """
        head = {"digest": digest, **about, "created": round(time.time())}

        def write(file):
            return write_entry(file, head, value, key)

        try:
            self._write(self._path(digest), write)
            self._touch(self._path(digest))
        except OSError as error:
            self._warn(error)
        except Exception:  # of the value, whatever it is
            return

    def check(self):
        """Refuse a folder that no store was made in.

        Raises
        ------
        ValueError
        """
        if not self._mark.is_file():
            raise ValueError(
                f"{self.path} is no store of skmia: there is no {_MARK} in it."
            )

    def files(self):
        """Entries and what the system knows of them, the last used at the end.

        Returns
        -------
        files : list of (Path, os.stat_result)
        """
        found = []
        for file in self._listed(_ENTRY):
            try:
                found.append((Path(file.path), file.stat()))
            except OSError:  # removed by another process
                continue
        return sorted(found, key=lambda one: one[1].st_mtime_ns)

    def clear(self):
        """Remove all that a store writes but its mark.

        Returns
        -------
        n_removed : int
            Entries among that.
        """
        self._sweep(0)
        return sum(_remove(path) for path, _ in self.files())

    @property
    def _mark(self):
        return Path(self.path) / _MARK

    def _path(self, digest):
        return Path(self.path) / f"{digest}.zip"

    def _write(self, path, write):
        """Write a file that is there whole, or not at all."""
        unfinished = path.with_name(f"{uuid.uuid4().hex}.unfinished")
        try:
            with open(unfinished, "xb") as file:
                written = write(file)
            if written and self._make_room(unfinished.stat().st_size, path):
                os.replace(unfinished, path)
        finally:
            _remove(unfinished)

    def _make_room(self, size, path):
        """Remove the least recently used entries; False if that would not do."""
        if self.max_bytes is None:
            return True
        others = [(one, found.st_size) for one, found in self.files() if one != path]
        total = size + sum(own for _, own in others)
        for one, own in others if size <= self.max_bytes else ():
            if total <= self.max_bytes:
                break
            total -= own
            _remove(one)
        return total <= self.max_bytes

    def _listed(self, pattern):
        with os.scandir(self.path) as files:
            return [file for file in files if pattern.fullmatch(file.name)]

    def _touch(self, path):
        """Say that an entry was used now."""
        try:
            now = self._tick()
            os.utime(path, ns=(now, now))
        except OSError:  # then it is older than it could be
            return

    def _tick(self):
        """A time after all others in this store, also where the clock was set back."""
        last = self._mark.stat().st_mtime_ns
        now = max(time.time_ns(), last + 1000)
        os.utime(self._mark, ns=(now, now))
        return now

    def _sweep(self, seconds):
        """Remove files of writers that are gone: of long ago, or of the future."""
        for file in self._listed(_UNFINISHED):
            try:
                old = abs(time.time() - file.stat().st_mtime) >= seconds
            except OSError:
                continue
            if old:
                _remove(file.path)

    def _warn(self, error):
        if self.path not in _WARNED:
            _WARNED.add(self.path)
            warnings.warn(
                f"Nothing can be written to {self.path}: {error.strerror or error}. "
                "Results are computed and not kept.",
                StoreWarning,
                stacklevel=2,
            )


def _write_mark(file):
    file.write(json.dumps({"store": 1}).encode())
    return True


def _remove(path):
    """Remove a file; False if it is gone, or will stay."""
    try:
        os.unlink(path)
    except OSError:
        return False
    return True
