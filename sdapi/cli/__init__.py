"""The command line: commands, the server's start, engines from flags."""
