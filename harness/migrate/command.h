#pragma once

#include <cstddef>
#include <map>
#include <string>
#include <string_view>
#include <vector>

namespace paripassu {

/// A line for the shell, and what it is run with.
struct CommandOptions {
  std::string line;                                ///< for `sh -c`
  std::string dir = ".";                           ///< where it runs
  std::map<std::string, std::string> environment;  ///< set, or replaced, in the inherited environment
  int timeout_ms = 0;                              ///< 0: none
  std::vector<std::string> secrets;                ///< texts that are cut out of what it says
};

/// How a command ended, and what it said.
struct CommandResult {
  int exit_code = -1;  ///< 128 + signal when a signal ended it
  bool timed_out = false;
  bool output_cut = false;  ///< stdout is not whole: only its end is kept
  std::string output;       ///< stdout, secrets taken out
  std::string errors;       ///< stderr, likewise

  bool success() const { return !timed_out && exit_code == 0; }
  /// "exit code 1", "it did not end within 60 s", …
  std::string how() const;
  /// The last lines of stderr, and of stdout where that says nothing; at most limits::kCommandTailBytesMax.
  std::string tail() const;
};

/// Runs a command to its end. It has a session and process group of its own and reads nothing, so that it can neither
/// ask at the terminal nor get the terminal's Ctrl-C. At the time limit, or when a stop is requested, its group gets
/// SIGTERM and, limits::kCommandStopTimeout_ms later, SIGKILL; what it left running when it ended is killed. It gets
/// SIGTERM when the calling thread dies.
///
/// Throws Error: configuration (there is no such folder), resources (no process or descriptor left), interrupted.
CommandResult run_command(const CommandOptions& options);

/// As one word of a shell.
std::string quote_for_shell(std::string_view text);

}  // namespace paripassu
