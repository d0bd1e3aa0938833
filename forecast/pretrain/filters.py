"""Linear filters of white noise, without a loop over time.

Stationary processes come from the Fourier transform: the transform of white
noise times that of an impulse response (ARMA), or times the root of a spectral
density (Gaussian processes). Twice the length is drawn and the half is kept,
so that the ends of a path are not neighbours on the circle.

Shapes: N series, L steps.
"""

import torch
from torch import Tensor

from forecast.pretrain.dice import Dice


def convolve(noise_NL: Tensor, impulse_NL: Tensor) -> Tensor:
    """Filter noise causally from a zero start.

    Parameters
    ----------
    noise_NL : Tensor, shape (N, L)
    impulse_NL : Tensor, shape (N, L)
        Response at 0, 1, ... steps to a unit shock.

    Returns
    -------
    Tensor, shape (N, L)
        ``sum over k of impulse[k] * noise[t - k]``.
    """
    length = noise_NL.shape[-1]
    spectrum = torch.fft.rfft(noise_NL, 2 * length) * torch.fft.rfft(impulse_NL, 2 * length)
    filtered: Tensor = torch.fft.irfft(spectrum, 2 * length)[..., :length]
    return filtered


def stationary(dice: Dice, impulse_NL: Tensor, length: int) -> Tensor:
    """Draw a stationary process of unit variance with a given impulse response.

    Parameters
    ----------
    dice : Dice
    impulse_NL : Tensor, shape (N, 2 * length)
        Response at 0, 1, ... steps to a unit shock; it should have died out
        at its end.
    length : int

    Returns
    -------
    Tensor, shape (N, length)
    """
    count, span = impulse_NL.shape
    unit_NL = impulse_NL / impulse_NL.square().sum(-1, keepdim=True).sqrt()
    spectrum = torch.fft.rfft(dice.normal(count, span)) * torch.fft.rfft(unit_NL)
    path_NL: Tensor = torch.fft.irfft(spectrum, span)[:, :length]
    return path_NL


def ar1(dice: Dice, phi_N: Tensor, length: int) -> Tensor:
    """Draw AR(1) paths of unit variance, ``x[t] = phi * x[t-1] + e[t]``.

    Parameters
    ----------
    dice : Dice
    phi_N : Tensor, shape (N,)
        In (-1, 1).
    length : int

    Returns
    -------
    Tensor, shape (N, length)
    """
    steps = torch.arange(2 * length, device=dice.device)
    return stationary(dice, phi_N[:, None] ** steps, length)


def cycle(dice: Dice, radius_N: Tensor, period_N: Tensor, length: int) -> Tensor:
    """Draw stochastic cycles of unit variance: AR(2) with complex roots.

    Parameters
    ----------
    dice : Dice
    radius_N : Tensor, shape (N,)
        Modulus of the roots, in (0, 1): near 1 the cycle keeps its phase long.
    period_N : Tensor, shape (N,)
        Steps, more than 2.
    length : int

    Returns
    -------
    Tensor, shape (N, length)

    Notes
    -----
    The impulse response is ``r^k sin((k + 1) w) / sin(w)`` with ``w = 2 pi /
    period`` (Box and Jenkins, 1970, section 3.2.4).
    """
    steps = torch.arange(2 * length, device=dice.device)
    angle_N1 = 2 * torch.pi / period_N[:, None]
    impulse = radius_N[:, None] ** steps * torch.sin((steps + 1) * angle_N1) / torch.sin(angle_N1)
    return stationary(dice, impulse, length)


def arma22(dice: Dice, count: int, length: int) -> Tensor:
    """Draw ARMA(2, 2) paths of unit variance with random roots inside the unit circle.

    Parameters
    ----------
    dice : Dice
    count, length : int

    Returns
    -------
    Tensor, shape (count, length)
    """
    span = 2 * length
    steps = torch.arange(span, device=dice.device)
    first, second = dice.uniform(-0.6, 0.95, count, 1), dice.uniform(-0.6, 0.8, count, 1)
    ar = torch.fft.rfft(first**steps) * torch.fft.rfft(second**steps)
    ma = torch.zeros(count, span, device=dice.device)
    ma[:, 0] = 1.0
    ma[:, 1:3] = dice.uniform(-0.6, 0.6, count, 2)
    return stationary(dice, torch.fft.irfft(ar * torch.fft.rfft(ma), span), length)


def gaussian_process(dice: Dice, scale_N: Tensor, tail_N: Tensor, length: int) -> Tensor:
    """Draw stationary Gaussian-process paths of unit variance by their spectrum.

    Parameters
    ----------
    dice : Dice
    scale_N : Tensor, shape (N,)
        Length scale in steps.
    tail_N : Tensor, shape (N,)
        Matern smoothness nu: .5 is an Ornstein-Uhlenbeck path, from 8 on it
        is close to the squared-exponential (RBF) kernel.
    length : int

    Returns
    -------
    Tensor, shape (N, length)

    Notes
    -----
    Spectral density ``(2 nu / l^2 + w^2)^-(nu + 1/2)`` (Rasmussen and
    Williams, 2006, equation 4.15).
    """
    span = 2 * length
    angle = 2 * torch.pi * torch.fft.rfftfreq(span, device=dice.device)
    scale, nu = scale_N[:, None], tail_N[:, None]
    density = -(nu + 0.5) * torch.log1p((angle * scale) ** 2 / (2 * nu))
    return _from_spectrum(dice, density, length)


def power_law(dice: Dice, exponent_N: Tensor, length: int) -> Tensor:
    """Draw paths of unit variance with spectrum ``1 / f^exponent`` (long memory).

    Parameters
    ----------
    dice : Dice
    exponent_N : Tensor, shape (N,)
        0 is white noise, 1 pink noise, 2 close to a random walk.
    length : int

    Returns
    -------
    Tensor, shape (N, length)
    """
    angle = torch.fft.rfftfreq(2 * length, device=dice.device).clamp_min(0.5 / length)
    return _from_spectrum(dice, -exponent_N[:, None] * angle.log(), length)


def _from_spectrum(dice: Dice, log_density_NF: Tensor, length: int) -> Tensor:
    """White noise shaped by a log spectral density over F = length + 1 frequencies."""
    amplitude = (0.5 * (log_density_NF - log_density_NF.amax(-1, keepdim=True))).exp()
    amplitude = amplitude / amplitude.square().mean(-1, keepdim=True).sqrt()
    noise = dice.normal(log_density_NF.shape[0], 2 * length)
    path_NL: Tensor = torch.fft.irfft(torch.fft.rfft(noise) * amplitude, 2 * length)[:, :length]
    return path_NL
