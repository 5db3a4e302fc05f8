#include "backends/postgres/expression_text.h"

#include <algorithm>
#include <array>

#include "backends/catalog/expression_tree.h"

namespace paripassu::postgres {
namespace {

/// Longer names are cut by the parser, and two of them would become one.
constexpr std::size_t kNameBytesMax = 63;

bool is_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool starts_word(char c) {
  return (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z') || c == '_' || static_cast<unsigned char>(c) >= 0x80;
}
bool continues_word(char c) {
  return starts_word(c) || is_digit(c) || c == '$';
}

/// Offset of the first byte that is not part of well-formed UTF-8; npos when all of it is.
std::size_t invalid_utf8(std::string_view text) {
  std::size_t i = 0;
  while (i < text.size()) {
    const unsigned lead = static_cast<unsigned char>(text[i]);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xC2 && lead < 0xE0 ? 2 : lead >= 0xE0 && lead < 0xF0 ? 3 : lead < 0xF5 ? 4 : 0;
    if (length == 0 || lead < 0xC2 || i + length > text.size()) return i;
    for (std::size_t k = 1; k < length; ++k)
      if ((static_cast<unsigned char>(text[i + k]) & 0xC0u) != 0x80u) return i;
    const unsigned second = static_cast<unsigned char>(text[i + 1]);
    const bool overlong = (lead == 0xE0 && second < 0xA0) || (lead == 0xF0 && second < 0x90);
    const bool surrogate = lead == 0xED && second >= 0xA0;
    if (overlong || surrogate || (lead == 0xF4 && second >= 0x90)) return i;
    i += length;
  }
  return std::string_view::npos;
}

/// The words that matter here; none is longer. Everything else is just a word.
class ShortWord {
 public:
  explicit ShortWord(std::string_view word) {
    if (word.size() > letters_.size()) return;
    for (const char c : word) letters_[size_++] = c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c;
  }
  bool operator==(std::string_view wanted) const { return std::string_view(letters_.data(), size_) == wanted; }

 private:
  std::array<char, 8> letters_{};
  std::size_t size_ = 0;
};

/// What is between two brackets, or between CASE and END. Separators cut it into segments that cannot nest in each
/// other; in a segment, each operator, NOT, and word behind an operand adds at most one level.
struct Group {
  char closed_by = '\0';  ///< 'E' for END
  bool is_level = false;  ///< is a node of its own: a call, a row, an array, a subscript, CASE
  bool has_and = false;
  bool has_or = false;
  bool after_operand = false;  ///< the token before was the end of an operand, or a word
  int pending_betweens = 0;    ///< whose AND is still to come
  int levels = 0;              ///< of the current segment, without what is inside its groups
  int inner_levels = 0;        ///< of the deepest group in the current segment
  int deepest = 0;             ///< segment until now

  void end_segment() {
    deepest = std::max(deepest, levels + inner_levels);
    levels = 0;
    inner_levels = 0;
    after_operand = false;
  }
  int total() const { return deepest + (is_level ? 1 : 0) + (has_and ? 1 : 0) + (has_or ? 1 : 0); }
};

class Examination {
 public:
  explicit Examination(ExpressionText& result) : result_(result), text_(result.body) { groups_.reserve(16); }

  void run() {
    groups_.emplace_back();
    while (at_ < text_.size() && result_.problem.empty()) {
      const char c = text_[at_];
      if (is_blank(c)) {
        ++at_;
      } else if (starts_word(c)) {
        word();
      } else if (is_digit(c)) {
        number();
      } else if (c == '\'') {
        string(false);
      } else if (c == '"') {
        quoted_name();
      } else {
        sign(c);
      }
    }
    if (!result_.problem.empty()) return;
    if (groups_.size() > 1) return fail("a bracket or CASE is not closed before the end", text_.size());
    groups_.back().end_segment();
    result_.levels = groups_.back().total();
    if (result_.levels > kParseTreeDepthMax) too_deep();
  }

 private:
  void fail(std::string_view what, std::size_t offset) {
    result_.problem.assign(what).append(" (offset ").append(std::to_string(result_.offset + offset)).append(")");
  }
  void too_deep() {
    fail("it is nested deeper than " + std::to_string(kParseTreeDepthMax) + " operators and brackets", 0);
  }

  void open(char closed_by, bool is_level) {
    if (groups_.size() > static_cast<std::size_t>(kBracketDepthMax))
      return fail("its brackets are nested deeper than " + std::to_string(kBracketDepthMax), at_);
    Group& group = groups_.emplace_back();
    group.closed_by = closed_by;
    group.is_level = is_level;
  }

  void close() {
    groups_.back().end_segment();
    const int levels = groups_.back().total();
    groups_.pop_back();
    groups_.back().inner_levels = std::max(groups_.back().inner_levels, levels);
    groups_.back().after_operand = true;
  }

  void word() {
    const std::size_t start = at_;
    while (at_ < text_.size() && continues_word(text_[at_])) ++at_;
    const std::string_view spelling = text_.substr(start, at_ - start);
    if (spelling.size() > kNameBytesMax) return fail("a name is longer than 63 bytes", start);
    const char next = at_ < text_.size() ? text_[at_] : '\0';
    if (next == '\'' && (spelling == "E" || spelling == "e")) return string(true);
    if (next == '&' && (spelling == "U" || spelling == "u") && at_ + 1 < text_.size()) {
      const char quote = text_[at_ + 1];
      if (quote == '\'' || quote == '"') {
        ++at_;
        return quote == '"' ? quoted_name() : string(false);
      }
    }

    Group& group = groups_.back();
    // Behind a dot any keyword is a name.
    if (start > 0 && text_[start - 1] == '.') {
      group.after_operand = true;
      return;
    }
    const ShortWord word(spelling);
    if (word == "AND" && group.pending_betweens > 0) {
      --group.pending_betweens;
      ++group.levels;
      group.after_operand = false;
    } else if (word == "AND" || word == "OR") {
      (word == "AND" ? group.has_and : group.has_or) = true;
      group.end_segment();
    } else if (word == "CASE") {
      open('E', true);
    } else if (group.closed_by == 'E' && (word == "WHEN" || word == "THEN" || word == "ELSE")) {
      group.end_segment();
    } else if (group.closed_by == 'E' && word == "END") {
      close();
    } else if (word == "SELECT" || word == "VALUES" || word == "TABLE") {
      fail("it contains a query", start);
    } else {
      if (group.after_operand || word == "NOT") ++group.levels;
      if (word == "BETWEEN") ++group.pending_betweens;
      if (word == "IS") json_test(start);
      group.after_operand = true;
    }
  }

  /// Notes `IS JSON` when JSON follows `is`, which ends here.
  void json_test(std::size_t is) {
    const auto next_word = [this](std::size_t from) {
      while (from < text_.size() && is_blank(text_[from])) ++from;
      std::size_t end = from;
      while (end < text_.size() && continues_word(text_[end])) ++end;
      return text_.substr(from, end - from);
    };
    const std::string_view json = next_word(at_);
    if (!(ShortWord(json) == "JSON")) return;
    const std::size_t json_end = static_cast<std::size_t>(json.data() - text_.data()) + json.size();
    const ShortWord word(next_word(json_end));
    if (word == "VALUE" || word == "SCALAR" || word == "ARRAY" || word == "OBJECT" || word == "WITH" ||
        word == "WITHOUT")
      return fail("IS JSON with a kind or a rule for keys has no neutral form", is);
    result_.json_tests.push_back({is, json_end});
  }

  /// Signs inside a number (1e-5) count as operators: that a number can be told from its neighbours in every version
  /// of the scanner matters more than a level.
  void number() {
    while (at_ < text_.size() && (continues_word(text_[at_]) || text_[at_] == '.')) ++at_;
    groups_.back().after_operand = true;
  }

  void string(bool with_escapes) {
    const std::size_t start = at_++;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (with_escapes && c == '\\' && at_ < text_.size()) {
        ++at_;
      } else if (c == '\'') {
        if (at_ < text_.size() && text_[at_] == '\'') {
          ++at_;
          continue;
        }
        std::size_t next = at_;
        while (next < text_.size() && is_blank(text_[next])) ++next;
        // The scanner joins strings over a line break, by the rules of the first one's kind.
        if (next < text_.size() && text_[next] == '\'') return fail("two strings stand side by side", next);
        groups_.back().after_operand = true;
        return;
      }
    }
    fail("a string is not closed", start);
  }

  void quoted_name() {
    const std::size_t start = at_++;
    std::size_t bytes = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_++];
      if (c == '"') {
        if (at_ >= text_.size() || text_[at_] != '"') {
          if (bytes > kNameBytesMax) return fail("a name is longer than 63 bytes", start);
          Group& group = groups_.back();
          if (group.after_operand) ++group.levels;
          group.after_operand = true;
          return;
        }
        ++at_;
      }
      ++bytes;
    }
    fail("a quoted name is not closed", start);
  }

