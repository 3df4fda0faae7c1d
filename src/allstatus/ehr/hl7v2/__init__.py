"""HL7 v2 messages to charts: how they are framed, whose they are, and what each segment states."""

from allstatus.ehr.hl7v2.message_reader import read_hl7

__all__ = ["read_hl7"]
