"""Many records on Spark: data frames decided on by an expression and a small table, and what a job
from files to files needs.
"""

from allstatus.bulk.spark.expression import decide

__all__ = ["decide"]
