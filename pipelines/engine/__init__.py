"""One device's engine: takes jobs, steps them, answers their model calls."""
