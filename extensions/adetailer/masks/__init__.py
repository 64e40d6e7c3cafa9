"""From what was found to masks: choosing, sorting, growing, shifting, merging."""
