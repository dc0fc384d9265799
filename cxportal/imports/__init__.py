"""Counts and deliveries from a file: read, shown as what they would change, booked when somebody says so."""
