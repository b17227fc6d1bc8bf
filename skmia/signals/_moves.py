"""Images, shifted, mirrored and turned."""

from abc import ABC, abstractmethod
from dataclasses import dataclass
from itertools import count

import numpy as np
from scipy import ndimage

_CHANNELS = (1, 3)
NO_IMAGES = (
    "the records are no images, an array in three or four dimensions: say in 'augment' "
    "how to augment them"
)


def nearest_moves():
    """Shifts down and to the right, each without and with a mirror, nearest first."""
    for radius in count():
        ring = range(-radius, radius + 1)
        for down in ring:
            for right in ring:
                if max(abs(down), abs(right)) == radius:
                    yield from ((down, right, False), (down, right, True))


def moved(X, moves):
    """Images, moved; what comes in from beyond the edge is a reflection."""
    first = _channels_first(X)
    X = np.moveaxis(X, 1, 3) if first else X
    height, width = X.shape[1:3]
    most = max(max(abs(down), abs(right)) for down, right, _ in moves)
    beyond = [(0, 0), (most, most), (most, most)] + [(0, 0)] * (X.ndim - 3)
    wide = np.pad(X, beyond, mode="reflect")
    copies = []
    for down, right, mirrored in moves:
        rows = slice(most - down, most - down + height)
        columns = slice(most - right, most - right + width)
        copy = wide[:, rows, columns]
        copies.append(copy[:, :, ::-1] if mirrored else copy)
    copies = np.stack(copies, axis=1)
    return np.moveaxis(copies, 4, 2) if first else copies


def is_images(X):
    """Whether records are images: an array of matrices of numbers, or with channels."""
    return isinstance(X, np.ndarray) and X.ndim in (3, 4) and X.dtype.kind in "buif"


def _channels_first(X):
    return X.ndim == 4 and X.shape[1] in _CHANNELS and X.shape[3] not in _CHANNELS


class ImageMove(ABC):
    """An augmentation of images, records -> records."""

    def __call__(self, X):
        """Images, moved."""
        if not is_images(X):
            raise ValueError(f"{self} is a move of images, and {NO_IMAGES}.")
        return self._move(X)

    @abstractmethod
    def _move(self, X):
        pass


def moves_images(signal):
    """Whether a signal asks about moved images."""
    augment = signal.params.get("augment", ())
    return any(isinstance(one, ImageMove) for one in augment)


@dataclass(frozen=True)
class Shift(ImageMove):
    """Images shifted by whole pixels."""

    down: int
    right: int

    def _move(self, X):
        return moved(X, [(self.down, self.right, False)])[:, 0]


@dataclass(frozen=True)
class Rotation(ImageMove):
    """Images turned about their centres; corners are reflections."""

    degrees: float

    def _move(self, X):
        axes = (2, 3) if _channels_first(X) else (1, 2)
        return ndimage.rotate(
            X, self.degrees, axes=axes, reshape=False, order=1, mode="reflect"
        )


# Those of the paper with one pixel, and a rotation to either side.
MOVES = tuple(Shift(*step) for step in ((-1, 0), (0, -1), (0, 1), (1, 0)))
MOVES += tuple(Rotation(degrees) for degrees in (-5, 5))
