#include "harness/project/migration_layouts.h"

#include <algorithm>
#include <filesystem>
#include <optional>

#include "backends/script_reader.h"
#include "harness/project/configuration.h"
#include "harness/project/migration_text.h"

namespace paripassu {

namespace {

namespace fs = std::filesystem;

/// golang-migrate numbers its files with six digits, or with a time stamp.
constexpr std::size_t kGolangMigrateDigitsMin = 6;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_upper(char c) {
  return c >= 'A' && c <= 'Z';
}
bool all_digits(std::string_view text) {
  return !text.empty() && std::all_of(text.begin(), text.end(), is_digit);
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

Error bad_folder(const std::string& message) {
  return Error(ErrorCategory::configuration, message);
}

std::string_view rule_of(const std::string& layout) {
  if (layout == "flyway") return "V<version>__<name>.sql, U<version>__<name>.sql or R__<name>.sql";
  if (layout == "dbmate") return "<digits>_<name>.sql with a line '-- migrate:up'";
  return "<version>_<name>.up.sql or .down.sql, with .<engine> before .up where it is for one engine only";
}

Error misfit(const std::string& path, const std::string& layout, const std::string& reason = "") {
  Error error = bad_folder(path + " is not a migration of the " + layout + " layout" +
                           (reason.empty() ? "" : ": " + reason) + "; expected " + std::string(rule_of(layout)));
  error.with_remedy("rename the file or move it out of the folder");
  return error;
}

struct Folder {
  std::string dir;
  std::vector<std::string> sql_names;  ///< sorted
  std::vector<std::string> folders;    ///< sorted
};

bool has_sql_ending(std::string_view name) {
  if (name.size() < 4) return false;
  const std::string_view ending = name.substr(name.size() - 4);
  return ending[0] == '.' && (ending[1] == 's' || ending[1] == 'S') && (ending[2] == 'q' || ending[2] == 'Q') &&
         (ending[3] == 'l' || ending[3] == 'L');
}

/// File names end up in the ledger and in reports, which are UTF-8.
void check_file_name(const std::string& dir, const std::string& name) {
  bool readable =
      std::none_of(name.begin(), name.end(), [](char c) { return static_cast<unsigned char>(c) < 0x20 || c == 0x7F; });
  try {
    if (readable) decode_script(name, dir);
  } catch (const Error&) {
    readable = false;
  }
  if (readable) return;
  std::string shown = name;
  for (char& c : shown)
    if (static_cast<unsigned char>(c) < 0x20 || static_cast<unsigned char>(c) >= 0x7F) c = '?';
  throw bad_folder("the file name " + join_path(dir, shown) + " holds control characters or is not UTF-8")
      .with_remedy("rename the file");
}

Folder read_folder(const std::string& dir) {
  std::error_code code;
  const fs::file_status status = fs::status(dir, code);
  if (status.type() == fs::file_type::not_found)
    throw bad_folder("there is no folder '" + dir + "'")
        .with_remedy("create it, or name the folder of the migrations as dir in [migrations] of paripassu.toml");
  if (!code && status.type() != fs::file_type::directory)
    throw bad_folder("'" + dir + "' is not a folder")
        .with_remedy("name the folder of the migrations, not a file, as dir in [migrations]");
  Folder folder;
  folder.dir = dir;
  fs::directory_iterator entry(dir, code);
  for (; !code && entry != fs::directory_iterator(); entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with('.')) continue;
    std::error_code type_code;
    if (entry->is_directory(type_code)) {
      folder.folders.push_back(name);
    } else if (has_sql_ending(name)) {
      check_file_name(dir, name);
      folder.sql_names.push_back(name);
    }
  }
  if (code) throw bad_folder("cannot list the folder '" + dir + "': " + code.message());
  std::sort(folder.sql_names.begin(), folder.sql_names.end());
  std::sort(folder.folders.begin(), folder.folders.end());
  return folder;
}

/// False for a folder that cannot be listed: it is no folder of migrations, so that nothing is lost.
bool holds_sql(const std::string& dir) {
  std::error_code code;
  fs::directory_iterator entry(dir, code);
  for (; !code && entry != fs::directory_iterator(); entry.increment(code))
    if (has_sql_ending(entry->path().filename().string())) return true;
  return false;
}

// ---- one file name -------------------------------------------------------------------------------------------------

/// The engine that a word in a file name or the name of a folder stands for; nullptr when there is none.
const Backend* engine_of_word(const std::string& word, const BackendRegistry& registry) {
  for (const auto& backend : registry.all()) {
    const std::vector<std::string> infixes = backend->file_infixes();
    if (backend->name() == word || std::find(infixes.begin(), infixes.end(), word) != infixes.end())
      return backend.get();
  }
  return nullptr;
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

/// `folder_engine`: the engine whose folder it is, or empty.
MigrationFile parse_native(const std::string& path, std::string_view file_name, const std::string& folder_engine,
                           const BackendRegistry& registry) {
  MigrationFile file;
  file.path = path;
  file.layout = "native";
  file.engine = folder_engine;
  std::string_view stem = file_name;
  if (take_suffix(stem, ".down.sql")) {
    file.part = MigrationFile::Part::down;
  } else if (!take_suffix(stem, ".up.sql")) {
    throw misfit(path, "native");
  }
  const std::size_t underscore = stem.find('_');
  if (underscore == std::string_view::npos || !is_version(stem.substr(0, underscore), "."))
    throw misfit(path, "native", "it does not begin with a version and '_'");
  file.version = stem.substr(0, underscore);
  std::string_view rest = stem.substr(underscore + 1);
  const std::size_t dot = std::min(rest.find('.'), rest.size());
  file.name = rest.substr(0, dot);
  if (file.name.empty()) throw misfit(path, "native", "it has no name behind the version");
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
    if (backend == nullptr) throw misfit(path, "native", unknown_infix(word, registry));
    if (engine_seen) throw misfit(path, "native", "it names two engines");
    if (!folder_engine.empty() && backend->name() != folder_engine)
      throw bad_folder(path + " is marked for " + std::string(backend->name()) + " but lies in the folder of " +
                       folder_engine)
          .with_remedy("move it to the folder of its engine or rename it");
    engine_seen = true;
    file.engine = backend->name();
  }
  return file;
}

bool is_flyway_callback(std::string_view name) {
  const std::string_view rest = name.starts_with("before")  ? name.substr(6)
                                : name.starts_with("after") ? name.substr(5)
                                                            : std::string_view{};
  return !rest.empty() && is_upper(rest.front());
}

MigrationFile parse_flyway(const std::string& path, std::string_view file_name, const std::string& folder_engine) {
  MigrationFile file;
  file.path = path;
  file.layout = "flyway";
  file.engine = folder_engine;
  std::string_view stem = file_name;
  if (!take_suffix(stem, ".sql")) throw misfit(path, "flyway");
  if (is_flyway_callback(stem))
    throw bad_folder(path + " is a Flyway callback, which this program does not run")
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
    throw bad_folder(path + " is a Flyway baseline migration, which this program does not apply")
        .with_remedy("move it out of the folder; declare an existing database with `paripassu migrate baseline`");
  std::replace(file.version.begin(), file.version.end(), '_', '.');
  if (prefix == 'U') file.part = MigrationFile::Part::down;
  return file;
}

MigrationFile parse_dbmate(const std::string& path, std::string_view file_name, const std::string& folder_engine) {
  MigrationFile file;
  file.path = path;
  file.layout = "dbmate";
  file.engine = folder_engine;
  file.part = MigrationFile::Part::sections;
  std::string_view stem = file_name;
  const bool is_sql = take_suffix(stem, ".sql");
  const std::size_t underscore = stem.find('_');
  if (!is_sql || underscore == std::string_view::npos || !all_digits(stem.substr(0, underscore)) ||
      underscore + 1 == stem.size())
    throw misfit(path, "dbmate");
  file.version = stem.substr(0, underscore);
  file.name = stem.substr(underscore + 1);
  return file;
}

// ---- a folder ------------------------------------------------------------------------------------------------------

/// Which layout a name suggests: "native", "flyway", "dbmate" (for which the text decides), or "".
std::string shape_of(std::string_view name) {
  const char first = name.front();
  if (name.starts_with("R__")) return "flyway";
  if (name.size() > 1 && (first == 'V' || first == 'U' || first == 'B') && is_digit(name[1])) return "flyway";
  if (name.ends_with(".up.sql") || name.ends_with(".down.sql")) return "native";
  const std::size_t underscore = name.find('_');
  if (underscore != std::string_view::npos && all_digits(name.substr(0, underscore))) return "dbmate";
  return "";
}

/// What another tool's markers in a file say about it, for files that no layout knows.
std::string foreign_tool(const std::string& text) {
  if (text.find("-- +goose Up") != std::string::npos) return "goose";
  if (text.find("-- +migrate Up") != std::string::npos) return "sql-migrate";
  if (text.find("liquibase formatted sql") != std::string::npos) return "Liquibase";
  return "";
}

std::string recognise(const Folder& folder) {
  std::string layout;
  std::string example;
  std::string unknown;
  std::string tool;
  for (const std::string& name : folder.sql_names) {
    const std::string path = join_path(folder.dir, name);
    std::string shape = shape_of(name);
    if (shape == "dbmate" || shape.empty()) {
      const std::string text = read_script_file(path);
      if (!has_dbmate_marker(text)) shape.clear();
      if (shape.empty() && tool.empty()) tool = foreign_tool(text);
    }
    if (shape.empty()) {
      if (unknown.empty()) unknown = path;
    } else if (layout.empty()) {
      layout = shape;
      example = path;
    } else if (layout != shape) {
      throw bad_folder("two layouts in one folder: " + example + " (" + layout + ") and " + path + " (" + shape + ")")
          .with_remedy("move the files of one layout to a folder of their own, or force a layout: layout = \"" +
                       layout + "\" in [migrations]");
    }
  }
  if (unknown.empty()) return layout;
  // The other layouts' names tell the misfits, with the reason.
  if (layout == "dbmate") throw misfit(unknown, layout);
  if (!layout.empty()) return layout;
  if (!tool.empty())
    throw bad_folder(unknown + " looks like a migration for " + tool + ", whose layout this version does not read")
        .with_remedy("the layouts are native, folders, flyway, golang-migrate and dbmate: docs/migrations.md");
  throw bad_folder("no layout knows the name of " + unknown)
      .with_remedy("name it like 0001_create_orders.up.sql, or move it out of the folder: docs/migrations.md");
}

/// Adds the files of one folder and returns the name of its layout.
std::string add_folder(const Folder& folder, const std::string& layout_word, const std::string& folder_engine,
                       const BackendRegistry& registry, std::vector<MigrationFile>& files) {
  const std::string layout = layout_word == "auto" ? recognise(folder) : layout_word;
  const std::size_t first_new = files.size();
  bool golang = !folder.sql_names.empty();
  for (const std::string& name : folder.sql_names) {
    const std::string path = join_path(folder.dir, name);
    if (layout == "flyway") {
      files.push_back(parse_flyway(path, name, folder_engine));
    } else if (layout == "dbmate") {
      files.push_back(parse_dbmate(path, name, folder_engine));
    } else {
      files.push_back(parse_native(path, name, folder_engine, registry));
    }
  }
  if (layout == "flyway" || layout == "dbmate") return layout;
  if (!folder_engine.empty()) return "folders";
  if (layout_word != "auto") return layout_word;
  for (std::size_t i = first_new; i < files.size(); ++i)
    golang = golang && files[i].engine.empty() && !files[i].no_transaction && all_digits(files[i].version) &&
             files[i].version.size() >= kGolangMigrateDigitsMin;
  return golang ? "golang-migrate" : "native";
}

}  // namespace

const std::vector<std::string>& migration_layout_words() {
  static const std::vector<std::string> words = {"auto", "native", "folders", "flyway", "golang-migrate", "dbmate"};
  return words;
}

std::string join_path(const std::string& dir, const std::string& name) {
  return dir.empty() || dir.ends_with('/') ? dir + name : dir + "/" + name;
}

MigrationListing list_migrations(const std::string& dir, const std::string& layout, const BackendRegistry& registry) {
  const std::vector<std::string>& words = migration_layout_words();
  if (std::find(words.begin(), words.end(), layout) == words.end()) {
    const std::string near = nearest_word(layout, words);
    throw bad_folder("unknown layout '" + layout + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"))
        .with_remedy("the layouts are auto, native, folders, flyway, golang-migrate and dbmate");
  }
  const Folder top = read_folder(dir);
  MigrationListing listing;
  std::vector<Folder> engine_folders;
  std::vector<std::string> engine_names;
  for (const std::string& name : top.folders) {
    const Backend* backend = engine_of_word(name, registry);
    if (backend == nullptr) {
      if (holds_sql(join_path(dir, name)))
        listing.warnings.push_back("the folder " + join_path(dir, name) + " is not read, though it holds .sql files");
      continue;
    }
    const Folder below = read_folder(join_path(dir, name));
    const std::string engine(backend->name());
    if (!listing.folders.emplace(engine, below.dir).second)
      throw bad_folder("two folders for " + engine + ": " + listing.folders[engine] + " and " + below.dir)
          .with_remedy("keep one of them");
    engine_folders.push_back(below);
    engine_names.push_back(engine);
  }

  if (!top.sql_names.empty()) {
    for (const Folder& folder : engine_folders)
      if (!folder.sql_names.empty())
        throw bad_folder("two layouts in one folder: " + join_path(dir, top.sql_names.front()) +
                         " beside folders for single engines, " + join_path(folder.dir, folder.sql_names.front()))
            .with_remedy("keep all files in one folder or all in folders of engines");
    if (layout == "folders")
      throw bad_folder(join_path(dir, top.sql_names.front()) + " does not lie in the folder of an engine")
          .with_remedy("move it into the folders of the engines, or set another layout in [migrations]");
    listing.folders.clear();
    const std::string name = add_folder(top, layout, "", registry, listing.files);
    for (const auto& backend : registry.all()) listing.layouts[std::string(backend->name())] = name;
    return listing;
  }

  for (std::size_t i = 0; i < engine_folders.size(); ++i)
    listing.layouts[engine_names[i]] =
        add_folder(engine_folders[i], layout == "folders" ? "auto" : layout, engine_names[i], registry, listing.files);
  if (listing.files.empty()) {
    Error error = bad_folder("there is no migration in '" + dir + "'");
    error.with_remedy(listing.warnings.empty() ? "expected files such as 0001_create_orders.up.sql"
                                               : listing.warnings.front() +
                                                     ": expected files such as 0001_create_orders.up.sql in the folder "
                                                     "itself, or folders named after the engines");
    throw Error(error);
  }
  return listing;
}

}  // namespace paripassu
