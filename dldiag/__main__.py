"""Lets `python -m dldiag` do what `dldiag` does."""

import sys

from dldiag.cli.main import main

if __name__ == "__main__":
    sys.exit(main())
