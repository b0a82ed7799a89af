#!/bin/sh
# Builds the pinned oasdiff into tools/bin. Without Go 1.26 or newer it says so and succeeds: compatibility is then unknown.
set -eu
cd "$(dirname "$0")"
version=v1.28.0
if ! command -v go >/dev/null 2>&1; then
  echo "oasdiff is not built: no Go on this machine. Its tests are skipped with that reason."
  exit 0
fi
mkdir -p bin
if GOBIN="$PWD/bin" GOFLAGS=-mod=mod go install "github.com/oasdiff/oasdiff@$version" >bin/install.log 2>&1; then
  echo "oasdiff $version is built in tools/bin."
else
  echo "oasdiff is not built: $(tail -n 1 bin/install.log). Its tests are skipped with that reason."
fi
