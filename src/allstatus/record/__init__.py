"""What is stated about a patient: the record, its percentages, its blood count and its units."""
