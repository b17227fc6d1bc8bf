"""Answers of models that compute elsewhere, or with another library, as numpy's."""

import numpy as np


def answer_of(model, method, *args):
    """What a method of a model answers; an array as one of numpy."""
    return to_numpy(getattr(model, method)(*args))


def to_numpy(answer):
    """An array of another library, on whichever device, as one of numpy.

    Everything that is no such array is returned as it is.

    Parameters
    ----------
    answer : object
        An array that can be exchanged by ``__dlpack__``: of torch, cupy, jax, or
        another namespace of the array API; or anything else.

    Returns
    -------
    answer : ndarray or object
        An array in the memory of the CPU. Of numbers that numpy does not have
        (bfloat16) it is float32.
    """
    if isinstance(answer, np.ndarray) or not hasattr(answer, "__dlpack__"):
        return answer
    if hasattr(answer, "detach"):  # torch
        answer = answer.detach().cpu()
        if str(answer.dtype) == "torch.bfloat16":
            answer = answer.float()
        return answer.numpy()
    if hasattr(answer, "get"):  # cupy, of which not all versions leave the device else
        return answer.get()
    return np.from_dlpack(answer, device="cpu")
