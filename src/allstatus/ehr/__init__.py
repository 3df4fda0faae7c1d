"""From a chart (FHIR R4, HL7 v2, dated histories) to facts, each with the evidence it came from."""
