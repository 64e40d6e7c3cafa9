"""SwarmUI's permissions as our roles have them."""

from __future__ import annotations

from sdapi.plugin import Role

READER = (
    "fundamental_generate_tab_access",
    "fundamental_model_access",
    "view_image_history",
    "read_user_settings",
    "use_tokenizer",
    "view_backends_list",
)
USER = (
    *READER,
    "basic_image_generation",
    "user_delete_image",
    "user_star_images",
    "edit_user_settings",
    "edit_params",
    "manage_presets",
    "model_params",
    "param_controlnet",
    "load_models_now",
    "control_model_refresh",
)
PERMISSIONS = {Role.READER: READER, Role.USER: USER, Role.ADMIN: ("*",)}


def permissions_of(role: Role) -> list[str]:
    """Return the ids of a role's permissions; an admin has ``*``, all of them."""
    return list(PERMISSIONS[role])
