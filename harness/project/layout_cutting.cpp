#include "harness/project/layout_cutting.h"

#include <algorithm>

#include "harness/project/layout_lines.h"

namespace paripassu {

namespace {

class Cutter {
 public:
  Cutter(std::string& text, const StatementDelimiter& delimiter, bool batches)
      : text_(text), delimiter_(delimiter), batches_(batches) {}

  std::vector<std::size_t> run() {
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '\n') {
        line_is_blank_ = true;
        ++at_;
        continue;
      }
      if (is_blank(c)) {
        ++at_;
        continue;
      }
      // Before quotes and comments: $$ and // are usual delimiters.
      if (take_delimiter()) continue;
      line_is_blank_ = false;
      if (skip_quoted() || skip_comment()) continue;
      if (is_word_character(c)) {
        take_word_of_block();
      } else {
        ++at_;
      }
    }
    while (!cuts_.empty() && cuts_.back() >= text_.size()) cuts_.pop_back();
    return std::move(cuts_);
  }

 private:
  std::string_view rest() const { return std::string_view(text_).substr(at_); }
  std::string_view rest_of_line() const { return rest().substr(0, rest().find('\n')); }

  bool take_delimiter() {
    if (delimiter_.is_default) {
      if (text_[at_] == ';' && depth_ == 0) {
        end_statement(1, true);
        return true;
      }
      const std::string_view line = line_is_blank_ ? trim_blanks(rest_of_line()) : std::string_view{};
      // The reader of an engine with batches knows GO itself, with its count.
      if (line == "/" || (!batches_ && same_ignoring_case(line, "GO"))) {
        end_statement(line.size(), false);
        return true;
      }
      return false;
    }
    const std::string& wanted = delimiter_.text;
    if (depth_ > 0 || !same_ignoring_case(rest().substr(0, wanted.size()), wanted)) return false;
    const bool line_only = delimiter_.begins_line || wanted == "/";
    if (line_only && !line_is_blank_) return false;
    const char before = at_ > 0 ? text_[at_ - 1] : ' ';
    const char after = at_ + wanted.size() < text_.size() ? text_[at_ + wanted.size()] : ' ';
    if (is_word_character(wanted.front()) && is_word_character(before)) return false;
    if (is_word_character(wanted.back()) && is_word_character(after)) return false;
    end_statement(wanted.size(), wanted == ";");
    return true;
  }

  /// `known`: the engine's reader takes the delimiter for what it is.
  void end_statement(std::size_t length, bool known) {
    if (!known) {
      std::fill_n(text_.begin() + static_cast<std::ptrdiff_t>(at_), length, ' ');
      if (!batches_) text_[at_] = ';';
    }
    at_ += length;
    line_is_blank_ = false;
    if (batches_) cuts_.push_back(at_);
  }

  bool skip_quoted() {
    const char c = text_[at_];
    if (c == '\'' || c == '"') {
      const bool escapes = c == '\'' && !batches_ && at_ > 0 && (text_[at_ - 1] == 'E' || text_[at_ - 1] == 'e') &&
                           (at_ == 1 || !is_word_character(text_[at_ - 2]));
      return skip_to_closing(c, escapes);
    }
    if (batches_) return c == '[' && skip_to_closing(']', false);
    if (c != '$' || (at_ > 0 && is_word_character(text_[at_ - 1]))) return false;
    std::size_t end = at_ + 1;
    if (end < text_.size() && is_digit(text_[end])) return false;
    while (end < text_.size() && (is_word_character(text_[end]) || (text_[end] & 0x80) != 0)) ++end;
    if (end >= text_.size() || text_[end] != '$') return false;
    const std::string tag = text_.substr(at_, end + 1 - at_);
    const std::size_t closing = text_.find(tag, end + 1);
    at_ = closing == std::string::npos ? text_.size() : closing + tag.size();
    return true;
  }

  /// Twice the closing character stands for itself. What is not closed is left to the engine's reader.
  bool skip_to_closing(char closing, bool escapes) {
    for (++at_; at_ < text_.size(); ++at_) {
      if (escapes && text_[at_] == '\\') {
        ++at_;
      } else if (text_[at_] == closing) {
        if (at_ + 1 >= text_.size() || text_[at_ + 1] != closing) break;
        ++at_;
      }
    }
    at_ = std::min(at_ + 1, text_.size());
    return true;
  }

  bool skip_comment() {
    if (rest().starts_with("--")) {
      at_ += rest_of_line().size();
      return true;
    }
    if (!rest().starts_with("/*")) return false;
    at_ = std::min(skip_block_comment(text_, at_), text_.size());
    return true;
  }

  std::string_view word_at(std::size_t& at) const {
    const std::size_t begin = at;
    while (at < text_.size() && is_word_character(text_[at])) ++at;
    return std::string_view(text_).substr(begin, at - begin);
  }

  std::string_view next_word() const {
    std::size_t at = at_;
    while (at < text_.size() && is_blank(text_[at])) ++at;
    return word_at(at);
  }

  /// Keeps count of BEGIN … END and CASE … END. The words are reserved in T-SQL; elsewhere the engine's reader cuts.
  void take_word_of_block() {
    const bool is_variable = at_ > 0 && (text_[at_ - 1] == '@' || text_[at_ - 1] == '#' || text_[at_ - 1] == '.');
    const std::string_view word = word_at(at_);
    if (!batches_ || is_variable) return;
    const std::string_view next = next_word();
    const auto next_is = [next](std::initializer_list<std::string_view> words) {
      return std::any_of(words.begin(), words.end(),
                         [next](std::string_view one) { return same_ignoring_case(one, next); });
    };
    if (same_ignoring_case(word, "CASE")) {
      ++depth_;
    } else if (same_ignoring_case(word, "BEGIN")) {
      if (!next_is({"TRAN", "TRANSACTION", "DISTRIBUTED", "DIALOG", "CONVERSATION"})) ++depth_;
    } else if (same_ignoring_case(word, "END") && depth_ > 0) {
      if (!next_is({"CONVERSATION"})) --depth_;
    }
  }

  std::string& text_;
  const StatementDelimiter& delimiter_;
  bool batches_;
  std::size_t at_ = 0;
  bool line_is_blank_ = true;
  int depth_ = 0;  ///< of BEGIN and CASE
  std::vector<std::size_t> cuts_;
};

}  // namespace

std::vector<std::size_t> cut_statements(std::string& text, const StatementDelimiter& delimiter, bool batches) {
  if (delimiter.none) return {};
  // The reader of an engine with batches knows GO itself, with its count.
  if (batches && !delimiter.is_default && same_ignoring_case(delimiter.text, "GO")) return {};
  return Cutter(text, delimiter, batches).run();
}

}  // namespace paripassu
