#pragma once

#include <map>
#include <optional>
#include <string>
#include <vector>

#include "backends/backend.h"
#include "backends/error.h"

namespace paripassu {

enum class NameMatching {
  exact,
  ignore_case,
  fold,  ///< case, `_`, `-` and blanks do not count: order_items = OrderItems
};

struct EngineConfiguration {
  std::optional<std::string> url;  ///< with `${NAME}` replaced; absent or empty: a local server is started
  std::string schema;              ///< where unqualified names live; empty: the engine's default
};

/// A pair of types that the team declares equivalent, one text per engine's name.
struct EquivalentTypes {
  std::map<std::string, std::string> types;  ///< engine name to printed type: {"postgres": "varchar(4096)", …}
  std::string reason;
};

/// A model: a file of DDL, or a command that prints it.
struct ModelSource {
  std::string file;     ///< relative to the project, or empty
  std::string command;  ///< or empty
};

/// A difference that the team accepts. Applied by harness/parity/waivers.h.
struct WaiverConfiguration {
  std::string code;    ///< not checked here, see check_codes(); "*" is any code
  std::string object;  ///< with `*` and `?`; the form is that of waivers.h
  std::string reason;
  std::string until;             ///< the last day, YYYY-MM-DD; empty: no end
  SourcePosition position;       ///< of the waiver in the configuration
  SourcePosition code_position;  ///< of its code
};

/// What `[parity.severity]` says of one code.
struct SeverityConfiguration {
  std::string word;         ///< "error", "warning" or "note"
  SourcePosition position;  ///< in the configuration
};

/// `paripassu.toml` (docs/configuration.md).
struct Configuration {
  std::string file;               ///< empty: no file was found
  std::string project_dir = ".";  ///< folder of the file, else the working directory; paths below are relative to it
  std::string project_name;
  std::map<std::string, EngineConfiguration> engines;  ///< by Backend::name
  std::string migrations_dir = "migrations";
  std::string migrations_layout = "auto";
  std::map<std::string, std::string> placeholders;
  std::map<std::string, ModelSource> models;
  NameMatching names = NameMatching::fold;
  std::map<std::string, std::string> schema_pairs;  ///< left to right, beside the default schemas
  bool compare_column_order = false;
  bool compare_enum_order = false;
  std::string fail_on = "warning";  ///< "error", "warning" or "note": from which severity on a comparison fails
  std::vector<EquivalentTypes> equivalent_types;
  std::map<std::string, SeverityConfiguration>
      severities;  ///< by code; the codes are not checked here, see check_codes()
  std::vector<WaiverConfiguration> waivers;
  std::string tests_ladder;
  std::string tests_cases;
};

/// Reads and checks a configuration file. Throws Error(configuration) with file, line and column: bad TOML, a
/// value of the wrong type, an unknown key (names the nearest known one), an unknown engine, `${NAME}` that
/// the environment does not have. A url that is nothing but one `${NAME}`, unset or empty, is no url.
Configuration read_configuration(const std::string& file, const BackendRegistry& registry);

/// Searches `paripassu.toml` in `start_dir` and up to limits::kFilePathDepthMax parents; empty when there is none. The
/// path is relative if `start_dir` is and the file lies in it, else absolute.
std::string find_configuration(const std::string& start_dir);

/// Lets PARIPASSU_* variables win over the file: PARIPASSU_<ENGINE>_URL, PARIPASSU_<ENGINE>_SCHEMA,
/// PARIPASSU_MIGRATIONS_DIR, PARIPASSU_MIGRATIONS_LAYOUT, PARIPASSU_PARITY_NAMES, PARIPASSU_PARITY_COLUMN_ORDER,
/// PARIPASSU_PARITY_ENUM_ORDER, PARIPASSU_PARITY_FAIL_ON.
/// An empty variable counts as unset. Throws Error(configuration) for a value that does not fit, naming the variable.
void apply_environment(Configuration& configuration, const BackendRegistry& registry);

/// `where` says in the message what was read ("--names"). Throws Error(usage) that lists the three words.
NameMatching name_matching_from_string(const std::string& word, const std::string& where);

/// The known word nearest to `word` by insertions, deletions, substitutions and swaps, or an empty string when more
/// than a third of the word would be wrong. Case does not count, nor does `-` for `_`. The first of several equally
/// near.
std::string nearest_word(const std::string& word, const std::vector<std::string>& known);

}  // namespace paripassu
