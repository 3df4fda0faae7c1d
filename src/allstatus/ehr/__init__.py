"""From a chart (FHIR R4, HL7 v2, dated histories) to facts, each with the evidence it came from, and to decisions.

    read_charts(text) -> charts -> decide_chart(classifier, chart) -> Decision
                                   decide_over_time(classifier, chart) -> Timeline
"""

from allstatus.ehr.chart import Chart
from allstatus.ehr.dated import decide_dated
from allstatus.ehr.options import Reader, make_reader
from allstatus.ehr.overlay import Overlay, make_overlays
from allstatus.ehr.read import read_charts, read_folder
from allstatus.ehr.timeline import Point, Timeline, decide_chart, decide_over_time

__all__ = [
    "Chart", "Overlay", "Point", "Reader", "Timeline", "decide_chart", "decide_dated", "decide_over_time", "make_overlays", "make_reader",
    "read_charts", "read_folder",
]  # fmt: skip
