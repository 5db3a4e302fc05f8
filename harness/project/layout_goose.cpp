#include "harness/project/layout_goose.h"

#include <algorithm>
#include <cstdlib>

#include "harness/project/migration_text.h"

namespace paripassu {

namespace {

constexpr const char* kAnnotationsRemedy =
    "goose has Up, Down, StatementBegin, StatementEnd, NO TRANSACTION, ENVSUB ON and ENVSUB OFF, each on a line of its "
    "own that begins with '-- +goose'";

bool is_annotation(std::string_view line) {
  return trim_blanks(line).starts_with("--") && line.find("+goose") != std::string_view::npos;
}

/// The words of an annotation, as goose takes them out of the line: without "--" wherever it stands, and the first
/// "+goose".
std::string annotation_words(std::string_view line) {
  std::string words(line);
  for (std::size_t at = words.find("--"); at != std::string::npos; at = words.find("--", at)) words.erase(at, 2);
  words.erase(words.find("+goose"), 6);
  return std::string(trim_blanks(words));
}

/// What goose's parser calls the end of a statement: the last word of the line that is no comment ends in ';'.
bool ends_statement(std::string_view line) {
  bool ends = false;
  while (!trim_blanks(line).empty()) {
    const std::string_view word = take_word(line);
    if (word.starts_with("--")) break;
    ends = word.ends_with(';');
  }
  return ends;
}

/// Replaces the variables of one line under ENVSUB ON (mfridman/interpolate).
class Substitution {
 public:
  Substitution(std::string_view line, const std::string& file, int number) : text_(line), file_(file), line_(number) {}

  std::string run() { return expand('\0'); }

 private:
  [[noreturn]] void refuse(const std::string& message, const std::string& remedy) const {
    throw bad_file(message, file_, line_).with_remedy(remedy);
  }
  bool next_is(std::string_view part) const { return text_.substr(at_).starts_with(part); }

  std::string expand(char stop) {
    std::string result;
    while (at_ < text_.size() && (stop == '\0' || text_[at_] != stop)) {
      if (next_is("\\\\") || next_is("$(")) {
        result += text_.substr(at_, 2);
        at_ += 2;
      } else if (next_is("\\$") || next_is("$$")) {
        result += '$';
        at_ += 2;
      } else if (text_[at_] == '$' && at_ + 1 < text_.size()) {
        ++at_;
        result += variable();
      } else {
        result += text_[at_++];
      }
    }
    return result;
  }

  std::string name() {
    const std::size_t begin = at_;
    while (at_ < text_.size() && is_word_character(text_[at_])) ++at_;
    const std::string found(text_.substr(begin, at_ - begin));
    if (found.empty() || is_digit(found.front()) || found.front() == '_')
      refuse("'$' is not followed by a variable's name, which begins with a letter",
             "write $$ for a dollar sign, or end the substitution with '-- +goose ENVSUB OFF'");
    return found;
  }

  std::string variable() {
    if (text_[at_] != '{') return value_of(name(), std::nullopt, true);
    ++at_;
    const std::string variable_name = name();
    std::optional<std::string> fallback;
    bool empty_counts = true;
    if (next_is(":-") || next_is("-")) {
      empty_counts = !next_is(":");
      at_ += empty_counts ? 1 : 2;
      fallback = expand('}');
    } else if (next_is("?")) {
      ++at_;
      expand('}');
    } else if (!next_is("}") && at_ < text_.size()) {
      refuse("'${" + variable_name + std::string(1, text_[at_]) + "…}' is not supported",
             "write ${NAME}, ${NAME:-default} or ${NAME-default}");
    }
    if (!next_is("}")) refuse("'${" + variable_name + "' has no closing '}'", "close it on the same line");
    ++at_;
    return value_of(variable_name, fallback, empty_counts);
  }

  std::string value_of(const std::string& variable_name, const std::optional<std::string>& fallback,
                       bool empty_counts) const {
    const char* value = std::getenv(variable_name.c_str());
    if (fallback && (value == nullptr || (!empty_counts && *value == '\0'))) return *fallback;
    // goose takes nothing for it; a missing name in a DROP or a WHERE is worth an error.
    if (value == nullptr)
      refuse("the environment variable " + variable_name + " is not set",
             "set it, to nothing if that is meant; or give it a default: ${" + variable_name + ":-default}");
    if (std::string_view(value).find_first_of("\r\n") != std::string_view::npos)
      refuse("the environment variable " + variable_name + " holds a line break",
             "give it a value on one line, so that the line numbers of messages stay those of the file");
    return value;
  }

  std::string_view text_;
  const std::string& file_;
  int line_;
  std::size_t at_ = 0;
};

class Splitter {
 public:
  Splitter(std::string_view text, const std::string& file, bool cut) : text_(text), file_(file), cut_(cut) {}

  SectionTexts run() {
    for (Line line; next_line(text_, line);) {
      if (is_annotation(line.text)) {
        annotate(line);
      } else if (current_ != nullptr) {
        add(line);
      }
    }
    if (!up_ || current_ == nullptr)
      throw bad_file("there is no line '-- +goose Up'", file_, 0)
          .with_remedy("begin the up section of a goose migration with this line");
    end_section();
    up_->no_transaction = no_transaction_ || above_.no_transaction;
    if (down_) down_->no_transaction = no_transaction_;
    return {std::move(*up_), std::move(down_), std::move(above_.irreversible_reason)};
  }