  void sign(char c) {
    Group& group = groups_.back();
    const char next = at_ + 1 < text_.size() ? text_[at_ + 1] : '\0';
    switch (c) {
      case '\0':
        return fail("it contains a NUL character", at_);
      case '(':
        if (group.after_operand) ++group.levels;
        open(')', false);
        break;
      case '[':
        ++group.levels;
        open(']', true);
        break;
      case ')':
      case ']':
        if (group.closed_by != c) return fail("a bracket is closed that was not opened here", at_);
        close();
        break;
      case ',':
        if (groups_.size() == 1) return fail("it is more than one expression", at_);
        group.is_level = true;
        group.end_segment();
        break;
      case ';':
        return fail("it is more than one statement", at_);
      case '$':
        if (is_digit(next)) return fail("it contains a parameter", at_);
        return fail("it contains a dollar quote", at_);
      default:
        if ((c == '-' && next == '-') || (c == '/' && next == '*')) return fail("it contains a comment", at_);
        ++group.levels;
        group.after_operand = false;
    }
    ++at_;
  }

  ExpressionText& result_;
  std::string_view text_;
  std::vector<Group> groups_;
  std::size_t at_ = 0;
};

std::string_view without_suffix(std::string_view text, std::string_view suffix) {
  return text.ends_with(suffix) ? text.substr(0, text.size() - suffix.size()) : text;
}

