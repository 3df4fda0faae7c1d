"""CSV on the cluster: read and rejected as without Spark, or refused, and run by no spreadsheet."""

from pathlib import Path

import pytest

from allstatus import InvalidRecord
from bulk.spark.beside_arrow import assert_same, by_arrow, on_spark, parts
from needs import SPARK

pytestmark = SPARK

HEADER = "id,prior_treatment,prior_remission,signs_and_symptoms,marrow_blast_percent,cbc"
TREATED = "disease_directed,true,absent"
ROWS = [HEADER, *(f"p{marrow},{TREATED},{marrow},normal" for marrow in (3, 5, 6))]
LF = "\n".join(ROWS) + "\n"


@pytest.mark.parametrize(
    "text",
    [
        LF.replace("\n", "\r\n"),
        LF.replace(",", ";"),
        f"\ufeff\n{LF.replace(',', chr(9))}",
        f'{LF}"a\nb",{TREATED},3,normal\n"a\r\nb",{TREATED},7,normal\n',
        f"{LF}b,none\n{LF[len(HEADER) + 1 :]}d,{TREATED},4,normal,more\n",
    ],
    ids=["crlf", "semicolons", "mark and tabs", "texts of lines", "uneven"],
)
def test_files_are_read_as_without_spark(tmp_path: Path, text: str) -> None:
    (tmp_path / "in.csv").write_text(text, newline="")
    assert assert_same(tmp_path / "in.csv", tmp_path, "csv").written >= 3


def test_no_text_is_run_by_a_spreadsheet(tmp_path: Path) -> None:
    names = ["=1+1", "+1", "-x", "@a", "\tb", '"""=1"', "p1"]
    rows = "".join(f"{name},{TREATED},3,normal\n" for name in names)
    (tmp_path / "in.csv").write_text(f"{HEADER.replace('cbc', '=cbc')}\n{rows}")
    assert_same(tmp_path / "in.csv", tmp_path, "csv", keep=("=cbc",))
    told = [(row["id"], row["'=cbc"]) for row in parts(tmp_path / "spark.csv")]
    assert sorted(told) == sorted(
        (name, "normal") for name in ["'=1+1", "+1", "'-x", "'@a", "'\tb", "'\"=1", "p1"]
    )


@pytest.mark.parametrize(
    ("text", "said"),
    [
        (LF.encode("utf-16"), "is not UTF-8 text"),
        (LF.replace("\n", "\r").encode(), "lacks line feeds"),
        (LF.replace("cbc", "ID").encode(), "id: is the name of two columns"),
        (LF.replace("cbc", "").encode(), "or one without a name"),
        (b"cbc\nnormal\n", "has one column only"),
        (b"\n\n", "is empty"),
        (LF.replace("p3", '"p3').encode(), "row 1: has a quote that is not closed"),
        (LF.replace("p3", "p" * (1 << 24)).encode(), "row 1: begins a row of more than 16 MB"),
    ],
    ids=["utf-16", "cr", "doubled", "no name", "one column", "empty", "open quote", "long"],
)
def test_what_cannot_be_read_so_is_refused_and_leaves_nothing(
    tmp_path: Path, text: bytes, said: str
) -> None:
    (tmp_path / "in.csv").write_bytes(text)
    with pytest.raises(InvalidRecord) as refusal:
        on_spark(tmp_path / "in.csv", tmp_path / "out.csv")
    assert said in str(refusal.value)
    assert [path.name for path in tmp_path.iterdir()] == ["in.csv"]


def test_a_row_that_is_not_utf8_is_rejected(tmp_path: Path) -> None:
    (tmp_path / "in.csv").write_bytes(LF.replace("p3", "pé").encode("latin-1"))
    totals = on_spark(tmp_path / "in.csv", tmp_path / "out.csv")
    assert (totals.rows, totals.rejected) == (3, 1)
    assert {row["id"] for row in parts(tmp_path / "out.csv")} == {"p5", "p6"}
    with pytest.raises(InvalidRecord):  # without Spark the file is refused
        by_arrow(tmp_path / "in.csv", tmp_path / "arrow.csv")
