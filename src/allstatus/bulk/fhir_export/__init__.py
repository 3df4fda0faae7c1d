"""Bulk FHIR: a folder of NDJSON by resource type in, a decision and its evidence for each patient
with the disease out.
"""
