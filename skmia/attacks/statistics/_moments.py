"""Where the references of a record lie: centre and variance of its in and out models.

Plain functions on a matrix (n_records, n_references) and a mask of the same shape that
says which reference was trained on which record. They work in blocks of rows, in
float64 and in buffers of their own: a million records by 64 models need a few
megabytes, and the numbers of a record do not depend on the other records. A buffer
holds one reference after the other, as tables of references do.
"""

from dataclasses import dataclass

import numpy as np
from sklearn.utils import gen_batches

# Elements of a buffer: one megabyte, 2,048 records by 64 references.
BLOCK = 2**17


@dataclass(frozen=True)
class Side:
    """References of one side (in or out), record by record; 0 where there are none.

    Attributes
    ----------
    count : ndarray of shape (n_records,)
        Number of references.
    centre : ndarray of shape (n_records,)
        Where they lie.
    variance : ndarray of shape (n_records,)
        Mean squared residual around the centre (ddof 0).
    """

    count: np.ndarray
    centre: np.ndarray
    variance: np.ndarray


@dataclass(frozen=True)
class Pooled:
    """What the records have in common.

    Attributes
    ----------
    n_inside, n_outside : float
        Mean number of in and of out models of a record.
    inside, outside : float
        Variance of the residuals around the centres of the records, of the in and of
        the out models; nan without any.
    offset : float
        Mean of the centre of the in models minus that of the out models, over the
        records that have both; nan if none has.
    """

    n_inside: float
    n_outside: float
    inside: float
    outside: float
    offset: float

    @classmethod
    def from_sums(cls, sums):
        """Means from the sums of :func:`sums_of_sides` over all blocks."""
        n_records, n_in, n_out, square_in, square_out, n_both, offset = sums
        with np.errstate(invalid="ignore"):
            return cls(
                *np.divide(
                    [n_in, n_out, square_in, square_out, offset],
                    [n_records, n_records, n_in, n_out, n_both],
                ).tolist()
            )

    @property
    def swapped(self):
        """The same with in and out models exchanged."""
        return Pooled(
            self.n_outside, self.n_inside, self.outside, self.inside, -self.offset
        )

    @property
    def usual_offset(self):
        """The offset, 0 where nothing is known of it."""
        return 0.0 if np.isnan(self.offset) else self.offset


def blocks_of_sides(reference, inside, centre="mean", change=np.asarray):
    """In and out side of the records, block by block.

    Parameters
    ----------
    reference : ndarray of shape (n_records, n_references)
        Signal of the reference models.
    inside : ndarray of bool of shape (n_records, n_references) or None
        Which reference was trained on which record; None when none was on any.
    centre : {"mean", "median", "max", "min", "soft-min"}, default="mean"
        Where the references of a side lie. "soft-min" is the loss of their mean
        likelihood, ``-log(mean(exp(-loss)))``.
    change : callable, default=numpy.asarray
        ``change(values)`` stands for the values of a block.

    Yields
    ------
    rows : slice
    inside, outside : Side
    """
    n_records, n_references = reference.shape
    # Of a single row sums would be taken in another order: the last block has as many
    # rows as all others, of which some are left over.
    n_rows = max(2, min(n_records, BLOCK // n_references))
    values, weight, work = np.zeros((3, n_references, n_rows)).transpose(0, 2, 1)
    for rows in gen_batches(n_records, n_rows):
        n = rows.stop - rows.start
        values[:n] = change(reference[rows])
        weight[:n] = False if inside is None else inside[rows]
        in_models = _side(values, weight, work, centre, n)
        np.subtract(1, weight, out=weight)
        yield rows, in_models, _side(values, weight, work, centre, n)


def sums_of_sides(inside, outside):
    """What :class:`Pooled` is made of, summed over the records of a block."""
    both = (inside.count > 0) & (outside.count > 0)
    return np.array(
        [
            len(both),
            inside.count.sum(),
            outside.count.sum(),
            inside.count @ inside.variance,
            outside.count @ outside.variance,
            both.sum(),
            both @ (inside.centre - outside.centre),
        ]
    )


def pool(reference, inside, centre="mean", change=np.asarray):
    """What the records have in common; parameters as for :func:`blocks_of_sides`."""
    blocks = blocks_of_sides(reference, inside, centre, change)
    return Pooled.from_sums(sum(sums_of_sides(*sides) for _, *sides in blocks))


def both_centres(inside, outside, offset):
    """Centres of both sides; one that is missing lies `offset` from the other."""
    return (
        np.where(inside.count > 0, inside.centre, outside.centre + offset),
        np.where(outside.count > 0, outside.centre, inside.centre - offset),
    )


def is_online(name, mode, pooled):
    """Whether in models are used; errors name the class or function.

    Raises
    ------
    ValueError
        There are no references of a kind that the mode needs.
    """
    if not pooled.n_outside:
        raise ValueError(
            f"{name} needs reference models that were not trained on the record. By "
            "the table every model was trained on every record."
        )
    has_both = not np.isnan(pooled.offset)
    if mode == "online" and not has_both:
        raise ValueError(
            f"The 'mode' parameter of {name} is 'online', but no record has in and out "
            "models. Use mode='offline', or references that were trained on the "
            "candidates: ShadowModels.reference_observations without X."
        )
    return has_both and mode != "offline"


def _side(values, weight, work, centre, n):
    """Side of the references with weight 1, first `n` rows; `work` is overwritten."""
    count = weight.sum(axis=1)
    divisor = np.maximum(count, 1)
    middle = np.where(count > 0, CENTRES[centre](values, weight, work, divisor), 0.0)
    np.subtract(values, middle[:, None], out=work)
    work *= weight
    variance = np.einsum("ij,ij->i", work, work) / divisor
    return Side(count[:n], middle[:n], variance[:n])


def _mean(values, weight, work, count):
    return np.einsum("ij,ij->i", values, weight) / count


def _median(values, weight, work, count):
    _masked(values, weight, work, np.inf).sort(axis=1)
    rows = np.arange(len(work))
    middle = count.astype(int)
    # Halves first: the sum of two large values could be infinite.
    return work[rows, (middle - 1) // 2] / 2 + work[rows, middle // 2] / 2


def _max(values, weight, work, count):
    return _masked(values, weight, work, -np.inf).max(axis=1)


def _min(values, weight, work, count):
    return _masked(values, weight, work, np.inf).min(axis=1)


def _soft_min(values, weight, work, count):
    low = _min(values, weight, work, count)
    low[np.isinf(low)] = 0.0  # no reference on this side
    np.exp(np.subtract(low[:, None], work, out=work), out=work)
    with np.errstate(divide="ignore"):
        return low - np.log(work.sum(axis=1) / count)


def _masked(values, weight, work, fill):
    """`values` in `work`, with `fill` where the weight is 0."""
    work[:] = values
    np.copyto(work, fill, where=weight == 0)
    return work


CENTRES = {
    "mean": _mean,
    "median": _median,
    "max": _max,
    "min": _min,
    "soft-min": _soft_min,
}
