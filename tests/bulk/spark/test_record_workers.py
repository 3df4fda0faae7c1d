"""Blood counts in columns, which Spark's workers read as without Spark."""

from pathlib import Path

from bulk.spark.beside_arrow import assert_same
from needs import SPARK

pytestmark = SPARK


def test_where_the_adult_table_decided_is_told_as_without_spark(tmp_path: Path) -> None:
    source = tmp_path / "in.csv"
    source.write_text(
        "id,cbc.wbc.value,cbc.wbc.unit,cbc.wbc.low,cbc.wbc.high,sex\n"
        "a,5,10*9/L,,,female\nb,5,10*9/L,4,10,\nc,-5,10*9/L,,,\n",
        "utf-8",
    )
    for explain in (False, True):
        folder = tmp_path / str(explain)
        folder.mkdir()
        assert assert_same(source, folder, "parquet", explain=explain).by_adult_table == 1
