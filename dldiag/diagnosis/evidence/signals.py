"""Health signals of watched fits to evidence."""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from dldiag.core.statistics import t_interval
from dldiag.core.types import Estimate, TrainingCurve, exactly
from dldiag.experiments.fit import FitResult
from dldiag.nn.health import Health, LayerHealth

SMOOTHED = 5  # Number of epochs that are averaged before a minimum is searched.
STUCK = 0.9  # Share of the baseline's error; a fit above it has learned next to nothing (own choice).
LEARNED_SHARE = 0.5  # Share of the baseline's error; most fits lie below it where they learn well (own choice).
_LAST_PART = 5  # Parts that the epochs are divided into; the last is compared with the one before.
_EARLY = 0.9  # A minimum counts as passed when it lies before this share of the epochs.


def signals(results: Sequence[FitResult]) -> dict[str, Estimate | None]:
    """Return the training evidence of watched fits by name; {} where none was watched."""
    healths = [r.health for r in results if r.health is not None]
    if not healths:
        return {}
    return {
        "nonfinite_share": exactly(float(np.mean([h.diverged or not h.finite for h in healths]))),
        "initial_loss_ratio": _median(healths, lambda h: h.initial_loss / max(h.expected_loss, 1e-12)),
        "symmetry": _median(healths, lambda h: _worst(h.last_look, lambda look: _closest(look, h.units))),
        "spread_ratio": _median(healths, lambda h: _worst(h.first_look, _spread_ratio)),
        "gradient_ratio": _median(healths, _gradient_ratio),
        "first_gradient": _median(healths, lambda h: h.gradient_norm[0][0] if h.gradient_norm else None),
        "dead_share": _median(healths, lambda h: _worst(h.last_look, lambda look: max(look.dead))),
        "saturated_share": _median(healths, lambda h: _worst(h.last_look, lambda look: max(look.saturated))),
        "past_minimum": _past_minimum(healths),
        "still_falling": _still_falling(healths),
        "stuck_share": exactly(float(np.mean(stuck(results)))),
    }


def stuck(results: Sequence[FitResult]) -> NDArray[np.bool_]:
    """Tell which repeats have learned next to nothing, on training and dev rows, where most learn well; none where most do not."""
    guess = np.array([r.guess_error for r in results])
    train, dev = np.array([r.train_error for r in results]), np.array([r.dev_error for r in results])
    learns = bool(np.median(dev - LEARNED_SHARE * guess) < 0)
    return np.asarray((np.minimum(train, dev) >= STUCK * guess) & (guess > 0) & learns)


def unsticks(before: Sequence[FitResult], after: Sequence[FitResult]) -> bool:
    """Tell whether a change makes every stuck repeat train, and leaves none stuck."""
    return bool(stuck(before).any() and not stuck(after).any())


def _median(healths: Sequence[Health], of: Callable[[Health], float | None]) -> Estimate | None:
    values = [value for value in map(of, healths) if value is not None and np.isfinite(value)]
    return exactly(float(np.median(values))) if values else None


def _worst(look: LayerHealth | None, of: Callable[[LayerHealth], float | None]) -> float | None:
    return None if look is None or not look.distance else of(look)


def _spread_ratio(look: LayerHealth) -> float | None:
    return look.spread[-1] / max(look.spread[0], 1e-12) if len(look.spread) > 1 else None


def _closest(look: LayerHealth, units: Sequence[int]) -> float | None:
    """Return the distance between the units of the layer where it is least; a single unit has none to differ from."""
    return min((d for d, n in zip(look.distance, units, strict=True) if n > 1), default=None)


def _gradient_ratio(health: Health) -> float | None:
    """Return the gradient norm of the first layer over that of the last, in the first epoch."""
    if not health.gradient_norm or len(health.gradient_norm[0]) < 2:
        return None
    first, *_, last = health.gradient_norm[0]
    return first / last if last > 0 else None


