#pragma once

#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <memory>
#include <optional>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "backends/backend.h"

namespace paripassu::test {

/// An engine that has names, and batches or not, and nothing else.
class NamedBackend : public Backend {
 public:
  NamedBackend(std::string name, std::vector<std::string> infixes, bool batches = false)
      : name_(std::move(name)), infixes_(infixes) {
    capabilities_.batch_separator = batches;
  }
  std::string_view name() const override { return name_; }
  std::string_view display_name() const override { return name_; }
  std::vector<std::string> url_schemes() const override { return {name_, name_ + "ql"}; }
  std::vector<std::string> file_infixes() const override { return infixes_; }
  const Capabilities& capabilities() const override { return capabilities_; }
  const Dialect& dialect() const override { return unused<const Dialect&>(); }
  const ScriptReader& script_reader() const override { return unused<const ScriptReader&>(); }
  const Inspector& inspector() const override { return unused<const Inspector&>(); }
  const ExpressionReader& expression_reader() const override { return unused<const ExpressionReader&>(); }
  const DdlWriter& ddl_writer() const override { return unused<const DdlWriter&>(); }
  const DmlWriter& dml_writer() const override { return unused<const DmlWriter&>(); }
  const DataSql& data_sql() const override { return unused<const DataSql&>(); }
  const ServerProvider& servers() const override { return unused<const ServerProvider&>(); }
  const ScratchDatabases& scratch_databases() const override { return unused<const ScratchDatabases&>(); }
  std::unique_ptr<Session> connect(const ConnectionUrl&) const override { return unused<std::unique_ptr<Session>>(); }
  std::vector<Finding> findings() const override { return {}; }
  InFlightVerdict resolve_in_flight(Session&, const ScriptStatement&) const override {
    return unused<InFlightVerdict>();
  }
  std::unique_ptr<BatchReader> read_batches(Session&, std::string_view, const BatchOptions&) const override {
    return unused<std::unique_ptr<BatchReader>>();
  }

 private:
  template <typename T>
  static T unused() {
    throw std::logic_error("the project room asked an engine for more than its names");
  }

  std::string name_;
  std::vector<std::string> infixes_;
  Capabilities capabilities_;
};

/// Two engines: "north" (north, n, zone) and "south" (south, s), whose scripts have batches.
inline BackendRegistry two_engines() {
  BackendRegistry registry;
  registry.add(std::make_unique<NamedBackend>("north", std::vector<std::string>{"north", "n", "zone"}));
  registry.add(std::make_unique<NamedBackend>("south", std::vector<std::string>{"south", "s"}, true));
  return registry;
}

/// A folder that is removed at the end of the test.
class TemporaryFolder {
 public:
  TemporaryFolder() {
    std::string pattern = (std::filesystem::temp_directory_path() / "paripassu-project-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error("mkdtemp failed");
    path_ = pattern;
  }
  ~TemporaryFolder() {
    std::error_code ignored;
    std::filesystem::remove_all(path_, ignored);
  }
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  /// Writes a file and the folders above it; returns its path.
  std::string write(const std::string& name, std::string_view text) const {
    const std::filesystem::path file = std::filesystem::path(path_) / name;
    std::filesystem::create_directories(file.parent_path());
    std::ofstream(file, std::ios::binary) << text;
    return file.string();
  }

 private:
  std::string path_;
};

/// Sets an environment variable (nullptr removes it) until the end of the scope.
class EnvironmentVariable {
 public:
  EnvironmentVariable(std::string name, const char* value) : name_(std::move(name)) {
    if (const char* before = std::getenv(name_.c_str())) before_ = before;
    set(value);
  }
  ~EnvironmentVariable() { set(before_ ? before_->c_str() : nullptr); }
  EnvironmentVariable(const EnvironmentVariable&) = delete;
  EnvironmentVariable& operator=(const EnvironmentVariable&) = delete;

 private:
  void set(const char* value) {
    if (value == nullptr) {
      unsetenv(name_.c_str());
    } else {
      setenv(name_.c_str(), value, 1);
    }
  }
  std::string name_;
  std::optional<std::string> before_;
};

/// The Error that `action` throws; fails by another exception when there is none.
template <typename Action>
Error error_of(Action&& action) {
  try {
    action();
  } catch (const Error& error) {
    return error;
  }
  throw std::logic_error("no Error was thrown");
}

inline bool contains(std::string_view text, std::string_view part) {
  return text.find(part) != std::string_view::npos;
}

}  // namespace paripassu::test
