#!/usr/bin/env bash
# Writes requirements.lock anew: every dependency pinned with hashes, no index address in it.
set -euo pipefail
cd "$(dirname "$0")/.."
.venv/bin/pip-compile -q --generate-hashes --extra dev --no-emit-index-url --no-emit-find-links --no-emit-trusted-host \
  --no-strip-extras --no-annotate --no-header --allow-unsafe -c tools/constraints.txt -o requirements.lock pyproject.toml
