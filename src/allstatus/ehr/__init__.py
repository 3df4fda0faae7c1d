"""From a chart (FHIR R4, HL7 v2, dated histories) to facts, each with the evidence it came from,
and to decisions.

read_charts(text) -> charts -> decide_chart(classifier, chart) -> Decision
                               decide_over_time(classifier, chart) -> Timeline
"""

from allstatus.ehr.assess.caller_facts import CallerFacts, make_overlays
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_files import read_charts, read_folder
from allstatus.ehr.chart_options import ChartOptions, make_reader
from allstatus.ehr.timelines.record_history import decide_dated
from allstatus.ehr.timelines.timeline import decide_chart, decide_over_time
from allstatus.ehr.timelines.timeline_points import Point, Timeline

__all__ = [
    "CallerFacts",
    "Chart",
    "ChartOptions",
    "Point",
    "Timeline",
    "decide_chart",
    "decide_dated",
    "decide_over_time",
    "make_overlays",
    "make_reader",
    "read_charts",
    "read_folder",
]