/// What is behind CHECK in a constraint's definition, its brackets included; anything else as it is.
std::string_view without_check(std::string_view text) {
  constexpr std::string_view kCheck = "CHECK (";
  if (!text.starts_with(kCheck)) return text;
  std::string_view condition = text.substr(kCheck.size() - 1);
  for (const std::string_view suffix : {" NOT ENFORCED", " NOT VALID", " NO INHERIT"})
    condition = without_suffix(condition, suffix);
  return condition;
}

}  // namespace

ExpressionText examine_expression(std::string_view printed) {
  ExpressionText result;
  if (printed.size() > catalog::kExpressionBytesMax) {
    result.problem = "it is longer than " + std::to_string(catalog::kExpressionBytesMax) + " bytes";
    return result;
  }
  if (const std::size_t invalid = invalid_utf8(printed); invalid != std::string_view::npos) {
    result.problem = "it is not valid UTF-8 (offset " + std::to_string(invalid) + ")";
    return result;
  }
  result.body = without_check(printed);
  result.offset = static_cast<std::size_t>(result.body.data() - printed.data());
  if (std::all_of(result.body.begin(), result.body.end(), is_blank)) {
    result.problem = "it is empty (offset 0)";
    return result;
  }
  Examination(result).run();
  return result;
}

}  // namespace paripassu::postgres
