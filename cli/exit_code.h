#pragma once

#include "backends/error.h"

namespace paripassu::cli {

/// What the program says by its exit status (docs/exit-codes.md).
enum class ExitCode : int {
  success = 0,      ///< all that was asked was done and passed
  differences = 1,  ///< differences found, tests or migrations failed
  usage = 2,        ///< wrong usage or configuration
  server = 3,       ///< a server could not be reached or refused
  internal = 4,     ///< a fault of this program
  incomplete = 5,   ///< something that was asked for could not be checked
};

/// The exit status for an error that ended `command`: a migration that the server refuses has failed (1), while a
/// comparison whose source cannot be built did not take place (5).
ExitCode exit_code_for(const Error& error, bool compares);

}  // namespace paripassu::cli
