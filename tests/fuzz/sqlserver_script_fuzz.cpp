// Any bytes: the reader either splits them or throws Error. What it splits has a place and at least one token.
#include <cstddef>
#include <cstdint>
#include <cstdlib>
#include <string>

#include "backends/sqlserver/script_reader.h"

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  paripassu::ScriptOptions options;
  options.skip_database_commands = size > 0 && data[0] % 2 == 0;
  try {
    const std::string text =
        paripassu::decode_script(std::string_view(reinterpret_cast<const char*>(data), size), "fuzz.sql");
    const paripassu::Script script = paripassu::sqlserver::SqlServerScriptReader().read(text, "fuzz.sql", options);
    for (const paripassu::ScriptStatement& statement : script.statements) {
      const bool sound = !statement.text.empty() && statement.position.line > 0 && statement.position.column > 0;
      if (!sound) std::abort();
    }
  } catch (const paripassu::Error& error) {
    if (error.category() != paripassu::ErrorCategory::script) std::abort();
  }
  return 0;
}
