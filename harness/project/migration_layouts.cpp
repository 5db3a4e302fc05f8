#include "harness/project/migration_layouts.h"

#include <algorithm>
#include <filesystem>
#include <fstream>

#include "backends/script_reader.h"
#include "harness/project/configuration.h"
#include "harness/project/layout_file_names.h"
#include "harness/project/layout_goose.h"
#include "harness/project/layout_lines.h"
#include "harness/project/layout_liquibase.h"
#include "harness/project/layout_sqitch.h"
#include "harness/project/migration_text.h"

namespace paripassu {

namespace {

namespace fs = std::filesystem;

/// golang-migrate numbers its files with six digits, or with a time stamp.
constexpr std::size_t kGolangMigrateDigitsMin = 6;

Error bad_folder(const std::string& message) {
  return Error(ErrorCategory::configuration, message);
}

struct Folder {
  std::string dir;
  std::vector<std::string> sql_names;    ///< sorted
  std::vector<std::string> other_names;  ///< of files that are no SQL, sorted
  std::vector<std::string> folders;      ///< sorted
  bool has_plan = false;                 ///< sqitch's

  /// The path of one of its migrations; empty without any.
  std::string example() const {
    if (has_plan) return join_path(dir, kSqitchPlan);
    return sql_names.empty() ? "" : join_path(dir, sql_names.front());
  }
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
    } else {
      folder.has_plan = folder.has_plan || name == kSqitchPlan;
      folder.other_names.push_back(name);
    }
  }
  if (code) throw bad_folder("cannot list the folder '" + dir + "': " + code.message());
  std::sort(folder.sql_names.begin(), folder.sql_names.end());
  std::sort(folder.other_names.begin(), folder.other_names.end());
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

/// Which layout a name suggests: "native", "flyway", "text" (the text decides), or "" (the text may still do so).
std::string shape_of(std::string_view name) {
  const char first = name.front();
  if (name.starts_with("R__")) return "flyway";
  if (name.size() > 1 && (first == 'V' || first == 'U' || first == 'B') && is_digit(name[1])) return "flyway";
  if (name.ends_with(".up.sql") || name.ends_with(".down.sql")) return "native";
  return begins_with_number(name) ? "text" : "";
}

/// The layout whose marker is in the text; empty without one.
std::string layout_of_text(const std::string& text, bool has_number) {
  if (has_liquibase_header(text)) return "liquibase";
  if (!has_number) return "";
  if (has_dbmate_marker(text)) return "dbmate";
  return has_goose_marker(text) ? "goose" : "";
}

std::string list_of_layouts() {
  const std::vector<std::string>& words = migration_layout_words();
  std::string list;
  for (std::size_t i = 0; i < words.size(); ++i)
    list += (i == 0 ? "" : i + 1 == words.size() ? " and " : ", ") + words[i];
  return list;
}

std::string recognise(const Folder& folder) {
  std::string layout = folder.has_plan ? "sqitch" : "";
  std::string example = folder.has_plan ? folder.example() : "";
  std::string unknown;
  bool is_sql_migrate = false;
  for (const std::string& name : folder.sql_names) {
    const std::string path = join_path(folder.dir, name);
    std::string shape = shape_of(name);
    if (shape == "text" || shape.empty()) {
      const std::string text = read_script_file(path);
      shape = layout_of_text(text, shape == "text");
      if (shape.empty() && is_popx_testdata(name)) continue;
      is_sql_migrate = is_sql_migrate || text.find("-- +migrate Up") != std::string::npos;
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
  if (layout == "dbmate" || layout == "goose" || layout == "liquibase") throw misfit(unknown, layout);
  if (!layout.empty()) return layout;
  if (is_sql_migrate)
    throw bad_folder(unknown + " looks like a migration for sql-migrate, whose layout this version does not read")
        .with_remedy("the layouts are " + list_of_layouts() + ": docs/migrations.md");
  throw bad_folder("no layout knows the name of " + unknown)
      .with_remedy("name it like 0001_create_orders.up.sql, or move it out of the folder: docs/migrations.md");
}

/// A changelog in XML, YAML or JSON; empty without one. What it includes, and in which order, only Liquibase knows.
std::string other_changelog(const Folder& folder) {
  constexpr std::size_t kBytesMax = 64 * 1024;
  for (const std::string& name : folder.other_names) {
    const bool may_be =
        name.ends_with(".xml") || name.ends_with(".yaml") || name.ends_with(".yml") || name.ends_with(".json");
    if (!may_be) continue;
    const std::string path = join_path(folder.dir, name);
    std::string begin(kBytesMax, '\0');
    std::ifstream stream(path, std::ios::binary);
    stream.read(begin.data(), static_cast<std::streamsize>(begin.size()));
    begin.resize(static_cast<std::size_t>(std::max<std::streamsize>(stream.gcount(), 0)));
    if (begin.find("databaseChangeLog") != std::string::npos) return path;
  }
  return "";
}

void refuse_other_changelog(const Folder& folder) {
  const std::string path = other_changelog(folder);
  if (path.empty()) return;
  throw bad_folder(path + " is a changelog of Liquibase that is not formatted SQL, which this program does not read")
      .with_remedy(
          "if it only includes formatted SQL files in the order of their names, name their folder as dir, or move it "
          "to "
          "the folder above; other changes must be written as formatted SQL");
}

void warn_of_other_files(const Folder& folder, const std::string& layout, std::vector<std::string>& warnings) {
  for (const std::string& name : folder.other_names) {
    const std::string path = join_path(folder.dir, name);
    if (layout == "goose" && begins_with_number(name) && name.ends_with(".go") && !name.ends_with("_test.go"))
      warnings.push_back(path + " is a migration in Go, which this program cannot run: it is left out");
    if ((layout == "popx" || layout == "native") && begins_with_number(name) && name.ends_with(".fizz"))
      warnings.push_back(path + " is a migration in fizz, which this program cannot run: it is left out");
  }
}

/// Names in which pop's conventions show, beside those that the native layout has too.
bool looks_like_popx(const Folder& folder, const BackendRegistry& registry) {
  return std::any_of(folder.sql_names.begin(), folder.sql_names.end(), [&](const std::string& name) {
    return is_popx_testdata(name) || !other_engine_in_popx(name, registry).empty();
  });
}

/// Adds native files and those of popx; returns the layout's name.
std::string add_native(const Folder& folder, const std::string& layout_word, const std::string& folder_engine,
                       const BackendRegistry& registry, MigrationListing& listing) {
  const bool is_popx = layout_word == "popx" || (layout_word == "auto" && looks_like_popx(folder, registry));
  const std::size_t first_new = listing.files.size();
  std::map<std::string, std::size_t> others;
  for (const std::string& name : folder.sql_names) {
    const std::string other = is_popx ? other_engine_in_popx(name, registry) : "";
    if (!other.empty()) ++others[other];
    if (!other.empty() || (is_popx && is_popx_testdata(name))) continue;
    listing.files.push_back(parse_native(join_path(folder.dir, name), name, folder_engine, registry, is_popx));
  }
  if (!others.empty()) {
    std::size_t count = 0;
    std::string words;
    for (const auto& [word, files] : others) {
      count += files;
      words += (words.empty() ? "" : ", ") + word;
    }
    listing.warnings.push_back(std::to_string(count) + (count == 1 ? " file" : " files") +
                               " for engines that this program does not have (" + words + ") in " + folder.dir +
                               (count == 1 ? " is" : " are") + " left out");
  }
  if (is_popx) return "popx";
  if (!folder_engine.empty()) return "folders";
  if (layout_word != "auto") return layout_word;
  bool golang = first_new < listing.files.size();
  for (std::size_t i = first_new; i < listing.files.size(); ++i) {
    const MigrationFile& file = listing.files[i];
    golang = golang && file.engine.empty() && !file.no_transaction && all_digits(file.version) &&
             file.version.size() >= kGolangMigrateDigitsMin;
  }
  return golang ? "golang-migrate" : "native";
}

[[noreturn]] void refuse_empty(const std::string& dir, const std::vector<std::string>& warnings) {
  const std::string expected = "expected files such as 0001_create_orders.up.sql";
  throw bad_folder("there is no migration in '" + dir + "'")
      .with_remedy(warnings.empty() ? expected
                                    : warnings.front() + ": " + expected +
                                          " in the folder itself, or folders named after the engines");
}

/// Adds the files of one folder and returns the name of its layout.
std::string add_folder(const Folder& folder, const std::string& layout_word, const std::string& folder_engine,
                       const BackendRegistry& registry, MigrationListing& listing) {
  const std::string layout = layout_word == "auto" ? recognise(folder) : layout_word;
  std::string name = layout;
  if (layout == "sqitch") {
    if (!folder.has_plan)
      throw bad_folder("there is no " + std::string(kSqitchPlan) + " in '" + folder.dir + "'")
          .with_remedy("name the folder that holds the plan (top_dir in sqitch.conf) as dir in [migrations]");
    if (!folder.sql_names.empty())
      throw bad_folder(join_path(folder.dir, folder.sql_names.front()) + " lies beside " + kSqitchPlan)
          .with_remedy("sqitch has its scripts in deploy, revert and verify: move the file out of the folder");
    for (MigrationFile& file : list_sqitch(folder.dir, folder_engine, listing.warnings))
      listing.files.push_back(std::move(file));
  } else if (layout == "liquibase") {
    refuse_other_changelog(folder);
    std::vector<std::string> paths;
    for (const std::string& file : folder.sql_names) paths.push_back(join_path(folder.dir, file));
    for (MigrationFile& file : list_liquibase(paths, folder_engine, registry, listing.warnings))
      listing.files.push_back(std::move(file));
  } else if (layout == "flyway" || layout == "dbmate" || layout == "goose") {
    for (const std::string& file : folder.sql_names) {
      const std::string path = join_path(folder.dir, file);
      listing.files.push_back(layout == "flyway" ? parse_flyway(path, file, folder_engine)
                                                 : parse_sections(path, file, folder_engine, layout));
    }
  } else {
    name = add_native(folder, layout_word, folder_engine, registry, listing);
  }
  warn_of_other_files(folder, name, listing.warnings);
  return name;
}

}  // namespace

const std::vector<std::string>& migration_layout_words() {
  static const std::vector<std::string> words = {"auto",   "native", "folders", "golang-migrate", "popx",
                                                 "flyway", "dbmate", "goose",   "sqitch",         "liquibase"};
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
        .with_remedy("the layouts are " + list_of_layouts());
  }
  const Folder top = read_folder(dir);
  MigrationListing listing;
  std::vector<Folder> engine_folders;
  std::vector<std::string> engine_names;
  for (const std::string& name : top.folders) {
    const Backend* backend = engine_of_word(name, registry);
    if (backend == nullptr) {
      const bool is_script_folder = top.has_plan && (name == "deploy" || name == "revert" || name == "verify");
      if (!is_script_folder && holds_sql(join_path(dir, name)))
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

  if (!top.example().empty()) {
    for (const Folder& folder : engine_folders)
      if (!folder.example().empty())
        throw bad_folder("two layouts in one folder: " + top.example() + " beside folders for single engines, " +
                         folder.example())
            .with_remedy("keep all files in one folder or all in folders of engines");
    if (layout == "folders")
      throw bad_folder(top.example() + " does not lie in the folder of an engine")
          .with_remedy("move it into the folders of the engines, or set another layout in [migrations]");
    listing.folders.clear();
    const std::string name = add_folder(top, layout, "", registry, listing);
    for (const auto& backend : registry.all()) listing.layouts[std::string(backend->name())] = name;
    if (listing.files.empty()) refuse_empty(dir, listing.warnings);
    return listing;
  }

  refuse_other_changelog(top);
  for (std::size_t i = 0; i < engine_folders.size(); ++i)
    listing.layouts[engine_names[i]] =
        add_folder(engine_folders[i], layout == "folders" ? "auto" : layout, engine_names[i], registry, listing);
  if (listing.files.empty()) refuse_empty(dir, listing.warnings);
  return listing;
}

}  // namespace paripassu
