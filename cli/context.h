#pragma once

#include <boost/program_options.hpp>
#include <fstream>
#include <functional>
#include <iosfwd>
#include <memory>
#include <string>
#include <vector>

#include "cli/exit_code.h"
#include "harness/project/configuration.h"
#include "harness/source/server_pool.h"
#include "harness/source/source.h"

namespace paripassu::cli {

namespace po = boost::program_options;

/// What the global options of a run say, and what every command works with.
struct Context {
  BackendRegistry registry;
  Configuration configuration;
  std::vector<const Backend*> engines;  ///< chosen by --engine; all of them unless told
  bool engines_chosen = false;          ///< --engine was given
  std::string format = "text";
  bool color = false;           ///< for what goes to `out`
  int verbosity = 0;            ///< -q is -1
  bool progress = false;        ///< standard error is a terminal and --no-progress was not given
  std::ostream* out = nullptr;  ///< standard output, or the file of -o
  std::unique_ptr<ServerPool> servers;

  /// A line for people on standard error, unless -q.
  void say(const std::string& line) const;
  /// Replaces the progress line on standard error; empty clears it.
  void show_progress(const std::string& line) const;
  /// Throws Error(usage) unless the format is one of `known`.
  void require_format(const std::vector<std::string>& known) const;
  bool is_json() const { return format == "json"; }
};

/// One command of the program: its own options, and what it does.
struct Command {
  std::string name;
  std::string arguments;    ///< for the usage line: "up|down|status|…"
  std::string summary;      ///< one line for `paripassu --help`
  std::string description;  ///< for `paripassu COMMAND --help`
  bool compares = false;    ///< see exit_code_for
  std::function<void(po::options_description&)> add_options;
  std::function<ExitCode(Context&, const po::variables_map&, const std::vector<std::string>& arguments)> run;
};

Command doctor_command();
Command migrate_command();
Command inspect_command();
Command diff_command();
Command test_command();
Command data_diff_command();
Command query_command();
Command check_command();
Command demo_command();
Command explain_command();

/// One line for a migration event: "0003 create_lines (postgres): 4 statements, 12 ms".
std::string describe(const MigrationEvent& event, std::string_view engine);

}  // namespace paripassu::cli
