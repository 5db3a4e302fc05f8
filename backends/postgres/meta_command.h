#pragma once

#include <cstddef>
#include <string>
#include <string_view>

namespace paripassu::postgres {

/// What a psql meta command means for a script that is not run by psql.
enum class MetaCommandKind {
  display,     ///< changes only what psql shows: left out without a word
  send,        ///< `\g` and `\gx` without arguments: ends the statement as `;` does
  send_apart,  ///< ends the statement too, but does something with its result (`\gset`, `\gexec`, `\watch`)
  discard,     ///< the statement in front of it is not run (`\r`, `\gdesc`)
  connect,
  include,
  copy,
  variable,
  condition,
  encoding,  ///< `\encoding` of anything but UTF-8
  quit,
  unknown,  ///< all others: only psql can do them
};

/// A meta command as psql cuts it out of a line.
struct MetaCommand {
  MetaCommandKind kind = MetaCommandKind::unknown;
  std::string name;            ///< without the backslash
  std::string_view arguments;  ///< without blanks around them
  std::string_view text;       ///< the whole command as written, without blanks behind it
  std::size_t end = 0;         ///< where psql goes on in the script: the end of the line, behind `\\`, the next command
};

/// The meta command whose backslash is at `offset` of `script`. Never throws; views are into `script`.
MetaCommand parse_meta_command(std::string_view script, std::size_t offset);

/// What the author of the script can do instead of the command, as one sentence.
std::string meta_command_remedy(const MetaCommand& command);

}  // namespace paripassu::postgres
