#include <algorithm>
#include <chrono>

#include "harness/parity/normal_form_parts.h"

namespace paripassu::parity {
namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

bool is_json_blank(char c) {
  return c == ' ' || c == '\t' || c == '\n' || c == '\r';
}

/// Reads a moment from left to right.
class MomentReader {
 public:
  explicit MomentReader(std::string_view text) : rest_(text) {}

  bool at_end() const { return rest_.empty(); }
  char next() const { return rest_.empty() ? '\0' : rest_.front(); }

  bool take(char c) {
    if (next() != c) return false;
    rest_.remove_prefix(1);
    return true;
  }
  void take_blanks() {
    while (take(' ')) {
    }
  }
  /// A number of exactly so many digits.
  bool number(std::size_t digits, int& out) {
    if (rest_.size() < digits ||
        !std::all_of(rest_.begin(), rest_.begin() + static_cast<std::ptrdiff_t>(digits), is_digit)) {
      return false;
    }
    out = 0;
    for (std::size_t i = 0; i < digits; ++i) out = out * 10 + (rest_[i] - '0');
    rest_.remove_prefix(digits);
    return true;
  }
  std::string digits() {
    std::string out;
    while (is_digit(next())) {
      out += next();
      rest_.remove_prefix(1);
    }
    return out;
  }

 private:
  std::string_view rest_;
};

struct Moment {
  std::chrono::year_month_day date{};
  bool has_date = false;
  bool has_time = false;
  int seconds = 0;  ///< of the day
  std::string fraction;
  bool has_offset = false;
  int offset_minutes = 0;
};

bool read_date(MomentReader& reader, Moment& out) {
  int year = 0;
  int month = 0;
  int day = 0;
  if (!reader.number(4, year)) return false;
  const bool hyphens = reader.take('-');
  if (!reader.number(2, month) || (hyphens && !reader.take('-')) || !reader.number(2, day)) return false;
  out.date = std::chrono::year(year) / std::chrono::month(static_cast<unsigned>(month)) /
             std::chrono::day(static_cast<unsigned>(day));
  out.has_date = true;
  return out.date.ok() && year > 0;
}

bool read_time(MomentReader& reader, Moment& out) {
  int hour = 0;
  int minute = 0;
  int second = 0;
  if (!reader.number(2, hour) || !reader.take(':') || !reader.number(2, minute)) return false;
  if (reader.take(':')) {
    if (!reader.number(2, second)) return false;
    if (reader.take('.')) {
      out.fraction = reader.digits();
      if (out.fraction.empty() || out.fraction.size() > 9) return false;
      while (!out.fraction.empty() && out.fraction.back() == '0') out.fraction.pop_back();
    }
  }
  out.seconds = (hour * 60 + minute) * 60 + second;
  out.has_time = true;
  return hour < 24 && minute < 60 && second < 60;
}

bool read_offset(MomentReader& reader, Moment& out) {
  out.has_offset = true;
  if (reader.take('Z') || reader.take('z')) return true;
  const bool west = reader.next() == '-';
  if (!reader.take('-') && !reader.take('+')) return false;
  int hours = 0;
  int minutes = 0;
  if (!reader.number(2, hours)) return false;
  if (reader.take(':') || is_digit(reader.next())) {
    if (!reader.number(2, minutes)) return false;
  }
  out.offset_minutes = (hours * 60 + minutes) * (west ? -1 : 1);
  return hours < 15 && minutes < 60;
}

std::optional<Moment> moment_of(std::string_view text) {
  MomentReader reader(trimmed(text));
  Moment out;
  const bool time_only = text.find(':') == 2 || (text.find(':') == 3 && text.front() == ' ');
  if (!time_only) {
    if (!read_date(reader, out)) return std::nullopt;
    if (reader.at_end()) return out;
    if (!reader.take('T') && !reader.take('t') && reader.next() != ' ') return std::nullopt;
    reader.take_blanks();
  }
  if (!read_time(reader, out)) return std::nullopt;
  reader.take_blanks();
  if (!reader.at_end() && !read_offset(reader, out)) return std::nullopt;
  if (!reader.at_end()) return std::nullopt;
  return out;
}

/// Moves a moment to UTC. False when it leaves the years that have four digits.
bool move_to_utc(Moment& moment) {
  constexpr int kDaySeconds = 24 * 60 * 60;
  int seconds = moment.seconds - moment.offset_minutes * 60;
  std::chrono::sys_days days(moment.date);
  if (seconds < 0) {
    days -= std::chrono::days(1);
    seconds += kDaySeconds;
  } else if (seconds >= kDaySeconds) {
    days += std::chrono::days(1);
    seconds -= kDaySeconds;
  }
  moment.date = std::chrono::year_month_day(days);
  moment.seconds = seconds;
  return static_cast<int>(moment.date.year()) > 0 && static_cast<int>(moment.date.year()) < 10000;
}

void append_padded(std::string& out, unsigned number, std::size_t width) {
  const std::string digits = std::to_string(number);
  if (digits.size() < width) out.append(width - digits.size(), '0');
  out += digits;
}

std::string date_text(const Moment& moment) {
  std::string out;
  append_padded(out, static_cast<unsigned>(static_cast<int>(moment.date.year())), 4);
  out += '-';
  append_padded(out, static_cast<unsigned>(moment.date.month()), 2);
  out += '-';
  append_padded(out, static_cast<unsigned>(moment.date.day()), 2);
  return out;
}

std::string time_text(const Moment& moment) {
  const auto seconds = static_cast<unsigned>(moment.seconds);
  std::string out;
  append_padded(out, seconds / 3600, 2);
  out += ':';
  append_padded(out, seconds / 60 % 60, 2);
  out += ':';
  append_padded(out, seconds % 60, 2);
  if (!moment.fraction.empty()) out += "." + moment.fraction;
  return out;
}

}  // namespace

