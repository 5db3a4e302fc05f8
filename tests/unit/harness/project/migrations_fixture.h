#pragma once

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <vector>

#include "harness/project/migration_folder.h"
#include "tests/unit/harness/project/project_fixture.h"

namespace paripassu::test {

/// A folder of migrations "m" in a temporary folder, read for one engine.
class Migrations {
 public:
  Migrations(std::initializer_list<std::pair<std::string, std::string>> files) {
    options.dir = folder_.path() + "/m";
    for (const auto& [name, text] : files) write(name, text);
  }
  void write(const std::string& name, std::string_view text) const { folder_.write("m/" + name, text); }
  std::string path(const std::string& name) const { return options.dir + "/" + name; }
  MigrationSet read(const std::string& engine = "north") const {
    return read_migrations(options, registry_.get(engine), registry_);
  }
  std::vector<MigrationSet> read_all() const {
    return read_migrations_of_all(options, {registry_.find("north"), registry_.find("south")}, registry_);
  }
  Error refused(const std::string& engine = "north") const {
    return error_of([&] { read(engine); });
  }
  /// The message of an Error(configuration), with the folder's path cut out.
  std::string message(const std::string& engine = "north") const {
    const Error error = refused(engine);
    CHECK(error.category() == ErrorCategory::configuration);
    return cut(error.what());
  }
  std::string cut(std::string text) const {
    for (std::size_t at = text.find(folder_.path()); at != std::string::npos; at = text.find(folder_.path()))
      text.erase(at, folder_.path().size() + 1);
    return text;
  }

  MigrationFolderOptions options;

 private:
  TemporaryFolder folder_;
  BackendRegistry registry_ = two_engines();
};

inline std::string versions(const MigrationSet& set) {
  std::string result;
  for (const Migration& migration : set.migrations)
    result += (result.empty() ? "" : " ") + migration.version + ":" + migration.name + (migration.up ? "+" : "") +
              (migration.down ? "-" : "");
  return result;
}

inline constexpr const char* kSql = "select 1;\n";

}  // namespace paripassu::test
