"""Inputs and faults that must not stop the program, lose a row or leave half a file."""
