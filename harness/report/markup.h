#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

/// How text from outside is written into documents, so that it stays text. Private to the rooms of reports.
namespace paripassu::report {

/// For text and attribute values of XML 1.0, controls escaped as on a terminal.
std::string xml_text(std::string_view text);
/// ` name="value"`.
std::string xml_attribute(std::string_view name, std::string_view value);
/// Each line escaped and ended.
std::string xml_lines(const std::vector<std::string>& lines);

/// A sentence. What Markdown or HTML would read becomes a character reference; a zero-width space follows a sign by
/// which GitHub and GitLab call people and issues, since they look for these in the finished page. Cut beyond 1,000
/// bytes.
std::string markdown_sentence(std::string_view text);
/// A name or definition as code; cut beyond 300 bytes.
std::string markdown_code(std::string_view text);

/// Grows up to a bound.
class BoundedText {
 public:
  explicit BoundedText(std::size_t bytes_max) : bytes_max_(bytes_max) {}
  /// False, and nothing added, when the block does not fit.
  bool add(const std::string& block) {
    if (text_.size() + block.size() > bytes_max_ - kClosingBytesReserved) return false;
    text_ += block;
    return true;
  }
  /// For short ends of what was added.
  void close(const std::string& block) {
    if (text_.size() + block.size() <= bytes_max_) text_ += block;
  }
  const std::string& text() const { return text_; }

 private:
  static constexpr std::size_t kClosingBytesReserved = 500;  ///< for what says how much was left out

  std::size_t bytes_max_;
  std::string text_;
};

}  // namespace paripassu::report
