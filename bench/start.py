"""How long the command line takes to start, beside `import sklearn`, in CPU seconds of processes in turn.

    python -m bench.start [TIMES]       prints the medians and their ratios

Bytecode is written once, into a folder of its own, and read after that, as it is from an installed wheel.
"""

from __future__ import annotations

import argparse
import os
import statistics
import subprocess
import sys
import tempfile
from resource import RUSAGE_CHILDREN, getrusage

STARTS = {
    "import sklearn": ("-c", "import sklearn"),
    "dldiag numbers": ("-m", "dldiag", "numbers", "--train", "0.01", "--dev", "0.1"),
    "dldiag samples": ("-m", "dldiag", "samples"),
}
ONE_THREAD = {f"{name}_NUM_THREADS": "1" for name in ("OMP", "OPENBLAS", "MKL")}
TIMES = 9


def seconds(arguments: tuple[str, ...], bytecode: str) -> float:
    """Return the CPU seconds of one process."""
    environment = {**os.environ, **ONE_THREAD, "PYTHONPYCACHEPREFIX": bytecode}
    environment.pop("PYTHONDONTWRITEBYTECODE", None)
    before = getrusage(RUSAGE_CHILDREN)
    subprocess.run([sys.executable, *arguments], check=True, env=environment, stdout=subprocess.DEVNULL)
    after = getrusage(RUSAGE_CHILDREN)
    return after.ru_utime + after.ru_stime - before.ru_utime - before.ru_stime


def main() -> None:
    """Print the comparison."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("times", nargs="?", type=int, default=TIMES, help=f"rounds ({TIMES})")
    times = parser.parse_args().times
    with tempfile.TemporaryDirectory() as bytecode:
        for arguments in STARTS.values():
            seconds(arguments, bytecode)
        rounds = [{name: seconds(one, bytecode) for name, one in STARTS.items()} for _ in range(times)]
    for name in STARTS:
        own = statistics.median(one[name] for one in rounds)
        ratio = statistics.median(one[name] / one["import sklearn"] for one in rounds)
        print(f"{name:16}{own:6.2f} s{ratio:7.2f} times")


if __name__ == "__main__":
    main()
