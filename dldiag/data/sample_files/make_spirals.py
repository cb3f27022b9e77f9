"""Write spirals.csv: two interleaved spirals, the sample on which a small or briefly trained network underfits.

Row i has a class c of 0 or 1, a turn t uniform on [0.5, 2.5] and, with angle a = 2π t + π c and radius r = t,
x1 = r cos(a) + e1, x2 = r sin(a) + e2, where e1 and e2 are normal with standard deviation 0.04.
Run: python dldiag/data/sample_files/make_spirals.py
"""

from pathlib import Path

import numpy as np

_ROWS, SEED, _NOISE = 2_000, 20_240_501, 0.04


def main() -> None:
    """Write the file beside this script."""
    rng = np.random.default_rng(SEED)
    arm = rng.integers(0, 2, _ROWS)
    turn = rng.uniform(0.5, 2.5, _ROWS)
    angle = 2 * np.pi * turn + np.pi * arm
    x1, x2 = (turn * wave(angle) + _NOISE * rng.standard_normal(_ROWS) for wave in (np.cos, np.sin))
    lines = [f"{a:.4f},{b:.4f},{'red' if c else 'blue'}" for a, b, c in zip(x1, x2, arm, strict=True)]
    Path(__file__).with_name("spirals.csv").write_text("\n".join(["x1,x2,arm", *lines, ""]), encoding="utf-8")


if __name__ == "__main__":
    main()
