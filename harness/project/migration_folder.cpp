#include "harness/project/migration_folder.h"

#include <algorithm>
#include <cstdint>
#include <optional>

#include "backends/script_reader.h"
#include "harness/project/layout_goose.h"
#include "harness/project/layout_liquibase.h"
#include "harness/project/migration_layouts.h"
#include "harness/project/migration_text.h"
#include "harness/project/placeholders.h"

namespace paripassu {

namespace {

using Part = MigrationFile::Part;
using Kind = Migration::Kind;

/// The files of one version, for all engines and both directions.
struct VersionFiles {
  std::vector<const MigrationFile*> ups;    ///< files with sections too
  std::vector<const MigrationFile*> downs;  ///< separate files only
  std::vector<const MigrationFile*> verifies;

  const MigrationFile& first() const { return ups.empty() ? *downs.front() : *ups.front(); }
  std::vector<const MigrationFile*>& files(Part part) {
    if (part == Part::verify) return verifies;
    return part == Part::down ? downs : ups;
  }
};

bool comes_before(const MigrationFile& left, const MigrationFile& right) {
  if (left.kind != right.kind) return left.kind == Kind::versioned;
  if (left.kind == Kind::repeatable) return left.name < right.name;
  return compare_versions(left.version, right.version) < 0;
}

std::vector<VersionFiles> group_by_version(const std::vector<MigrationFile>& files) {
  std::vector<const MigrationFile*> sorted;
  for (const MigrationFile& file : files) sorted.push_back(&file);
  // Stable, so that files of one version stay sorted by path.
  std::stable_sort(sorted.begin(), sorted.end(),
                   [](const MigrationFile* left, const MigrationFile* right) { return comes_before(*left, *right); });
  std::vector<VersionFiles> versions;
  const MigrationFile* previous = nullptr;
  for (const MigrationFile* file : sorted) {
    if (previous == nullptr || comes_before(*previous, *file)) versions.emplace_back();
    versions.back().files(file->part).push_back(file);
    previous = file;
  }
  return versions;
}

/// A file for one engine stands beside one for all engines only as its variant: same version, same name.
void check_no_duplicates(const std::vector<const MigrationFile*>& files) {
  for (std::size_t i = 0; i < files.size(); ++i) {
    for (std::size_t j = i + 1; j < files.size(); ++j) {
      const MigrationFile& a = *files[i];
      const MigrationFile& b = *files[j];
      if (a.engine != b.engine && !a.engine.empty() && !b.engine.empty()) continue;
      if (a.engine != b.engine && a.name == b.name && a.version == b.version) continue;
      const std::string versions =
          a.version == b.version ? a.version : a.version + " and " + b.version + ", which are equal,";
      throw Error(ErrorCategory::configuration, "two files for version " + versions + ": " + a.path + " and " + b.path)
          .with_remedy(a.name == b.name ? "delete one of them, or give it another version"
                                        : "give one of them another version");
    }
  }
}

/// Flyway pairs undo scripts by version alone; elsewhere a down of another name belongs to a migration that is gone.
bool undoes(const MigrationFile& down, const MigrationFile& up) {
  const bool engines_meet = down.engine.empty() || up.engine.empty() || down.engine == up.engine;
  return engines_meet && (down.layout == "flyway" || down.name == up.name);
}

void check_downs(const VersionFiles& version) {
  for (const MigrationFile* down : version.downs) {
    const auto matches = [&](const MigrationFile* up) { return undoes(*down, *up); };
    if (std::any_of(version.ups.begin(), version.ups.end(), matches)) continue;
    std::string message = down->path + " has no up migration";
    if (!version.ups.empty())
      message += ": " + version.ups.front()->path + " has another name or is for another engine";
    throw Error(ErrorCategory::configuration, message)
        .with_remedy("write the up migration under the same version, name and engine, or delete the down migration");
  }
}

/// The file for `engine`, before one for all.
const MigrationFile* choose(const std::vector<const MigrationFile*>& files, const std::string& engine) {
  const MigrationFile* chosen = nullptr;
  for (const MigrationFile* file : files)
    if (file->serves(engine) && (chosen == nullptr || !file->engine.empty())) chosen = file;
  return chosen;
}

/// Warns only where versions are clearly counted up by one: "0001", "0002", "0004". Time stamps and tens are not.
void warn_of_gaps(const std::vector<VersionFiles>& versions, std::vector<std::string>& warnings) {
  constexpr std::size_t kDigitsMax = 18;
  std::vector<std::int64_t> numbers;
  std::size_t width = 0;
  for (const VersionFiles& version : versions) {
    if (version.first().kind != Kind::versioned) continue;
    const std::string& text = version.first().version;
    if (numbers.empty()) width = text.size();
    const bool is_number = text.find_first_not_of("0123456789") == std::string::npos;
    if (!is_number || text.size() != width || width > kDigitsMax) return;
    numbers.push_back(std::stoll(text));
  }
  if (numbers.size() < 2) return;
  const auto step = [&](std::size_t i) { return numbers[i] - numbers[i - 1]; };
  std::int64_t step_min = step(1);
  for (std::size_t i = 1; i < numbers.size(); ++i) step_min = std::min(step_min, step(i));
  const std::int64_t missing = numbers.back() - numbers.front() + 1 - static_cast<std::int64_t>(numbers.size());
  const bool counts_by_one = step_min == 1 || numbers.size() == 2;
  if (!counts_by_one || missing >= static_cast<std::int64_t>(numbers.size())) return;
  const auto written = [&](std::int64_t number) {
    const std::string digits = std::to_string(number);
    return std::string(width - std::min(width, digits.size()), '0') + digits;
  };
  for (std::size_t i = 1; i < numbers.size(); ++i) {
    if (step(i) == 1) continue;
    std::string message = "version " + written(numbers[i - 1] + 1) + " is missing";
    if (step(i) > 2)
      message = "versions " + written(numbers[i - 1] + 1) + " to " + written(numbers[i] - 1) + " are missing";
    warnings.push_back(message + " between " + written(numbers[i - 1]) + " and " + written(numbers[i]));
  }
}

/// What stands for a script that has no statement and is meant to have none.
constexpr const char* kNothing = "SELECT 1;\n";

/// Reads the texts of one engine's migrations.
class ScriptLoader {
 public:
  ScriptLoader(const MigrationFolderOptions& options, const Backend& engine, std::vector<std::string>& warnings)
      : options_(options), engine_(engine), warnings_(warnings) {}

