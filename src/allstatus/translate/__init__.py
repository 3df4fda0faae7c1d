"""A rule set in the languages of others: plain JSON for ports, CQL for FHIR sites, DMN for process
engines.
"""
