#pragma once

#include <map>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "backends/backend.h"

namespace paripassu::test {

/// All engines of the program, registered once per test program.
const BackendRegistry& registry();

/// A server of an engine for this test program: PARIPASSU_TEST_<ENGINE>_URL when it is set, else a local one that is
/// started at first use and stopped when the program ends. Absent, with the reason, where none can run.
struct LiveServer {
  std::optional<ConnectionUrl> url;
  std::string reason;  ///< why there is none
};
const LiveServer& live_server(const Backend& backend);

/// The URL with its password, for the environment of a program under test; never print it.
std::string url_with_password(const ConnectionUrl& url);

/// A folder that is removed with everything in it.
class TemporaryFolder {
 public:
  TemporaryFolder();
  ~TemporaryFolder();
  TemporaryFolder(const TemporaryFolder&) = delete;
  TemporaryFolder& operator=(const TemporaryFolder&) = delete;

  const std::string& path() const { return path_; }
  /// Writes a file below the folder, making folders as needed; returns its path.
  std::string write(const std::string& name, const std::string& text) const;

 private:
  std::string path_;
};

/// What a run of a program gave.
struct ProgramResult {
  int exit_code = -1;  ///< 128 + signal when it was killed
  std::string output;  ///< standard output
  std::string errors;  ///< standard error
};

/// Runs the paripassu that was built with these tests (environment PARIPASSU_PROGRAM) in `directory`.
ProgramResult run_program(const std::vector<std::string>& arguments, const std::string& directory,
                          const std::map<std::string, std::string>& environment = {});

/// The folder of corpora beside a checkout, when it is there: PARIPASSU_CORPORA, or ../shared/corpora.
std::optional<std::string> corpora_folder();

/// A program that was started and is not waited for yet; killed and waited for when this object goes.
class RunningProgram {
 public:
  RunningProgram(const std::vector<std::string>& arguments, const std::string& directory,
                 const std::map<std::string, std::string>& environment = {});
  ~RunningProgram();
  RunningProgram(const RunningProgram&) = delete;
  RunningProgram& operator=(const RunningProgram&) = delete;

  void signal(int number);
  /// Waits for its end.
  ProgramResult wait();

 private:
  int pid_ = -1;
  std::unique_ptr<TemporaryFolder> folder_;
};

}  // namespace paripassu::test
