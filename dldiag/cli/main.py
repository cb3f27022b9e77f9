"""The command line: `python -m dldiag diagnose FILE --target NAME`. Bad input gives one plain line and exit status 2."""

from __future__ import annotations

import argparse
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Sequence

from dldiag import __version__
from dldiag.cli.flags import Parser
from dldiag.cli.on_results import add_compare, add_numbers
from dldiag.core.home import dashboard_folder, require
from dldiag.core.i18n import LANGUAGES, set_language, tr
from dldiag.core.params import SettingError
from dldiag.core.sanitize import terminal_safe
from dldiag.core.types import DataError

LAST_PORT = 65_535
FAULT, BAD_INPUT, INTERRUPTED = 1, 2, 130  # Exit statuses.


def main(arguments: Sequence[str] | None = None) -> int:
    """Run a verb and return the exit status; what cannot be done is one line on stderr.

    DLDIAG_TRACEBACK=1 shows where a fault of dldiag itself happened.
    """
    arguments = sys.argv[1:] if arguments is None else arguments
    set_language(_language(arguments))
    _write_any_character()
    try:
        return _run_verb(parser(only_numbers=[*arguments[:1]] == ["numbers"]).parse_args(arguments))
    except (DataError, SettingError) as error:
        return _refuse(str(error))
    except OSError as error:
        return _refuse(_os_text(error))
    except MemoryError:
        return _refuse(tr("There is not enough memory for this; use --max-rows to read a sample."))
    except KeyboardInterrupt:
        return INTERRUPTED
    except Exception as error:
        if os.environ.get("DLDIAG_TRACEBACK"):
            raise
        what = f"{type(error).__name__}: {error}"
        return _refuse(tr("This is a fault of dldiag, not of your data: {what}.", what=what), FAULT)


def _run_verb(args: argparse.Namespace) -> int:
    """Run a verb. A reader that closes the pipe early, such as `head`, is not an error."""
    try:
        status = int(args.verb(args) or 0)
        sys.stdout.flush()
    except BrokenPipeError:
        os.dup2(os.open(os.devnull, os.O_WRONLY), sys.stdout.fileno())
        return 0
    return status


def parser(*, only_numbers: bool = False) -> argparse.ArgumentParser:
    """Return the parser of the whole command line; only_numbers: of the verb that needs neither tables nor models."""
    top = Parser(prog="dldiag", description=tr("What is wrong with my model, and what should I do next?"))
    top.add_argument("--version", action="version", version=f"dldiag {__version__}")
    top.add_argument("--language", choices=tuple(LANGUAGES), help=tr("language of every text"))
    verbs = top.add_subparsers(required=True, metavar="VERB", parser_class=Parser)
    if only_numbers:
        add_numbers(verbs)
        return top
    from dldiag.cli.on_tables import add_errors, add_table_verbs  # keeps start-up short

    add_table_verbs(verbs)
    add_numbers(verbs)
    add_compare(verbs)
    add_errors(verbs)
    dashboard = verbs.add_parser("dashboard", aliases=["run"], help=tr("start the dashboard"))
    dashboard.add_argument("--port", type=_port, metavar="N", help=tr("port of the dashboard"))
    _add_plain(dashboard, _dashboard)
    return top


def _add_plain(parser: argparse.ArgumentParser, verb: Callable[[argparse.Namespace], int | None]) -> None:
    parser.add_argument("--language", choices=tuple(LANGUAGES), help=tr("language of every text"))
    parser.set_defaults(verb=verb)


# --- output -------------------------------------------------------------------------------------------------------


def _refuse(text: str, status: int = BAD_INPUT) -> int:
    print("dldiag:", terminal_safe(" ".join(text.split())), file=sys.stderr)
    return status


def _os_text(error: OSError) -> str:
    if isinstance(error, FileNotFoundError):
        return tr("There is no file {path}.", path=repr(error.filename))
    return tr("{path}: {reason}.", path=repr(error.filename or ""), reason=error.strerror or str(error))


def _language(arguments: Sequence[str]) -> str:
    """Find the language before parsing, so that parsing errors are in it, too."""
    for here, following in zip(arguments, [*arguments[1:], ""], strict=False):
        if here == "--language":
            return following
        if here.startswith("--language="):
            return here.partition("=")[2]
    return os.environ.get("DLDIAG_LANGUAGE", "en")


def _write_any_character() -> None:
    """Replace characters that the terminal cannot show instead of failing."""
    for stream in (sys.stdout, sys.stderr):
        if hasattr(stream, "reconfigure"):
            stream.reconfigure(errors="replace")


# --- dashboard -------------------------------------------------------------------------------------------------


def _port(text: str) -> int:
    """Read the number of a port; argparse turns the error into one line."""
    if not (text.isdecimal() and 0 < int(text) <= LAST_PORT):
        raise argparse.ArgumentTypeError(
            tr("a port is a number from 1 to {last}, not {text}", last=LAST_PORT, text=text)
        )
    return int(text)


def _dashboard(args: argparse.Namespace) -> int:
    require("streamlit", "app")
    command = [sys.executable, "-m", "streamlit", "run", str(dashboard_folder() / "served_app.py")]
    command += ["--server.port", str(args.port)] if args.port else []
    started = time.monotonic()
    with subprocess.Popen(command) as server:
        # A service manager ends this process; the server must not outlive it.
        signal.signal(signal.SIGTERM, lambda *_: server.terminate())
        status = server.wait()
    was_ended = status in (0, -signal.SIGINT, -signal.SIGTERM, INTERRUPTED)
    return 0 if time.monotonic() - started > 1 and was_ended else status


if __name__ == "__main__":
    sys.exit(main())
