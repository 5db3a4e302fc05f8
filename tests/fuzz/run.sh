#!/usr/bin/env bash
# Builds the fuzz targets and runs each for FUZZ_SECONDS (60), or only those named: tests/fuzz/run.sh sqlserver_expression
# Starts from tests/fuzz/corpus; what is found grows build/fuzz/corpus, and a finding is left in build/fuzz/findings.
set -euo pipefail
cd "$(dirname "$0")/../.."
seconds=${FUZZ_SECONDS:-60}

cmake --preset fuzz >build/configure-fuzz.log 2>&1 || { cat build/configure-fuzz.log >&2; exit 1; }
targets=("$@")
[ "${#targets[@]}" -gt 0 ] || for source in tests/fuzz/*_fuzz.cpp; do targets+=("$(basename "$source" _fuzz.cpp)"); done
cmake --build --preset fuzz --parallel "$(nproc)" --target "${targets[@]/%/_fuzz}"

status=0
for target in "${targets[@]}"; do
  corpus=build/fuzz/corpus/$target findings=build/fuzz/findings/$target
  mkdir -p "$corpus" "$findings"
  echo "== $target: $seconds s"
  # The limits are those of a small CI machine; a run that needs more is a finding.
  build/fuzz/tests/fuzz/"$target"_fuzz -max_total_time="$seconds" -max_len=65536 -timeout=10 -rss_limit_mb=2048 \
    -print_final_stats=1 -artifact_prefix="$findings/" "$corpus" "tests/fuzz/corpus/$target" 2>build/fuzz/"$target".log ||
    { tail -40 build/fuzz/"$target".log; echo "== $target: finding in $findings" >&2; status=1; continue; }
  grep -E 'number_of_executed_units|new_units_added|peak_rss_mb' build/fuzz/"$target".log
done
exit "$status"