def _past_minimum(healths: Sequence[Health]) -> Estimate | None:
    """Estimate how far the dev error rises after its best epoch, chosen on one half of the repeats and read on the other.

    The minimum of a noisy curve lies below its end even where nothing rises, so one half chooses and the other measures.
    """
    curves = [curve for curve in map(_smoothed, healths) if curve is not None]
    if len(curves) < 2:
        return None
    longest = max(len(curve) for curve in curves)
    laid = np.array([np.pad(curve, (0, longest - len(curve)), mode="edge") for curve in curves])
    halves = laid[::2], laid[1::2]
    rises = np.concatenate([_rises(halves[0], halves[1]), _rises(halves[1], halves[0])])
    low, high = t_interval(rises)
    value, low, high = (max(0.0, bound) for bound in (float(rises.mean()), low, high))
    return Estimate(value, low, high)


def _still_falling(healths: Sequence[Health]) -> Estimate | None:
    """Estimate how far the dev error fell over the last fifth of the epochs; None where training ended by itself somewhere."""
    falls = [_last_fall(h) for h in healths if h.stopped_by == "epochs"]
    present = [fall for fall in falls if fall is not None]
    if len(present) < max(2, len(healths)):
        return None
    low, high = t_interval(present)
    return Estimate(float(np.mean(present)), low, high)


def _last_fall(health: Health) -> float | None:
    """Return the mean dev error of the fifth of the epochs before the last less that of the last fifth."""
    errors = np.array(health.dev_error or (), dtype=float)
    epochs = np.flatnonzero(np.isfinite(errors))
    if len(epochs) < 2:
        return None
    laid = np.interp(np.arange(len(errors)), epochs, errors[epochs])
    part = max(1, len(laid) // _LAST_PART)
    return float(laid[-2 * part : -part].mean() - laid[-part:].mean())


def _smoothed(health: Health) -> NDArray[np.float64] | None:
    """Return the dev error of every epoch, averaged over SMOOTHED measurements; None where there are too few of them."""
    errors = np.array(health.dev_error or (), dtype=float)
    epochs = np.flatnonzero(np.isfinite(errors))
    if len(epochs) < 2 * SMOOTHED:
        return None
    smooth = np.convolve(errors[epochs], np.ones(SMOOTHED) / SMOOTHED, mode="valid")
    return np.interp(np.arange(len(errors)), epochs[SMOOTHED - 1 :], smooth)


def _rises(choosing: NDArray[np.float64], judged: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return how far the measured curves rise after the best epoch of the choosing ones; 0 when that epoch is late."""
    best = int(np.argmin(choosing.mean(axis=0)))
    late = best >= _EARLY * (choosing.shape[1] - 1)
    return np.zeros(len(judged)) if late else judged[:, -1] - judged[:, best]


def mean_training_curve(results: Sequence[FitResult]) -> TrainingCurve | None:
    """Return loss and errors against epochs, averaged over the repeats that are still running at each epoch."""
    healths = [r.health for r in results if r.health is not None]
    if not healths:
        return None
    epochs = max(h.epochs for h in healths)
    dev = [h.dev_error for h in healths if h.dev_error]
    return TrainingCurve(
        tuple(range(1, epochs + 1)),
        _mean_by_epoch([h.loss for h in healths], epochs),
        _mean_by_epoch([h.train_error for h in healths], epochs),
        _mean_by_epoch(dev, epochs) if dev else (),
    )


def _mean_by_epoch(series: Sequence[Sequence[float | None]], epochs: int) -> tuple[float | None, ...]:
    """Average series of different lengths; a finished one counts with its last value."""
    laid = np.array([[*s, *[s[-1]] * (epochs - len(s))] for s in series if len(s)], dtype=float)
    if len(laid) == 0:
        return ()
    return tuple(float(x) if np.isfinite(x) else None for x in laid.mean(axis=0))
