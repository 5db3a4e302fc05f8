#include "harness/project/layout_file_names.h"

#include <algorithm>
#include <array>

#include "harness/project/configuration.h"
#include "harness/project/layout_lines.h"

namespace paripassu {

namespace {

bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}

/// Numbers with single separators between them.
bool is_version(std::string_view text, std::string_view separators) {
  bool digit_expected = true;
  for (char c : text) {
    if (!is_digit(c) && (digit_expected || separators.find(c) == std::string_view::npos)) return false;
    digit_expected = !is_digit(c);
  }
  return !digit_expected;
}

std::string_view rule_of(const std::string& layout) {
  if (layout == "flyway") return "V<version>__<name>.sql, U<version>__<name>.sql or R__<name>.sql";
  if (layout == "dbmate") return "<digits>_<name>.sql with a line '-- migrate:up'";
  if (layout == "goose") return "<digits>_<name>.sql with a line '-- +goose Up'";
  if (layout == "liquibase") return "a file that begins with '--liquibase formatted sql'";
  return "<version>_<name>.up.sql or .down.sql, with .<engine> before .up where it is for one engine only";
}

std::string unknown_infix(const std::string& word, const BackendRegistry& registry) {
  std::vector<std::string> known = {"autocommit"};
  for (const auto& backend : registry.all())
    for (const std::string& infix : backend->file_infixes()) known.push_back(infix);
  const std::string near = nearest_word(word, known);
  if (!near.empty()) return "'" + word + "' is no engine; did you mean '" + near + "'?";
  std::string message = "'" + word + "' is neither an engine (";
  for (std::size_t i = 1; i < known.size(); ++i) message += (i > 1 ? ", " : "") + known[i];
  return message + ") nor 'autocommit'";
}

/// Takes `suffix` from the end of `text` if it is there.
bool take_suffix(std::string_view& text, std::string_view suffix) {
  if (!text.ends_with(suffix)) return false;
  text.remove_suffix(suffix.size());
  return true;
}

bool is_flyway_callback(std::string_view name) {
  const std::string_view rest = name.starts_with("before")  ? name.substr(6)
                                : name.starts_with("after") ? name.substr(5)
                                                            : std::string_view{};
  return !rest.empty() && is_upper(rest.front());
}

/// The word of pop for an engine that this program does not have, in NAME.word.up.sql or NAME.word.autocommit.up.sql.
std::string other_engine_of_pop(std::string_view file_name) {
  static constexpr std::array<std::string_view, 7> kWords = {"mysql",     "mariadb",     "sqlite", "sqlite3",
                                                             "cockroach", "cockroachdb", "crdb"};
  if (!take_suffix(file_name, ".up.sql") && !take_suffix(file_name, ".down.sql")) return "";
  take_suffix(file_name, ".autocommit");
  const std::size_t dot = file_name.rfind('.');
  if (dot == std::string_view::npos) return "";
  const std::string_view word = file_name.substr(dot + 1);
  return std::find(kWords.begin(), kWords.end(), word) == kWords.end() ? "" : std::string(word);
}

}  // namespace

bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
}

bool begins_with_number(std::string_view name) {
  const std::size_t underscore = name.find('_');
  return underscore != std::string_view::npos && all_digits(name.substr(0, underscore));
}

Error misfit(const std::string& path, const std::string& layout, const std::string& reason) {
  Error error(ErrorCategory::configuration, path + " is not a migration of the " + layout + " layout" +
                                                (reason.empty() ? "" : ": " + reason) + "; expected " +
                                                std::string(rule_of(layout)));
  error.with_remedy("rename the file or move it out of the folder");
  return error;
}

const Backend* engine_of_word(const std::string& word, const BackendRegistry& registry) {
  for (const auto& backend : registry.all()) {
    const std::vector<std::string> infixes = backend->file_infixes();
    if (backend->name() == word || std::find(infixes.begin(), infixes.end(), word) != infixes.end())
      return backend.get();
  }
  return nullptr;
}

std::string other_engine_in_popx(std::string_view file_name, const BackendRegistry& registry) {
  const std::string word = other_engine_of_pop(file_name);
  return word.empty() || engine_of_word(word, registry) != nullptr ? "" : word;
}

bool is_popx_testdata(std::string_view file_name) {
  if (!begins_with_number(file_name) || !take_suffix(file_name, ".sql")) return false;
  std::string_view rest = file_name.substr(file_name.find('_'));
  const std::size_t dot = rest.find('.');
  if (rest.substr(0, dot) != "_testdata") return false;
  if (dot == std::string_view::npos) return true;
  rest.remove_prefix(dot + 1);
  // The name of an engine: _testdata.up.sql is a migration that is called so.
  return !rest.empty() && rest != "up" && rest != "down" &&
         std::all_of(rest.begin(), rest.end(), [](char c) { return is_word_character(c) && c != '_'; });
}

