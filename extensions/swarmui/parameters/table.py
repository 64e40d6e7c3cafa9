"""All T2I parameters that are taken, in the order of lists; what is not here is ignored with a warning."""

from __future__ import annotations

from extensions.swarmui.parameters import further_rows, guidance_rows, picture_rows, start_rows
from extensions.swarmui.parameters.parameter import Parameter

TABLE: dict[str, Parameter] = {
    row.id: row for row in (*picture_rows.ROWS, *start_rows.ROWS, *guidance_rows.ROWS, *further_rows.ROWS)
}
"""By id."""