  void load(const MigrationFile& up, const MigrationFile* down, const MigrationFile* verify, Migration& migration) {
    reason_.clear();
    reason_place_ = {};
    if (up.part == Part::sections) {
      load_sections(up, migration);
    } else {
      migration.up = load_up(up, load_file(up));
      if (down != nullptr) migration.down = load_down(*down, load_file(*down));
    }
    if (verify != nullptr) migration.verify = optional_script(load_file(*verify), *verify, "verify script");
    migration.irreversible_reason = reason_;
  }

 private:
  struct Loaded {
    std::optional<MigrationScript> script;  ///< absent: no statement
    ScriptHead head;
    int line = 0;  ///< where the script begins in a file with several
  };

  /// The sections of dbmate, goose and Liquibase. Only the last replaces placeholders, by its own rules.
  void load_sections(const MigrationFile& file, Migration& migration) {
    SectionTexts sections;
    int line = 0;
    if (file.changeset != nullptr) {
      sections = liquibase_sections(*file.changeset, engine_, options_.placeholders);
      line = file.changeset->line;
    } else if (file.layout == "goose") {
      sections = split_goose(read_script_file(file.path), file.path, engine_.capabilities().batch_separator);
    } else {
      sections = split_dbmate(read_script_file(file.path), file.path);
    }
    reason_ = sections.irreversible_reason;
    migration.up = load_up(file, load_section(file, std::move(sections.up), line));
    if (sections.down) migration.down = load_down(file, load_section(file, std::move(*sections.down), line));
  }

  MigrationScript load_up(const MigrationFile& file, Loaded loaded) {
    declare(loaded.head);
    if (loaded.script) return std::move(*loaded.script);
    if (file.layout == "popx") return nothing(file, 0);
    if (file.layout == "goose") {
      warnings_.push_back(file.path + ": the up section is empty, so that the migration does nothing");
      return nothing(file, 0);
    }
    if (file.changeset != nullptr)
      throw bad_file("the changeset " + file.name + " is empty: expected at least one statement", file.path,
                     loaded.line)
          .with_remedy("delete the changeset or write the statement");
    throw_empty(file.path, file.part == Part::sections ? "up" : "");
  }