 private:
  void annotate(const Line& line) {
    if (is_blank(line.text.front()))
      throw bad_file("an annotation of goose is indented", file_, line.number)
          .with_remedy("begin it in the first column");
    const std::string words = annotation_words(line.text);
    const auto is = [&](std::string_view wanted) { return same_ignoring_case(words, wanted); };
    if (is("Up")) {
      if (up_) throw bad_file("a second '-- +goose Up' in one file", file_, line.number).with_remedy(kOwnFile);
      above_ = read_above_sections(text_, line, file_, "-- +goose Up");
      begin_section(up_, line);
    } else if (is("Down")) {
      if (!up_ || current_ == nullptr)
        throw bad_file("'-- +goose Down' stands before '-- +goose Up'", file_, line.number)
            .with_remedy("write the up section first");
      if (down_) throw bad_file("a second '-- +goose Down' in one file", file_, line.number).with_remedy(kOwnFile);
      end_section();
      begin_section(down_, line);
    } else if (is("StatementBegin")) {
      begin_block(line);
    } else if (is("StatementEnd")) {
      if (block_line_ == 0)
        throw bad_file("'-- +goose StatementEnd' without '-- +goose StatementBegin'", file_, line.number)
            .with_remedy("write StatementBegin on the line before the statement");
      block_line_ = 0;
      keep(line, line.text);
      end_statement();
    } else if (is("NO TRANSACTION")) {
      no_transaction_ = true;
      keep(line, line.text);
    } else if (is("ENVSUB ON") || is("ENVSUB OFF")) {
      substitutes_ = is("ENVSUB ON");
      keep(line, line.text);
    } else {
      throw bad_file("unknown annotation '-- +goose " + words + "'", file_, line.number)
          .with_remedy(kAnnotationsRemedy);
    }
  }

  void begin_section(std::optional<SectionText>& section, const Line& line) {
    section.emplace();
    section->text.assign(static_cast<std::size_t>(line.number), '\n');
    current_ = &*section;
    statement_begin_ = current_->text.size();
  }

  void begin_block(const Line& line) {
    if (current_ == nullptr)
      throw bad_file("'-- +goose StatementBegin' stands before '-- +goose Up'", file_, line.number)
          .with_remedy("write the line '-- +goose Up' first");
    if (block_line_ > 0)
      throw bad_file(
          "'-- +goose StatementBegin' inside the statement that begins in line " + std::to_string(block_line_), file_,
          line.number)
          .with_remedy("end that one with '-- +goose StatementEnd'");
    require_ended();
    block_line_ = line.number;
    keep(line, line.text);
  }

  void add(const Line& line) {
    const std::string expanded =
        substitutes_ ? Substitution(line.text, file_, line.number).run() : std::string(line.text);
    if (block_line_ > 0) {
      keep(line, expanded);
      return;
    }
    const std::string_view content = trim_blanks(expanded);
    if (statement_line_ == 0 && (content.empty() || content.starts_with("--"))) {
      keep(line, expanded);
      return;
    }
    if (statement_line_ == 0) statement_line_ = line.number;
    keep(line, expanded);
    if (ends_statement(expanded)) end_statement();
  }

  /// The line as written for the checksum, and as it is sent.
  void keep(const Line& line, std::string_view sent) {
    if (current_ == nullptr) return;
    current_->body += text_.substr(line.begin, line.next - line.begin);
    current_->text += sent;
    current_->text += text_.substr(line.begin + line.text.size(), line.next - line.begin - line.text.size());
  }

  void end_statement() {
    statement_line_ = 0;
    statement_begin_ = current_->text.size();
    if (cut_) current_->cuts.push_back(statement_begin_);
  }

  /// A comment alone needs no end.
  void require_ended() {
    if (statement_line_ == 0) return;
    const auto begin = current_->text.begin() + static_cast<std::ptrdiff_t>(statement_begin_);
    std::string begun(static_cast<std::size_t>(std::count(current_->text.begin(), begin, '\n')), '\n');
    begun.append(begin, current_->text.end());
    if (read_script_head(begun, file_).has_statement)
      throw bad_file("the statement that begins here does not end in ';' at the end of a line, as goose wants it",
                     file_, statement_line_)
          .with_remedy("write the ';', or put the statement between '-- +goose StatementBegin' and StatementEnd");
    statement_line_ = 0;
  }

  void end_section() {
    if (block_line_ > 0)
      throw bad_file("'-- +goose StatementBegin' has no '-- +goose StatementEnd'", file_, block_line_)
          .with_remedy("write StatementEnd on the line behind the statement");
    require_ended();
    if (!current_->cuts.empty() && current_->cuts.back() == current_->text.size()) current_->cuts.pop_back();
  }

  static constexpr const char* kOwnFile = "move it into a migration of its own";

  std::string_view text_;
  const std::string& file_;
  bool cut_;
  std::optional<SectionText> up_;
  std::optional<SectionText> down_;
  SectionText* current_ = nullptr;
  ScriptHead above_;
  bool no_transaction_ = false;
  bool substitutes_ = false;
  int block_line_ = 0;      ///< of the StatementBegin that is open
  int statement_line_ = 0;  ///< of the statement that is open
  std::size_t statement_begin_ = 0;
};

}  // namespace

bool has_goose_marker(std::string_view text) {
  for (Line line; next_line(text, line);)
    if (is_annotation(line.text) && same_ignoring_case(annotation_words(line.text), "Up")) return true;
  return false;
}

SectionTexts split_goose(std::string_view text, const std::string& file, bool cut_statements) {
  return Splitter(text, file, cut_statements).run();
}

}  // namespace paripassu
