"""Units as clients send them: fields, types and defaults, and their infotexts."""
