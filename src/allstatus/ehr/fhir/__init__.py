"""FHIR resources, told as statements of a chart."""
