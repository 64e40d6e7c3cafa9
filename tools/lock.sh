#!/usr/bin/env bash
# Write requirements.lock anew from pyproject.toml: exact versions with hashes, no download addresses.
set -eu
cd "$(dirname "$0")/.."
uv="$(command -v uv || echo .venv/bin/uv)"
exec "$uv" pip compile pyproject.toml --group test --universal --python-version 3.11 --generate-hashes \
    --no-annotate --custom-compile-command tools/lock.sh --output-file requirements.lock --quiet "$@"
