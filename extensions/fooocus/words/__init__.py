"""The words of a prompt as Fooocus reads them: lines, wildcards, styles, added words."""
