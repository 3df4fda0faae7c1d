"""Records as a user's type checker meets them: each is accepted, and can be read."""

from datetime import date
from decimal import Decimal

from allstatus import Record, classify
from allstatus.record.blood_count import CbcPanel, Component
from allstatus.record.model import Biomarkers, OutsideMarrow

RECORDS = (
    Record(
        id=1, as_of="2026-03-01", age_years=40, sex="female", diagnosis="C91.00", refractory=False
    ),
    Record(id="a", as_of=date(2026, 3, 1), age_years=40.5, relapse_count=1, tki_failures=0),
    Record(age_years=Decimal("40.5"), prior_treatment="none", prior_remission="unknown"),
    Record(marrow_blast_percent="<5", relapse_since_remission=True, lineage="B"),
    Record(marrow_blast_percent=5, cbc="normal", marrow_cellularity="normocellular"),
    Record(marrow_blast_percent=4.9, signs_and_symptoms="absent"),
    Record(marrow_blast_percent=Decimal("4.9"), signs_and_symptoms=["fever"]),
    Record(marrow_blast_percent="unknown", signs_and_symptoms=("fever", "bruises")),
    Record(marrow_blast_percent={"value": "4.9", "cells_counted": 200}),
    Record(cbc={"wbc": {"value": 4, "low": 3, "high": 10}}, leukemia_outside_marrow="absent"),
    Record(cbc=CbcPanel(wbc={"value": "<4"}, platelets=Component(value=100, flag="L"))),
    Record(leukemia_outside_marrow={"site": "cns"}, biomarkers={"cd19": "positive"}),
    Record(leukemia_outside_marrow=OutsideMarrow(site=["cns", "blood"])),
    Record(biomarkers=Biomarkers(cd22="negative"), prior_remission=None, cbc="abnormal"),
)
DECISIONS = (classify(RECORDS[3]), classify({"cbc": "normal"}))
