"""Control in a pass: its strength and moments, residuals, references, corrections of predictions."""
