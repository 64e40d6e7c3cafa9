"""Control models: their files, their kinds, and their networks beside a checkpoint."""
