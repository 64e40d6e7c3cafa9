"""Who is let in: users, keys and their quotas, tickets, sites and the names that the server answers to."""