bool is_hex_digit(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::string lower_ascii(std::string_view text) {
  std::string out(text);
  for (char& c : out) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
  }
  return out;
}

std::string_view trimmed(std::string_view text) {
  while (!text.empty() && is_json_blank(text.front())) text.remove_prefix(1);
  while (!text.empty() && is_json_blank(text.back())) text.remove_suffix(1);
  return text;
}

std::optional<std::string> plain_moment(std::string_view text, const ValueType& type) {
  auto moment = moment_of(text);
  if (!moment) return std::nullopt;
  if (type.family == TypeFamily::time) {
    if (moment->has_date || !moment->has_time || moment->has_offset || type.with_time_zone) return std::nullopt;
    if (!moment->fraction.empty() && type.precision != ValueType::kAny &&
        static_cast<int>(moment->fraction.size()) > type.precision) {
      return std::nullopt;
    }
    return time_text(*moment);
  }
  if (!moment->has_date) return std::nullopt;
  if (moment->offset_minutes != 0 && (!type.with_time_zone || !move_to_utc(*moment))) return std::nullopt;
  const bool midnight = moment->seconds == 0 && moment->fraction.empty();
  if (midnight) return date_text(*moment);
  if (type.family == TypeFamily::date) return std::nullopt;
  if (type.precision != ValueType::kAny && static_cast<int>(moment->fraction.size()) > type.precision) {
    return std::nullopt;
  }
  return date_text(*moment) + " " + time_text(*moment);
}

std::optional<std::string> plain_uuid(std::string_view text) {
  text = trimmed(text);
  if (text.size() > 2 && text.front() == '{' && text.back() == '}') text = text.substr(1, text.size() - 2);
  std::string out;
  constexpr std::size_t kHyphenated = 36;
  constexpr std::size_t kPlain = 32;
  const auto is_hyphen_place = [](std::size_t i) { return i == 8 || i == 13 || i == 18 || i == 23; };
  if (text.size() != kHyphenated && text.size() != kPlain) return std::nullopt;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text.size() == kHyphenated && is_hyphen_place(i)) {
      if (text[i] != '-') return std::nullopt;
      out += '-';
      continue;
    }
    if (!is_hex_digit(text[i])) return std::nullopt;
    if (text.size() == kPlain && is_hyphen_place(out.size())) out += '-';
    out += text[i];
  }
  return lower_ascii(out);
}

std::optional<std::string> plain_json(std::string_view text) {
  constexpr std::string_view kStructural = "{}[],:\"";
  std::string out;
  bool in_string = false;
  bool blank_before = false;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const char c = text[i];
    if (in_string) {
      out += c;
      if (c == '\\' && i + 1 < text.size())
        out += text[++i];
      else if (c == '"')
        in_string = false;
      continue;
    }
    if (is_json_blank(c)) {
      blank_before = true;
      continue;
    }
    // Two words side by side are not JSON, and would become one.
    const bool is_word = kStructural.find(c) == std::string_view::npos;
    if (is_word && blank_before && !out.empty() && kStructural.find(out.back()) == std::string_view::npos) {
      return std::nullopt;
    }
    blank_before = false;
    in_string = c == '"';
    out += c;
  }
  if (in_string || out.empty()) return std::nullopt;
  return out;
}

}  // namespace paripassu::parity
