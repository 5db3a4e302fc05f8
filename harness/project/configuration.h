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

/// `[migrator]`: migrations that are code, driven through their own tool's command line.
struct MigratorConfiguration {
  /// "alembic", "django", or empty: the commands below say it all. What a preset says is in the fields below, unless
  /// the file says otherwise.
  std::string preset;
  std::string dir;  ///< where the commands run, relative to the project; empty: the project's folder
  /// Prints a line per revision, oldest first: its identifier, then (after blanks) its name, then, each after a tab,
  /// `file=…`, `after=…` (the revisions it follows, with commas), `irreversible=reason`. Gets no database.
  std::string list;
  std::string up;  ///< goes up to `{revision}`
  /// Goes down to `{revision}`, which is then the newest applied one; empty: nothing can be undone.
  std::string down;
  /// `{base}` in place of `{revision}` when nothing shall be left applied.
  std::string base = "base";
  std::string url_variable = "DATABASE_URL";  ///< environment variable that takes the database's URL
  /// Form of the URL: "url" (ours), "sqlalchemy", "libpq", "odbc", "jdbc", "ado"; `{url}` in a command is replaced
  /// by it as well.
  std::string url_form = "url";
  std::vector<std::string> tables;  ///< where the tool keeps its ledger: left out of catalogs
  SourcePosition position;          ///< of `[migrator]` in the configuration
};

/// `[tests]`.
struct TestsConfiguration {
  std::string ladder = "tests/ladder";              ///< relative to the project; need not exist
  std::string cases = "tests/cases";                ///< likewise
  std::string floor;                                ///< versions up to this one are never undone; empty: none
  std::map<std::string, std::string> irreversible;  ///< version (or "*") to the reason why it is not undone
  bool compare_column_order = false;                ///< an undone migration must restore the order of columns too
  int statement_timeout_ms = 60'000;                ///< longest time of one statement of a migration under test
  std::vector<std::string> unstable;                ///< "table.column" with `*`: values that no expectation can know
};

/// A word of the configuration whose meaning the room that uses it knows, and where it stands.
struct ConfiguredWord {
  std::string word;
  SourcePosition position;
};

/// What `[data.rename]` pairs: a table or a column, "table" or "table.column".
struct DataRename {
  std::string left;
  std::string right;
  SourcePosition position;  ///< of `right`
};

/// `[[data.rule]]`: what a team says about tables and columns whose data is compared.
struct DataRule {
  std::string object;  ///< pattern of a table or column (harness/parity/object_pattern.h)
  bool ignore = false;
  std::string reason;                             ///< not empty where `ignore` is set
  std::vector<std::string> key;                   ///< columns; empty: none named
  std::map<std::string, ConfiguredWord> classes;  ///< class of a difference to its verdict
  std::optional<ConfiguredWord> tolerance;
  std::map<std::string, std::string> where;  ///< by engine's name; put behind WHERE as it is
  SourcePosition position;
  SourcePosition object_position;
  SourcePosition key_position;
};

/// `[data]`. Classes, verdicts and tolerances are not checked here: harness/datacheck/table_plan.h does.
struct DataConfiguration {
  std::vector<std::string> tables;  ///< patterns; empty: all
  SourcePosition tables_position;
  std::string fail_on = "warning";  ///< "error" or "warning"
  std::map<std::string, ConfiguredWord> classes;
  std::optional<ConfiguredWord> tolerance;
  std::vector<DataRename> renames;  ///< in the order of the alphabet
  std::vector<DataRule> rules;      ///< in the order of the file; of two that say something else the last one counts
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
  TestsConfiguration tests;
  std::optional<MigratorConfiguration> migrator;
  DataConfiguration data;
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
/// PARIPASSU_PARITY_ENUM_ORDER, PARIPASSU_PARITY_FAIL_ON, PARIPASSU_TESTS_LADDER, PARIPASSU_TESTS_CASES,
/// PARIPASSU_TESTS_FLOOR, PARIPASSU_TESTS_COLUMN_ORDER, PARIPASSU_TESTS_TIMEOUT, PARIPASSU_DATA_FAIL_ON,
/// PARIPASSU_DATA_TOLERANCE.
/// An empty variable counts as unset. Throws Error(configuration) for a value that does not fit, naming the variable.
void apply_environment(Configuration& configuration, const BackendRegistry& registry);

/// `where` says in the message what was read ("--names"). Throws Error(usage) that lists the three words.
NameMatching name_matching_from_string(const std::string& word, const std::string& where);

/// The known word nearest to `word` by insertions, deletions, substitutions and swaps, or an empty string when more
/// than a third of the word would be wrong. Case does not count, nor does `-` for `_`. The first of several equally
/// near.
std::string nearest_word(const std::string& word, const std::vector<std::string>& known);

}  // namespace paripassu
