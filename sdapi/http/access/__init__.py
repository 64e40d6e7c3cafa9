"""Admission of requests: users, keys with quotas, tickets, sites, and the server's own names."""
