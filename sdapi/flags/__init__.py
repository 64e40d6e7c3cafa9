"""The command line's flags as one table, and their parser."""
