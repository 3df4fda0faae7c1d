"""Records that no reader takes, and a user's type checker marks, each on its line."""

from allstatus import Record
from allstatus.record.model import OutsideMarrow

Record(marrow_blast_percent=["<5"])
Record(prior_treatment="chemo")
Record(prior_remission="yes")
Record(signs_and_symptoms=[1])
Record(leukemia_outside_marrow=OutsideMarrow(site="lung"))
Record(blasts=5)
