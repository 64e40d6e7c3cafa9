"""What a client asked: its units' names, types and defaults, and what infotexts say of them."""
