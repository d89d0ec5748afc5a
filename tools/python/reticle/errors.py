# SPDX-License-Identifier: Apache-2.0
"""Exceptions of the library. The message names the argument, file or value, the place and the remedy."""


class Error(Exception):
    """Base of all."""


class ArgumentError(Error, ValueError):
    """An argument has the wrong shape, type or value."""


class InputError(Error, ValueError):
    """A file or recipe from outside is wrong."""


class UnsupportedError(Error, NotImplementedError):
    """Right, but not something this build or model can do."""


class OutOfMemoryError(Error, MemoryError):
    """The host or the device has too little memory."""


class DeviceError(Error, RuntimeError):
    """A GPU call failed, or the device is not there."""


class FileError(Error, OSError):
    """The operating system refused to read or write."""
