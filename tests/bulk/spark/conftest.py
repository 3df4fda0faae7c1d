"""Without Spark these tests are not read at all; `needs` says so where they are."""

from importlib.util import find_spec

collect_ignore_glob = [] if find_spec("pyspark") else ["test_*.py"]
