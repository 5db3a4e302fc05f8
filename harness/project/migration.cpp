#include "harness/project/migration.h"

#include <xxhash.h>

#include <array>
#include <cstdio>
#include <string_view>

#include "backends/position_tracker.h"
#include "harness/project/migration_folder.h"

namespace paripassu {

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_separator(char c) {
  return c == '.' || c == '_' || c == '-';
}

struct VersionPart {
  bool is_number = true;
  std::string_view text;  ///< without leading zeros; "" is the number zero
};

/// Takes the next run of digits or of other characters from the front of `rest`. At the end: zero.
VersionPart take_part(std::string_view& rest) {
  while (!rest.empty() && is_separator(rest.front())) rest.remove_prefix(1);
  VersionPart part;
  if (rest.empty()) return part;
  part.is_number = is_digit(rest.front());
  std::size_t length = 0;
  while (length < rest.size() && !is_separator(rest[length]) && is_digit(rest[length]) == part.is_number) ++length;
  part.text = rest.substr(0, length);
  rest.remove_prefix(length);
  if (part.is_number) {
    const std::size_t first = part.text.find_first_not_of('0');
    part.text = first == std::string_view::npos ? std::string_view{} : part.text.substr(first);
  }
  return part;
}

int sign(int value) {
  return (value > 0) - (value < 0);
}

/// A place in a piece that begins at `start`, as one in the file.
SourcePosition moved(SourcePosition position, const SourcePosition& start) {
  if (position.line <= 0) return position;
  if (position.line == 1 && position.column > 0) position.column += start.column - 1;
  position.line += start.line - 1;
  return position;
}

}  // namespace

int compare_versions(const std::string& left, const std::string& right) {
  std::string_view left_rest = left;
  std::string_view right_rest = right;
  while (!left_rest.empty() || !right_rest.empty()) {
    const VersionPart a = take_part(left_rest);
    const VersionPart b = take_part(right_rest);
    if (a.is_number != b.is_number) return a.is_number ? -1 : 1;
    // Numbers of any length, without converting them: the longer one is the larger.
    if (a.is_number && a.text.size() != b.text.size()) return a.text.size() < b.text.size() ? -1 : 1;
    if (const int order = sign(a.text.compare(b.text)); order != 0) return order;
  }
  return 0;
}

Script read_migration_script(const MigrationScript& script, const ScriptReader& reader, const ScriptOptions& options) {
  if (script.cuts.empty()) return reader.read(script.text, script.file, options);
  Script result;
  PositionTracker positions(script.text, script.file);
  for (std::size_t i = 0; i <= script.cuts.size(); ++i) {
    const std::size_t begin = i == 0 ? 0 : script.cuts[i - 1];
    const std::size_t end = i == script.cuts.size() ? script.text.size() : script.cuts[i];
    const SourcePosition start = positions.at(begin);
    Script piece;
    try {
      piece = reader.read(std::string_view(script.text).substr(begin, end - begin), script.file, options);
    } catch (Error& error) {
      error.with_position(moved(error.position(), start));
      throw;
    }
    for (ScriptStatement& statement : piece.statements) {
      statement.position = moved(std::move(statement.position), start);
      result.statements.push_back(std::move(statement));
    }
    for (SkippedCommand& command : piece.skipped) {
      command.position = moved(std::move(command.position), start);
      result.skipped.push_back(std::move(command));
    }
  }
  return result;
}

std::string migration_checksum(std::string_view text) {
  if (text.starts_with("\xEF\xBB\xBF")) text.remove_prefix(3);
  std::string normal;
  normal.reserve(text.size());
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\r') {
      normal += text[i];
    } else if (i + 1 >= text.size() || text[i + 1] != '\n') {
      normal += '\n';
    }
  }
  std::array<char, 17> digits{};
  std::snprintf(digits.data(), digits.size(), "%016llx",
                static_cast<unsigned long long>(XXH64(normal.data(), normal.size(), 0)));
  return digits.data();
}

}  // namespace paripassu
