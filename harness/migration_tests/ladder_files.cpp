#include "harness/migration_tests/ladder_files.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <filesystem>
#include <system_error>
#include <tuple>

#include "harness/parity/names.h"
#include "harness/project/configuration.h"
#include "harness/project/migration.h"

namespace paripassu::migration_tests {

namespace fs = std::filesystem;

namespace {

/// Engines whose files popx and golang-migrate keep in the same folder, by the words of their names.
constexpr std::array<std::string_view, 8> kForeignEngines = {"mysql",     "mariadb",     "sqlite", "sqlite3",
                                                             "cockroach", "cockroachdb", "oracle", "db2"};

std::string lower(std::string text) {
  std::transform(text.begin(), text.end(), text.begin(),
                 [](char c) { return c >= 'A' && c <= 'Z' ? static_cast<char>(c - 'A' + 'a') : c; });
  return text;
}

const Backend* engine_of_word(const std::string& word, const BackendRegistry& registry) {
  for (const auto& backend : registry.all()) {
    const std::vector<std::string> words = backend->file_infixes();
    if (std::find(words.begin(), words.end(), word) != words.end()) return backend.get();
  }
  return nullptr;
}

bool is_number_like(const std::string& version) {
  return !version.empty() && version.find_first_not_of("0123456789._-") == std::string::npos;
}

bool is_version(const std::string& text, const std::string& version) {
  if (text == version) return true;
  return is_number_like(text) && is_number_like(version) && compare_versions(text, version) == 0;
}

Error unreadable(const std::string& dir, const std::error_code& code) {
  return Error(ErrorCategory::configuration, fmt::format("cannot read the folder {}: {}", dir, code.message()))
      .with_position({dir, 0, 0});
}

}  // namespace

std::string quoted_list(const std::vector<std::string>& words) {
  std::string text;
  for (std::size_t i = 0; i < words.size(); ++i) {
    if (i > 0) text += i + 1 == words.size() ? " and " : ", ";
    text += "'" + words[i] + "'";
  }
  return text;
}

LadderFile read_file_name(const std::string& name, const BackendRegistry& registry) {
  LadderFile file;
  file.path = name;
  file.stem = name;
  const auto take_part = [&file] {
    const std::size_t dot = file.stem.rfind('.');
    if (dot == std::string::npos || dot == 0) return std::string();
    return lower(file.stem.substr(dot + 1));
  };
  const auto drop_part = [&file] { file.stem.resize(file.stem.rfind('.')); };
  file.extension = take_part();
  if (file.extension.empty()) return file;
  drop_part();
  const std::string word = take_part();
  if (word.empty()) return file;
  if (const Backend* backend = engine_of_word(word, registry)) {
    file.engine = backend->name();
    drop_part();
  } else if (file.extension == "sql" &&
             std::find(kForeignEngines.begin(), kForeignEngines.end(), word) != kForeignEngines.end()) {
    file.foreign_engine = word;
    drop_part();
  }
  return file;
}

std::vector<LadderFile> list_files(const std::string& dir, const std::vector<std::string>& extensions,
                                   const std::vector<std::string>& folders, const BackendRegistry& registry) {
  std::vector<LadderFile> files;
  std::error_code code;
  const fs::file_status status = fs::status(dir, code);
  if (status.type() == fs::file_type::not_found) return files;
  if (code) throw unreadable(dir, code);
  if (status.type() != fs::file_type::directory)
    throw Error(ErrorCategory::configuration, dir + " is not a folder").with_position({dir, 0, 0});
  fs::directory_iterator entry(dir, code);
  if (code) throw unreadable(dir, code);
  for (const fs::directory_iterator end; entry != end; entry.increment(code)) {
    const std::string name = entry->path().filename().string();
    if (name.starts_with(".") || lower(name).starts_with("readme")) continue;
    const std::string path = dir + "/" + name;
    std::error_code ignored;
    if (fs::is_directory(entry->path(), ignored)) {
      if (std::find(folders.begin(), folders.end(), name) != folders.end()) continue;
      const std::string near = nearest_word(name, folders);
      throw Error(ErrorCategory::configuration, fmt::format("{} is a folder, and nothing reads it", path))
          .with_position({path, 0, 0})
          .with_remedy(near.empty() ? "put the files into the folder above it"
                                    : fmt::format("did you mean '{}'?", near));
    }
    LadderFile file = read_file_name(name, registry);
    file.path = path;
    if (std::find(extensions.begin(), extensions.end(), file.extension) == extensions.end()) {
      const std::string near = nearest_word(file.extension, extensions);
      throw Error(ErrorCategory::configuration,
                  fmt::format("{}: expected a file that ends in {}", path, quoted_list(extensions)))
          .with_position({path, 0, 0})
          .with_remedy(near.empty() ? "move it elsewhere, or hide it behind a leading dot"
                                    : fmt::format("did you mean '.{}'?", near));
    }
    files.push_back(std::move(file));
  }
  if (code) throw unreadable(dir, code);
  const auto key = [](const LadderFile& file) {
    return std::tie(file.stem, file.extension, file.engine, file.foreign_engine);
  };
  std::sort(files.begin(), files.end(), [&key](const LadderFile& left, const LadderFile& right) {
    return std::tie(left.stem, left.extension, left.engine, left.foreign_engine, left.path) <
           std::tie(right.stem, right.extension, right.engine, right.foreign_engine, right.path);
  });
  const auto twin =
      std::adjacent_find(files.begin(), files.end(),
                         [&key](const LadderFile& left, const LadderFile& right) { return key(left) == key(right); });
  if (twin != files.end())
    throw Error(ErrorCategory::configuration, fmt::format("{} and {} mean the same", twin->path, std::next(twin)->path))
        .with_position({std::next(twin)->path, 0, 0})
        .with_remedy("delete one of them, or give it another name");
  return files;
}

std::vector<LadderFile> files_for(const std::vector<LadderFile>& files, const Backend& backend) {
  std::vector<LadderFile> chosen;
  for (const LadderFile& file : files) {
    if (!file.serves(backend)) continue;
    // Sorted: the one for all engines comes right before its variant.
    if (!chosen.empty() && chosen.back().stem == file.stem && chosen.back().extension == file.extension) {
      chosen.back() = file;
    } else {
      chosen.push_back(file);
    }
  }
  return chosen;
}

std::optional<FileVersion> version_of(const std::string& stem, const std::vector<Revision>& revisions) {
  const auto is_separator = [](char c) { return c == '.' || c == '_' || c == '-'; };
  for (std::size_t end = stem.size(); end > 0; --end) {
    if (end < stem.size() && !is_separator(stem[end])) continue;
    const std::string text = stem.substr(0, end);
    if (is_separator(text.back())) continue;
    for (const Revision& revision : revisions) {
      if (!is_version(text, revision.version)) continue;
      FileVersion found;
      found.revision = &revision;
      if (end < stem.size()) {
        found.separator = stem[end];
        found.rest = stem.substr(end + 1);
      }
      return found;
    }
  }
  return std::nullopt;
}

bool changes_session(const Script& script, const ScriptReader& reader) {
  const auto changes = [](const std::vector<StatementWord>& words) {
    std::string previous;
    std::string begun;  // what the latest statement begins with, as far as the reader can tell
    for (const StatementWord& word : words) {
      const std::string text = fold_name(word.text, NameMatching::ignore_case);
      const bool begins = word.starts_statement && !word.quoted;
      if (text == "set_config" || text.starts_with("#")) return true;
      if (begins && text == "prepare") return true;
      // T-SQL needs nothing between statements, so that UPDATE … SET and ON DELETE SET NULL look like two.
      if (begins && text == "set" && begun != "update" && previous != "delete") return true;
      if ((text == "temp" || text == "temporary") && previous == "create") return true;
      if (begins) begun = text;
      previous = text;
    }
    return false;
  };
  return std::any_of(script.statements.begin(), script.statements.end(), [&](const ScriptStatement& statement) {
    try {
      return changes(reader.words(statement.text));
    } catch (const Error&) {
      return true;
    }
  });
}

std::string FileVersion::table() const {
  if (separator == '.') return rest;
  const std::size_t dot = rest.find('.');
  return dot == std::string::npos ? rest : rest.substr(dot + 1);
}

}  // namespace paripassu::migration_tests
