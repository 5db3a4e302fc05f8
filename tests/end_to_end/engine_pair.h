#pragma once

#include <map>
#include <string>
#include <vector>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

/// A project folder, and live servers of all engines in the environment of its runs.
class EnginePair {
 public:
  EnginePair();

  /// Why it cannot run; empty: it can.
  const std::string& missing() const { return missing_; }
  const std::string& path() const { return folder_.path(); }
  const std::map<std::string, std::string>& environment() const { return environment_; }
  std::string write(const std::string& name, const std::string& text) const { return folder_.write(name, text); }
  /// Writes version 0001 of the project for both engines.
  void migrations(const std::string& postgres, const std::string& sqlserver) const;
  void configure(const std::string& text) const { write("paripassu.toml", text); }

  ProgramResult run(const std::vector<std::string>& arguments) const;
  /// `diff --format json` of the project's two engines, or of what `arguments` say; ends the case when the exit code is
  /// another.
  nlohmann::json diff(int exit_code, const std::vector<std::string>& arguments = {}) const;

 private:
  TemporaryFolder folder_;
  std::map<std::string, std::string> environment_;
  std::vector<std::string> secrets_;
  std::string missing_;
};

/// "code object" of every difference, sorted, with ", " between them; "code" alone where there is no object.
std::string findings_of(const nlohmann::json& comparison);
std::string sorted_and_joined(std::vector<std::string> words);
/// The first difference of a code; ends the case when there is none.
nlohmann::json difference_of(const nlohmann::json& comparison, const std::string& code);
/// The text of a file; ends the case when it cannot be read.
std::string text_of(const std::string& path);

}  // namespace paripassu::test

#define REQUIRE_ENGINE_PAIR(pair)           \
  const ::paripassu::test::EnginePair pair; \
  if (!pair.missing().empty()) SKIP_TEST(pair.missing())
