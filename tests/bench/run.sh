#!/usr/bin/env bash
# ./dev bench [inspect|migrate|sqlserver]: the figures of docs/performance.md, each beside its reference in one run.
set -euo pipefail
cd "$(dirname "$0")/../.."
exec build/release/tests/bench/bench_foundation build/release/cli/paripassu "$@"
