"""Dynamic Prompts: variants, wildcards and templates in prompts, chosen by each picture's seed."""
