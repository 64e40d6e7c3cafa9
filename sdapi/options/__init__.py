"""The option table, its rules, and the store behind ``/sdapi/v1/options``."""
