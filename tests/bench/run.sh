#!/usr/bin/env bash
# ./dev bench [inspect|migrate|sqlserver|parity|tests|tests-sqlserver|data|data-sqlserver]: the figures of docs/performance.md, each beside its reference in one run.
set -euo pipefail
cd "$(dirname "$0")/../.."
program=build/release/cli/paripassu
[ "$#" -gt 0 ] || set -- inspect migrate sqlserver parity tests tests-sqlserver data data-sqlserver
for name in "$@"; do
  case "$name" in
    parity) build/release/tests/bench/bench_parity "$program" ;;
    data) build/release/tests/bench/bench_data "$program" postgres ;;
    data-sqlserver) build/release/tests/bench/bench_data "$program" sqlserver ;;
    tests) build/release/tests/bench/bench_tests postgres ;;
    tests-sqlserver) build/release/tests/bench/bench_tests sqlserver 20 ;;
    *) build/release/tests/bench/bench_foundation "$program" "$name" ;;
  esac
done
