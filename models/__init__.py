"""What is true: settings, errors, declarations, tables. Imports nothing else of ours."""
