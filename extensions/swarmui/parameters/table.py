"""All T2I parameters that are taken, in the order of lists; what is not here is ignored with a warning."""

from __future__ import annotations

from extensions.swarmui.parameters import further_rows, guidance_rows, picture_rows, regional_rows, start_rows
from extensions.swarmui.parameters.parameter import Parameter

TABLE: dict[str, Parameter] = {
    row.id: row
    for rows in (picture_rows, start_rows, guidance_rows, regional_rows, further_rows)
    for row in rows.ROWS
}
"""The rows by their ids."""
