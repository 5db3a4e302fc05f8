#pragma once

#define TOML_EXCEPTIONS 1
// toml++ up to 3.4 asserts on input such as "[[[" before it reports it as an error (tomlplusplus pull request 301), so
// that a debug build would abort where a release build gives the message.
#define TOML_ASSERT(condition) static_cast<void>(0)
#include <toml++/toml.h>

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/error.h"

namespace paripassu {

/// A text from outside as a message shows it: shortened, control characters as '?', secrets redacted.
std::string printable(std::string_view text);

/// Reads a TOML file. Throws Error(configuration): unreadable (says why), not TOML (with line and column).
toml::table read_toml(const std::string& file);

/// A table of a TOML file that knows which keys it may have. Every member throws Error(configuration) with file, line
/// and column. The toml::table must outlive it.
class TomlTable {
 public:
  /// `heading` as the file would write it: "[parity]", "[[parity.waiver]]"; empty for the top level. Throws for a key
  /// that is not in `known`, naming the nearest; `kind` says what the keys are ("key", "engine").
  TomlTable(const toml::table& table, std::string heading, std::string file, std::vector<std::string> known,
            std::string_view kind = "key");

  const std::string& heading() const { return heading_; }
  /// Of the table itself.
  SourcePosition position() const;
  /// Of the key's value, or of the table when there is none.
  SourcePosition position(std::string_view key) const;
  /// In the order of the alphabet.
  std::vector<std::string> keys() const;

  const toml::node* find(std::string_view key) const { return table_->get(key); }
  /// Absent, or a string.
  std::optional<std::string> text(std::string_view key) const;
  /// Like `text`, but neither empty nor blank.
  std::optional<std::string> filled_text(std::string_view key) const;
  /// Like `filled_text`, but must be there.
  std::string required_text(std::string_view key) const;
  std::optional<TomlTable> table(std::string_view key, std::vector<std::string> known,
                                 std::string_view kind = "key") const;
  /// A table whose keys are free.
  std::optional<TomlTable> open_table(std::string_view key) const;
  /// An array of tables; empty when absent.
  std::vector<TomlTable> tables(std::string_view key, const std::vector<std::string>& known) const;

  /// "'names' in [parity] <what>", with the position of the value.
  Error error(std::string_view key, const std::string& what) const;
  /// "… must be <expected>, not an integer".
  Error wrong_type(std::string_view key, const std::string& expected) const;

 private:
  std::string inner_heading(std::string_view key) const;

  const toml::table* table_;
  std::string heading_;
  std::string file_;
};

}  // namespace paripassu
