"""Decisions and rule sets as FHIR R4 resources, one module for each group of resources."""