  /// Nothing where the script only says that there is no way back.
  std::optional<MigrationScript> load_down(const MigrationFile& file, Loaded loaded) {
    const bool had_reason = !reason_.empty();
    declare(loaded.head);
    if (loaded.script && !reason_.empty()) {
      SourcePosition place = loaded.head.irreversible_place.known() ? loaded.head.irreversible_place : reason_place_;
      if (!place.known()) place = {file.path, loaded.line, 0};
      throw Error(ErrorCategory::configuration,
                  file.version + " " + file.name + " is declared irreversible, but has a down")
          .with_position(std::move(place))
          .with_remedy("delete the declaration, or the statements of the down");
    }
    if (loaded.script) return loaded.script;
    if (!reason_.empty() || had_reason) return std::nullopt;
    if (file.layout == "popx") return nothing(file, 0);
    const bool may_be_empty = file.part == Part::sections || file.layout == "sqitch";
    if (!may_be_empty) throw_empty(file.path, "");
    // The templates of these tools write the marker or the file in any case.
    return optional_script(std::move(loaded), file, file.part == Part::sections ? "down section" : "");
  }

  /// Warns where the script is empty.
  std::optional<MigrationScript> optional_script(Loaded loaded, const MigrationFile& file, const std::string& what) {
    if (loaded.script) return std::move(loaded.script);
    if (what == "verify script") {
      warnings_.push_back(file.path + " is empty, so that nothing is verified");
    } else {
      warnings_.push_back(file.path + (what.empty() ? " is empty" : ": the " + what + " is empty") +
                          ", so that the migration cannot be undone");
    }
    return std::nullopt;
  }

  void declare(const ScriptHead& head) {
    if (head.irreversible_reason.empty()) return;
    if (reason_.empty()) reason_place_ = head.irreversible_place;
    if (reason_.empty()) reason_ = head.irreversible_reason;
  }

  static MigrationScript nothing(const MigrationFile& file, int line) {
    MigrationScript script;
    script.file = file.path;
    script.text.assign(static_cast<std::size_t>(std::max(line - 1, 0)), '\n');
    script.text += kNothing;
    script.checksum = migration_checksum("");
    return script;
  }

  Loaded load_file(const MigrationFile& file) {
    SectionText whole;
    whole.body = read_script_file(file.path);
    whole.no_transaction = file.no_transaction;
    bool replace = !options_.placeholders.empty();
    if (file.layout == "flyway") {
      const FlywayScriptSettings settings = read_flyway_script_settings(file.path);
      whole.no_transaction = settings.no_transaction;
      replace = settings.replace_placeholders;
    }
    whole.text = whole.body;
    Loaded loaded = load_section(file, std::move(whole), 0);
    if (replace && loaded.script)
      loaded.script->text = replace_placeholders(loaded.script->text, options_.placeholders, file.path);
    return loaded;
  }

  Loaded load_section(const MigrationFile& file, SectionText section, int line) {
    Loaded loaded;
    loaded.line = line;
    if (section.does_nothing) {
      loaded.script = nothing(file, line);
      return loaded;
    }
    loaded.head = read_script_head(section.text, file.path);
    if (!loaded.head.has_statement) return loaded;
    for (std::string& warning : misplaced_directives(section.text, loaded.head, file.path))
      warnings_.push_back(std::move(warning));
    MigrationScript script;
    script.file = file.path;
    script.checksum = migration_checksum(section.body);
    script.no_transaction = section.no_transaction || loaded.head.no_transaction;
    script.text = std::move(section.text);
    script.cuts = std::move(section.cuts);
    loaded.script = std::move(script);
    return loaded;
  }

