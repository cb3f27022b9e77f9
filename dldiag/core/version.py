"""The version of dldiag."""

VERSION = "0.2.0"
