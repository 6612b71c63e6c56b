"""Imports in the order of its arguments: a Python module, `gstreamer`, or a path: that of module.cpp's library."""

import ctypes
import importlib
import sys

library = None
for name in sys.argv[1:]:
    if name == "gstreamer":
        import gi

        gi.require_version("Gst", "1.0")
        from gi.repository import Gst

        Gst.init(None)
    elif "/" in name:
        library = ctypes.CDLL(name)
    else:
        importlib.import_module(name)
sys.exit(0 if library.count_errors() == 3 else 1)