  const MigrationFolderOptions& options_;
  const Backend& engine_;
  std::vector<std::string>& warnings_;
  std::string reason_;  ///< why the migration that is loaded cannot be undone, as far as it was read
  SourcePosition reason_place_;
};

void warn_of_missing(const std::vector<std::string>& engines, std::vector<MigrationSet>& sets) {
  const std::size_t count = sets.empty() ? 0 : sets.front().migrations.size();
  for (std::size_t s = 0; s < sets.size(); ++s) {
    const auto has_up = [](const Migration& migration) { return migration.up.has_value(); };
    const bool has_any = std::any_of(sets[s].migrations.begin(), sets[s].migrations.end(), has_up);
    for (std::size_t i = 0; has_any && i < count; ++i) {
      const bool elsewhere =
          std::any_of(sets.begin(), sets.end(), [&](const MigrationSet& set) { return has_up(set.migrations[i]); });
      if (!has_up(sets[s].migrations[i]) && elsewhere)
        sets[s].warnings.push_back(sets[s].migrations[i].version + " has no file for " + engines[s]);
    }
  }
}

/// One version under two names is legal, but more often two migrations that took the same number.
void warn_of_names(std::vector<MigrationSet>& sets) {
  for (std::size_t s = 1; s < sets.size(); ++s) {
    for (std::size_t i = 0; i < sets[s].migrations.size(); ++i) {
      const Migration& left = sets.front().migrations[i];
      const Migration& right = sets[s].migrations[i];
      if (left.up && right.up && left.name != right.name)
        sets[s].warnings.push_back(right.version + " is '" + left.name + "' on " + sets.front().engine + " and '" +
                                   right.name + "' on " + sets[s].engine);
    }
  }
}

}  // namespace

MigrationSet read_migrations(const MigrationFolderOptions& options, const Backend& engine,
                             const BackendRegistry& registry) {
  const std::string engine_name(engine.name());
  const MigrationListing listing = list_migrations(options.dir, options.layout, registry);
  if (!listing.folders.empty() && !listing.folders.contains(engine_name)) {
    const std::vector<std::string> infixes = engine.file_infixes();
    throw Error(ErrorCategory::configuration, "there is no folder for " + engine_name + " in '" + options.dir + "'")
        .with_remedy("create " + join_path(options.dir, infixes.empty() ? engine_name : infixes.front()) +
                     ", or choose the engines with --engine");
  }
  const std::vector<VersionFiles> versions = group_by_version(listing.files);
  for (const VersionFiles& version : versions) {
    check_no_duplicates(version.ups);
    check_no_duplicates(version.downs);
    check_downs(version);
  }

  MigrationSet set;
  set.engine = engine_name;
  set.dir = options.dir;
  set.layout = listing.layouts.at(engine_name);
  set.warnings = listing.warnings;
  warn_of_gaps(versions, set.warnings);
  if ((set.layout == "dbmate" || set.layout == "goose") && !options.placeholders.empty())
    set.warnings.push_back("placeholders are configured, but the " + set.layout +
                           " layout has none: nothing is replaced");

  ScriptLoader loader(options, engine, set.warnings);
  bool has_any = false;
  for (const VersionFiles& version : versions) {
    const MigrationFile* up = choose(version.ups, engine_name);
    const MigrationFile& example = up != nullptr ? *up : version.first();
    Migration migration;
    migration.kind = example.kind;
    migration.version = example.version;
    migration.name = example.name;
    if (up != nullptr) {
      std::vector<const MigrationFile*> downs;
      for (const MigrationFile* down : version.downs)
        if (undoes(*down, *up)) downs.push_back(down);
      loader.load(*up, choose(downs, engine_name), choose(version.verifies, engine_name), migration);
      has_any = true;
    }
    set.migrations.push_back(std::move(migration));
  }
  if (!has_any) set.warnings.push_back("no migration has a file for " + engine_name);
  return set;
}

std::vector<MigrationSet> read_migrations_of_all(const MigrationFolderOptions& options,
                                                 const std::vector<const Backend*>& engines,
                                                 const BackendRegistry& registry) {
  std::vector<MigrationSet> sets;
  std::vector<std::string> names;
  std::vector<std::string> seen;
  for (const Backend* engine : engines) {
    names.emplace_back(engine->name());
    MigrationSet set = read_migrations(options, *engine, registry);
    // What concerns the whole folder is said once.
    std::erase_if(set.warnings, [&](const std::string& warning) {
      return std::find(seen.begin(), seen.end(), warning) != seen.end();
    });
    seen.insert(seen.end(), set.warnings.begin(), set.warnings.end());
    sets.push_back(std::move(set));
  }
  warn_of_missing(names, sets);
  warn_of_names(sets);
  return sets;
}

}  // namespace paripassu
