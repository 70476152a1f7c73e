"""The exceptions of tt. Their texts are those of the command-line tools."""

from __future__ import annotations


class Error(Exception):
    """Base of all errors of tt."""


class CompileError(Error):
    """A model cannot be compiled: a problem of the model, the options or the system."""


class UnsupportedModelError(CompileError):
    """The importer refuses the model: damaged, or with nodes that tt does not have. One line for each problem."""


class InternalError(CompileError):
    """A fault of tt itself."""


class LoadError(Error):
    """A compiled model cannot be loaded: no such file, not a model, or not for this CPU."""


class RunError(Error):
    """A run failed, e.g. an index was out of range; the text names the node."""


class InputError(RunError, ValueError):
    """An input is missing, superfluous or has the wrong type or shape; the text names it."""
