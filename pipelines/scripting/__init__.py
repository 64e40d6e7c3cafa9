"""What a script file may declare and use, and the X/Y/Z plot."""
