"""Tensors and a JSON document in one safetensors file with a seal over every byte.

Safetensors has no checksum. The file's metadata therefore has one entry, the
document, which begins with a seal: the SHA-256 of the whole file with the
seal's own digits as zeros. Nothing is used before the seal was checked.
"""

import hashlib
import json
from collections.abc import Mapping
from typing import Any

import numpy as np
import safetensors
import safetensors.numpy
from numpy.typing import NDArray

from forecast.errors import ArtifactError

_KEY = "forecast"
_NO_SEAL = b"0" * 64
_MARK = b'{\\"seal\\":\\"'
_LARGEST_HEADER = 4 << 20
_MOST_GROUPS = 50_000
"""Bytes, and lists and objects, in a header: nothing that a training writes comes near."""

Tensors = dict[str, NDArray[Any]]


def seal(tensors: Mapping[str, NDArray[Any]], document: Mapping[str, Any]) -> bytes:
    """Give the content of a sealed file: equal input gives equal bytes.

    Parameters
    ----------
    tensors : mapping of str to ndarray
    document : mapping
        What JSON can hold, without NaN.

    Returns
    -------
    bytes

    Raises
    ------
    ArtifactError
        When the document is larger than what `unseal` would read.
    """
    text = json.dumps(
        {"seal": _NO_SEAL.decode(), **document}, separators=(",", ":"), allow_nan=False
    )
    whole = {
        name: np.ascontiguousarray(values).reshape(values.shape) for name, values in tensors.items()
    }
    content = safetensors.numpy.save(whole, {_KEY: text})
    at = _position(content)
    if at < 0:
        raise ArtifactError("there is too much to say about this model", fix="use fewer --members")
    return content[:at] + _digest(content, at) + content[at + len(_NO_SEAL) :]


def unseal(content: bytes, where: str) -> tuple[dict[str, Any], Tensors]:
    """Check the seal and give what the file holds.

    Parameters
    ----------
    content : bytes
    where : str
        Name of the file for messages.

    Returns
    -------
    document : dict
    tensors : dict of str to ndarray

    Raises
    ------
    ArtifactError
        When a byte was changed, lost or added, or it never was such a file.
    """
    damaged = ArtifactError(
        "this is not an intact model file: its seal does not match its content",
        where=where,
        fix=f"train again, or restore {where}.prev if there is one",
    )
    at = _position(content)
    if at < 0 or _digest(content, at) != content[at : at + len(_NO_SEAL)]:
        raise damaged
    try:
        header = content[8 : 8 + _header_size(content)]
        if header.count(b"[") + header.count(b"{") > _MOST_GROUPS:
            raise damaged
        document = json.loads(json.loads(header)["__metadata__"][_KEY])
        tensors = safetensors.numpy.load(content)
    except (ValueError, KeyError, TypeError, RecursionError, safetensors.SafetensorError) as error:
        raise damaged from error
    if not isinstance(document, dict):
        raise damaged
    return document, tensors


def looks_sealed(beginning: bytes) -> bool:
    """Tell from its first hundred bytes whether a file means to be a sealed one.

    Parameters
    ----------
    beginning : bytes

    Returns
    -------
    bool
    """
    return f'"{_KEY}"'.encode() in beginning[:100]


def _digest(content: bytes, at: int) -> bytes:
    digest = hashlib.sha256(content[:at])
    digest.update(_NO_SEAL)
    digest.update(content[at + len(_NO_SEAL) :])
    return digest.hexdigest().encode()


def _position(content: bytes) -> int:
    """First digit of the seal within the header, -1 where there is none."""
    size = _header_size(content)
    if not 0 < size <= min(len(content) - 8, _LARGEST_HEADER):
        return -1
    at = content.find(_MARK, 8, 8 + size)
    end = at + len(_MARK) + len(_NO_SEAL)
    return -1 if at < 0 or end > 8 + size else at + len(_MARK)


def _header_size(content: bytes) -> int:
    return int.from_bytes(content[:8], "little")
