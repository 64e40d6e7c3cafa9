"""What Fooocus does with words: lines, wildcards, styles, added words."""
