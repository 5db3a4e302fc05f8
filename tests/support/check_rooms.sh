#!/usr/bin/env bash
# The directions between rooms (docs/architecture.md), checked on #include lines.
set -u
cd "$(dirname "$0")/../.."
status=0
# forbid <folder> <pattern of includes> <why>
forbid() {
  local found
  found=$(grep -rnE "#include [<\"]($2)" "$1" --include='*.h' --include='*.cpp')
  if [ -n "$found" ]; then printf '%s\n  (%s)\n' "$found" "$3"; status=1; fi
}
forbid backends/catalog 'soci|libpq|sql\.h|harness/|backends/(soci|odbc|postgres|sqlserver)' 'the catalog is pure values'
forbid harness 'backends/(postgres|sqlserver|soci|odbc|local_process)/|soci/|libpq|sql\.h|pg_query' 'harness knows contracts, never an engine'
forbid backends/postgres 'backends/(sqlserver|odbc)/|harness/|cli/' 'an engine knows neither another engine nor the harness'
forbid backends/sqlserver 'backends/postgres/|libpq|harness/|cli/' 'an engine knows neither another engine nor the harness'
forbid backends/soci 'backends/(postgres|sqlserver|odbc)/|harness/|cli/' 'the common session layer knows no engine'
forbid backends/odbc 'backends/(postgres|sqlserver)/|harness/|cli/' 'what any ODBC engine needs knows none of them'
forbid backends/local_process 'backends/(postgres|sqlserver|soci|odbc)/|harness/|cli/' 'local servers know no engine'
forbid backends 'harness/|cli/|tests/' 'backends stand below everything'
forbid harness 'cli/|tests/' 'harness stands below the program'
forbid cli 'tests/|soci/|libpq|sql\.h' 'the program uses rooms, not drivers'
named=$(grep -rnE '"(postgres|sqlserver)"' harness --include='*.h' --include='*.cpp' | grep -vE '//.*"(postgres|sqlserver)"')
if [ -n "$named" ]; then printf '%s\n  (harness asks an engine questions, not who it is)\n' "$named"; status=1; fi
[ "$status" -eq 0 ] && echo "rooms: no include goes the wrong way"
exit "$status"
