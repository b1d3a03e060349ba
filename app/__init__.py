"""hopscope: a terminal network explorer built on raw sockets."""

__version__ = "0.1.0"
