"""A history told twice: by what the chart says, and beside it as it would read under the named
assumption on signs and symptoms.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from datetime import date
from functools import partial

from allstatus.decision.classifier import Classifier
from allstatus.ehr.assess.caller_facts import CallerFacts
from allstatus.ehr.chart import Chart
from allstatus.ehr.chart_options import DEFAULT_OPTIONS, ChartOptions
from allstatus.ehr.timelines.timeline import decide_over_time
from allstatus.ehr.timelines.timeline_points import Timeline


def decide_side_by_side(
    classifier: Classifier,
    chart: Chart,
    *,
    as_of: date | None = None,
    options: ChartOptions = DEFAULT_OPTIONS,
    overlays: Sequence[CallerFacts] = (),
) -> Timeline:
    """Every assessment as `decide_over_time` decides it, with the same assessments under the
    assumption in `assuming`; None where the caller makes the assumption anyway.
    """
    tell = partial(decide_over_time, classifier, chart, as_of=as_of, overlays=overlays)
    told = tell(options=options)
    if not options.symptoms_absent:
        told.assuming = tell(options=replace(options, symptoms_absent=True))
    return told
