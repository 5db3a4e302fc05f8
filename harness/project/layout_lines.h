#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "backends/error.h"

namespace paripassu {

/// A line of a text, without its line feed and carriage return.
struct Line {
  std::string_view text;
  std::size_t begin = 0;
  std::size_t next = 0;  ///< offset of the line behind
  int number = 0;
};

/// Moves to the next line; false at the end. Start with a default Line.
bool next_line(std::string_view text, Line& line);

/// `text` without blanks at both ends.
std::string_view trim_blanks(std::string_view text);
bool is_blank(char c);
bool is_digit(char c);
/// ASCII letters, digits and `_`.
bool is_word_character(char c);
/// ASCII only.
std::string to_lower(std::string_view text);
bool same_ignoring_case(std::string_view left, std::string_view right);
/// Takes the characters up to the next blank from the front of `rest`, and the blanks before and behind them.
std::string_view take_word(std::string_view& rest);

/// Offset behind the comment that begins at `at` (such comments nest), or npos when it is not closed.
std::size_t skip_block_comment(std::string_view text, std::size_t at);

/// An Error(configuration) at a line of a file; `line` 0 is the whole file.
Error bad_file(const std::string& message, const std::string& file, int line);

/// One direction of a migration that lies in a larger file.
struct SectionText {
  std::string body;  ///< the lines of the section as they are written: the checksum is theirs
  std::string text;  ///< `body`, ready for the server, behind as many line feeds as there are lines before it
  bool no_transaction = false;    ///< the layout's marker asks for it
  bool does_nothing = false;      ///< declared so (Liquibase's `--rollback empty`)
  std::vector<std::size_t> cuts;  ///< as in MigrationScript
};

struct SectionTexts {
  SectionText up;
  std::optional<SectionText> down;
  std::string irreversible_reason;  ///< of a directive above the sections
};

}  // namespace paripassu
