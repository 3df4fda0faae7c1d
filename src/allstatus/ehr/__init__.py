"""From charts (FHIR, HL7 v2, dated results) to facts, each with its evidence."""
