"""Where each series stood on average in training: what a linear map sees it return to.

A forecast reads only the last rows of a series, which cannot tell that; so it is
kept by name.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class Means:
    """Mean of every series over the rows trained on, as the network read them.

    Attributes
    ----------
    by_name : mapping of str to float
    otherwise : float
        Of a series that is not among them: NaN means unknown.

    Examples
    --------
    >>> Means({"a": 2.0}).of(["a", "b"])
    array([ 2., nan])
    """

    by_name: Mapping[str, float] = field(default_factory=dict)
    otherwise: float = np.nan

    def of(self, names: Sequence[str]) -> NDArray[np.float64]:
        """Give the mean of each series, (N,).

        Parameters
        ----------
        names : sequence of str, length N
        """
        return np.array([self.by_name.get(name, self.otherwise) for name in names])

    def renamed(self, names: Mapping[str, str]) -> "Means":
        """Go by other names.

        Parameters
        ----------
        names : mapping of str to str
            From each name that will be used to the one in training.
        """
        known = {new: self.by_name.get(old, self.otherwise) for new, old in names.items()}
        return replace(self, by_name=known)

    def only(self, name: str) -> "Means":
        """Take every series for this one.

        Parameters
        ----------
        name : str
        """
        return Means({}, self.by_name.get(name, self.otherwise))
