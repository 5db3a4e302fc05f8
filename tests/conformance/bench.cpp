#include "tests/conformance/bench.h"

#include <algorithm>

namespace paripassu::conformance {

#define PARIPASSU_QUIRKS_OF(engine) engine##_quirks()
#define PARIPASSU_EXPAND(macro, argument) macro(argument)

const Quirks& quirks() {
  static const Quirks instance = PARIPASSU_EXPAND(PARIPASSU_QUIRKS_OF, PARIPASSU_ENGINE);
  return instance;
}

const Backend& backend() {
  return test::registry().get(quirks().engine);
}

Bench make_bench() {
  Bench bench;
  bench.database = backend().scratch_databases().create(*test::live_server(backend()).url);
  bench.session = bench.connect();
  return bench;
}

void run_script(Session& session, const std::string& text) {
  for (const ScriptStatement& statement : backend().script_reader().read(text, "sample.sql", {}).statements)
    session.run(statement);
}

catalog::Catalog inspect(Session& session) {
  return backend().inspector().inspect(session, {});
}

bool deviates(const Session& session, const std::string& name) {
  const std::vector<std::string>& names = session.server().deviations;
  return std::find(names.begin(), names.end(), name) != names.end();
}

}  // namespace paripassu::conformance
