#include "cli/exit_code.h"

namespace paripassu::cli {

ExitCode exit_code_for(const Error& error, bool compares) {
  switch (error.category()) {
    case ErrorCategory::usage:
    case ErrorCategory::configuration:
    case ErrorCategory::script:
      return ExitCode::usage;
    case ErrorCategory::connection:
    case ErrorCategory::authentication:
    case ErrorCategory::driver_missing:
    case ErrorCategory::server_unavailable:
    case ErrorCategory::permission:
      return ExitCode::server;
    case ErrorCategory::internal:
      return ExitCode::internal;
    case ErrorCategory::not_found:
      // Without a statement it is the database itself that does not exist.
      if (error.statement().empty()) return ExitCode::server;
      break;
    case ErrorCategory::not_supported:
      // … and a URL that asks for what the driver cannot do.
      if (error.statement().empty()) return ExitCode::usage;
      break;
    case ErrorCategory::resources:
      // "Too many connections" refuses the run; a full disk under a statement fails it.
      if (error.statement().empty()) return ExitCode::server;
      break;
    case ErrorCategory::interrupted:
      return ExitCode::incomplete;
    default:
      break;
  }
  return compares ? ExitCode::incomplete : ExitCode::differences;
}

}  // namespace paripassu::cli
