"""
Seeded numbers that belong to a thing, not to a place in a row.

A draw is a hash of (seed, draw number, stable id): the same road gets the same number whatever else is in the data, in
whatever order, in whatever process.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable

import numpy as np
from numpy.typing import NDArray

# Constants of SplitMix64: Steele, Lea & Flood (2014), Fast splittable pseudorandom number generators, figure 17.
_GAMMA = np.uint64(0x9E3779B97F4A7C15)
_MIX_1 = np.uint64(0xBF58476D1CE4E5B9)
_MIX_2 = np.uint64(0x94D049BB133111EB)

_KEY_BYTES = 8
_MANTISSA_BITS = 53


def keys(ids: Iterable[str]) -> NDArray[np.uint64]:
    """64-bit keys of stable ids (BLAKE2b), in their order."""
    digests = b"".join(hashlib.blake2b(name.encode(), digest_size=_KEY_BYTES).digest() for name in ids)
    return np.frombuffer(digests, dtype="<u8").astype(np.uint64)


def uniform(seed: int, draw: int, id_keys: NDArray[np.uint64]) -> NDArray[np.float64]:
    """
    One number per key, uniform on [-1, 1), independent between keys, draws and seeds.

    Parameters
    ----------
    seed, draw
        Non-negative integers.
    id_keys
        From `keys`.
    """
    stream = keys([f"{seed}:{draw}"])
    mixed = _mix(id_keys ^ stream)
    fraction = (mixed >> np.uint64(64 - _MANTISSA_BITS)).astype(np.float64) * 2.0**-_MANTISSA_BITS
    return 2.0 * fraction - 1.0


def _mix(state: NDArray[np.uint64]) -> NDArray[np.uint64]:
    mixed = state + _GAMMA
    mixed = (mixed ^ (mixed >> np.uint64(30))) * _MIX_1
    mixed = (mixed ^ (mixed >> np.uint64(27))) * _MIX_2
    return mixed ^ (mixed >> np.uint64(31))
