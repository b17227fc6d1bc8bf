"""One file of a store: a zip of what was computed, and what is known of it."""

import json
import struct
from zipfile import ZIP_STORED, ZipFile, ZipInfo

import numpy as np

from skmia.utils._plain_values import NotPlainError, put_together, taken_apart
from skmia.utils._saved_objects import Hand, from_bytes, to_bytes

_HEAD, _VALUE, _OBJECT = "entry.json", "value.json", "value.skops"

# Larger arrays are not read but mapped: 64 MiB.
MAPPED = 2**26
# Bytes before a member's name in a zip file and after it, where files may be large, and
# the mark of bytes that only fill.
_LOCAL_HEADER, _ZIP64, _FILLING = 30, 20, 0xD935
_ALIGNED = 64


def write_entry(file, head, value, key):
    """Write an entry, if what is read from it would be the same.

    Parameters
    ----------
    file : binary file
    head : dict
        What is known of it, for JSON; its "digest" among that.
    value : object
    key : object
        What it depends on.

    Returns
    -------
    written : bool
    """
    arrays, data = [], None
    try:
        parts = taken_apart(value, arrays)
    except NotPlainError:
        data = to_bytes(value, Hand(key))
        if data is None:
            return False
    with ZipFile(file, "w", ZIP_STORED) as entry:
        if data is None:
            for i, array in enumerate(arrays):
                member = _aligned(f"{i}.npy", file.tell())
                with entry.open(member, "w", force_zip64=True) as one:
                    np.lib.format.write_array(one, array, allow_pickle=False)
            entry.writestr(_VALUE, json.dumps(parts))
        else:
            entry.writestr(_OBJECT, data)
        entry.writestr(_HEAD, json.dumps(head))
    return True


def read_head(path):
    """What is known of an entry.

    Parameters
    ----------
    path : path-like

    Returns
    -------
    head : dict

    Raises
    ------
    Exception
        Of any class: the file may be anything.
    """
    with ZipFile(path) as entry:
        return dict(json.loads(_read(entry, _HEAD)))


def read_entry(path, digest, key):
    """What was computed; large arrays are mapped, and cannot be written to.

    Parameters
    ----------
    path : path-like
    digest : str
        That the entry must be of.
    key : object
        What it depends on.

    Returns
    -------
    value : object

    Raises
    ------
    Exception
        Of any class: the file may be anything.
    """
    with open(path, "rb") as file, ZipFile(file) as entry:
        if json.loads(_read(entry, _HEAD))["digest"] != digest:
            raise ValueError("The entry is of something else.")
        names = entry.namelist()
        if _OBJECT in names:
            return from_bytes(_read(entry, _OBJECT), Hand(key))
        n_arrays = sum(name.endswith(".npy") for name in names)
        arrays = [_read_array(file, entry, f"{i}.npy") for i in range(n_arrays)]
        return put_together(json.loads(_read(entry, _VALUE)), arrays)


def _read(entry, name):
    return entry.read(_stored(entry, name))


def _stored(entry, name):
    """Refuse what would grow when it is read."""
    info = entry.getinfo(name)
    if info.compress_type != ZIP_STORED:
        raise ValueError(f"{name} is compressed.")
    return info


def _read_array(file, entry, name):
    info = _stored(entry, name)
    with entry.open(info) as member:
        if info.file_size > MAPPED:
            return _mapped(file, info, member)
        array = np.lib.format.read_array(member, allow_pickle=False)
        if member.read(1):  # the checksum is known at the end
            raise ValueError("There is more than an array.")
        return array


def _aligned(name, begin):
    """Member whose bytes begin where arrays are read fast."""
    begin += _LOCAL_HEADER + len(name) + _ZIP64 + struct.calcsize("<HH")
    info = ZipInfo(name)
    info.extra = struct.pack("<HH", _FILLING, -begin % _ALIGNED)
    info.extra += bytes(-begin % _ALIGNED)
    return info


def _mapped(file, info, member):
    """Array of a member that is not compressed, as it lies in the file."""
    version = np.lib.format.read_magic(member)
    read = {(1, 0): np.lib.format.read_array_header_1_0}
    read[2, 0] = np.lib.format.read_array_header_2_0
    shape, by_columns, dtype = read[version](member)
    before = member.tell()
    file.seek(info.header_offset)
    n_name, n_extra = struct.unpack("<26xHH", file.read(_LOCAL_HEADER))
    begin = info.header_offset + _LOCAL_HEADER + n_name + n_extra + before
    array = np.memmap(file, dtype, "r", begin, shape, "F" if by_columns else "C")
    if dtype.hasobject or before + array.nbytes != info.file_size:
        raise ValueError("The member is not as long as its array.")
    return array.view(np.ndarray)