MigrationFile parse_native(const std::string& path, std::string_view file_name, const std::string& folder_engine,
                           const BackendRegistry& registry, bool is_popx) {
  MigrationFile file;
  file.path = path;
  file.layout = is_popx ? "popx" : "native";
  file.engine = folder_engine;
  std::string_view stem = file_name;
  if (take_suffix(stem, ".down.sql")) {
    file.part = MigrationFile::Part::down;
  } else if (!take_suffix(stem, ".up.sql")) {
    throw misfit(path, file.layout);
  }
  const std::size_t underscore = stem.find('_');
  if (underscore == std::string_view::npos || !is_version(stem.substr(0, underscore), "."))
    throw misfit(path, file.layout, "it does not begin with a version and '_'");
  file.version = stem.substr(0, underscore);
  std::string_view rest = stem.substr(underscore + 1);
  const std::size_t dot = std::min(rest.find('.'), rest.size());
  file.name = rest.substr(0, dot);
  if (file.name.empty()) throw misfit(path, file.layout, "it has no name behind the version");
  rest.remove_prefix(dot);
  bool engine_seen = false;
  while (!rest.empty()) {
    rest.remove_prefix(1);
    const std::size_t end = std::min(rest.find('.'), rest.size());
    const std::string word(rest.substr(0, end));
    rest.remove_prefix(end);
    if (word == "autocommit" && !file.no_transaction) {
      file.no_transaction = true;
      continue;
    }
    const Backend* backend = engine_of_word(word, registry);
    if (backend == nullptr) throw misfit(path, file.layout, unknown_infix(word, registry));
    if (engine_seen) throw misfit(path, file.layout, "it names two engines");
    if (!folder_engine.empty() && backend->name() != folder_engine)
      throw Error(ErrorCategory::configuration, path + " is marked for " + std::string(backend->name()) +
                                                    " but lies in the folder of " + folder_engine)
          .with_remedy("move it to the folder of its engine or rename it");
    engine_seen = true;
    file.engine = backend->name();
  }
  return file;
}

MigrationFile parse_flyway(const std::string& path, std::string_view file_name, const std::string& folder_engine) {
  MigrationFile file;
  file.path = path;
  file.layout = "flyway";
  file.engine = folder_engine;
  std::string_view stem = file_name;
  if (!take_suffix(stem, ".sql")) throw misfit(path, "flyway");
  if (is_flyway_callback(stem))
    throw Error(ErrorCategory::configuration, path + " is a Flyway callback, which this program does not run")
        .with_remedy("move it out of the folder of the migrations");
  const std::size_t separator = stem.find("__");
  if (separator == std::string_view::npos || separator == 0)
    throw misfit(path, "flyway", "there are no two underscores before the name");
  file.name = stem.substr(separator + 2);
  if (file.name.empty()) throw misfit(path, "flyway", "it has no name behind '__'");
  const char prefix = stem.front();
  file.version = stem.substr(1, separator - 1);
  if (prefix == 'R' && file.version.empty()) {
    file.kind = Migration::Kind::repeatable;
    file.version = file.name;
    return file;
  }
  if (!is_version(file.version, "._") || (prefix != 'V' && prefix != 'U' && prefix != 'B'))
    throw misfit(path, "flyway");
  if (prefix == 'B')
    throw Error(ErrorCategory::configuration,
                path + " is a Flyway baseline migration, which this program does not apply")
        .with_remedy("move it out of the folder; declare an existing database with `paripassu migrate baseline`");
  std::replace(file.version.begin(), file.version.end(), '_', '.');
  if (prefix == 'U') file.part = MigrationFile::Part::down;
  return file;
}

MigrationFile parse_sections(const std::string& path, std::string_view file_name, const std::string& folder_engine,
                             const std::string& layout) {
  MigrationFile file;
  file.path = path;
  file.layout = layout;
  file.engine = folder_engine;
  file.part = MigrationFile::Part::sections;
  std::string_view stem = file_name;
  const bool is_sql = take_suffix(stem, ".sql");
  const std::size_t underscore = stem.find('_');
  if (!is_sql || underscore == std::string_view::npos || !all_digits(stem.substr(0, underscore)) ||
      underscore + 1 == stem.size())
    throw misfit(path, layout);
  file.version = stem.substr(0, underscore);
  file.name = stem.substr(underscore + 1);
  return file;
}

}  // namespace paripassu
