"""Columns of a Spark data frame: numbers of every type, names of its own, and what is refused."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest

from allstatus import InvalidRecord
from allstatus.bulk.column_source import ColumnSource
from allstatus.bulk.spark import decide
from bulk.rows import LIMIT, PERCENT, RULES, decided
from bulk.spark_cluster import spark
from bulk.test_columns import beside
from needs import SPARK

pytestmark = SPARK
HAIR = Decimal("1e-18")
NUMBERS = {
    "DOUBLE": beside(np.float64),
    "FLOAT": beside(np.float32),
    "TINYINT": [-1, 0, 5, 6, 100, 101],
    "BIGINT": [-1, 0, 5, 6, 100, 2**62],
    "DECIMAL(38, 18)": [
        Decimal(int(LIMIT)),
        int(LIMIT) - HAIR,
        int(LIMIT) + HAIR,
        Decimal(0),
        -HAIR,
        Decimal(100),
        100 + HAIR,
    ],
    "DECIMAL(6, 3)": [
        Decimal("4.999"),
        Decimal(5),
        Decimal("5.001"),
        Decimal("-0.001"),
        Decimal(100),
        Decimal("100.001"),
    ],
}


@pytest.mark.parametrize("kind", NUMBERS)
def test_numbers_of_a_data_frame(kind: str) -> None:
    values = [None, *NUMBERS[kind]]
    frame = (
        spark()
        .createDataFrame(list(enumerate(values)), f"id INT, {PERCENT} {kind}")
        .selectExpr("*", "'normal' AS cbc")
    )
    found = {row["id"]: row for row in decide(frame, rules=RULES).collect()}
    for place, value in enumerate(values):
        read_as = (
            Decimal(str(np.float32(value))) if kind == "FLOAT" and value is not None else value
        )
        answer, row = decided({PERCENT: read_as, "cbc": "normal"}), found[place]
        if isinstance(answer, str):
            assert (row["outcome"], row["cell"]) == (None, None)
            assert row["refused"].startswith(f"{PERCENT}: is not a number from 0 to 100")
        else:
            assert (row["outcome"], row["status"], row["possible"].split(), row["refused"]) == (
                *answer[:2],
                list(answer[2]),
                None,
            )


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        (
            f"{PERCENT} DECIMAL(38, 30)",
            "decimal(38,30), which the expression does not read; cast it to DECIMAL(38, 18)",
        ),
        (f"{PERCENT} STRING", "cast it to DECIMAL(38, 18)"),
        ("cbc INT", "make it words"),
        ("prior_remission INT", "make it words or booleans"),
        ("cbc STRING, relapse_count DOUBLE", "make it whole numbers"),
        ("cbc STRING, age_years INT", "is not a fact"),
        ("`cbc.wbc.value` DOUBLE", "comes in components"),
        ("cbcs STRING", "state no fact"),
        ("cbc STRING, Status STRING", "is a column of the output already"),
        ("cbc STRING", "absent: is not a column of the data frame; keep some of cbc"),
    ],
)
def test_a_data_frame_that_cannot_be_read_exactly_is_refused(schema: str, message: str) -> None:
    keep = ["Status"] if "Status" in schema else ["absent"] if "absent" in message else None
    with pytest.raises(InvalidRecord) as refusal:
        decide(spark().createDataFrame([], schema), keep=keep, rules=RULES)
    assert message in str(refusal.value)


def test_a_data_frame_with_names_of_its_own() -> None:
    rows = [("a", 1, 0, 4.0), ("b", 2, 1, 60.0), ("c", 1, 7, 4.0)]
    frame = spark().createDataFrame(rows, "`the id` STRING, tx INT, `count``s` INT, BLAST DOUBLE")
    columns = {
        "prior_treatment": ColumnSource("tx", {"1": "disease_directed", "2": "none"}),
        PERCENT: "BLAST",
        "cbc": ColumnSource("count`s", {"0": "normal", "1": "abnormal"}),
    }
    found = (
        decide(frame, columns=columns, keep=["the id", "BLAST"], rules=RULES, explain=True)
        .orderBy("the id")
        .collect()
    )
    meant = [("disease_directed", "normal", 4), ("none", "abnormal", 60)]
    for row, (treatment, cbc, blasts) in zip(found[:2], meant, strict=True):
        decision = RULES.classify({"prior_treatment": treatment, "cbc": cbc, PERCENT: blasts})
        assert (row["possible"], row["BLAST"]) == (" ".join(decision.possible), blasts)
        assert row["assumptions"] == " ".join(entry.fact for entry in decision.assumptions)
        assert row["criterion.cbc_normal"] == {"normal": "true", "abnormal": "false"}[cbc]
    assert (found[2]["the id"], found[2]["outcome"]) == ("c", None)
    assert found[2]["refused"].startswith("count`s: is not one of the values it can take")
