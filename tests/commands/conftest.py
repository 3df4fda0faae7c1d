"""The fixtures of the teaching material, for the commands that make it."""

from teach.conftest import page_file, teaching

__all__ = ["page_file", "teaching"]
