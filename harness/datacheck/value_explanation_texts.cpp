#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <limits>
#include <vector>

#include "harness/datacheck/value_explanation.h"
#include "harness/dataset/json_text.h"
#include "harness/dataset/value_text.h"
#include "harness/dataset/xml_text.h"

namespace paripassu {

namespace {

using catalog::Type;

/// What can be left out of account to make two texts equal, singly or together.
struct Leniency {
  TextFolding folding;
  std::vector<ValueClass> classes;
};

/// Fewer classes come before more, and the more specific before the others.
std::vector<Leniency> leniencies(bool pads) {
  const ValueClass blanks = pads ? ValueClass::padding : ValueClass::trailing_blanks;
  const std::array<std::array<bool, 3>, 7> choices = {{{true, false, false},
                                                       {false, true, false},
                                                       {false, false, true},
                                                       {true, true, false},
                                                       {true, false, true},
                                                       {false, true, true},
                                                       {true, true, true}}};
  std::vector<Leniency> result;
  for (const auto& [without_blanks, composed, without_case] : choices) {
    Leniency one;
    one.folding = {.blanks = without_blanks, .composition = composed, .letter_case = without_case};
    if (without_blanks) one.classes.push_back(blanks);
    if (composed) one.classes.push_back(ValueClass::unicode_form);
    if (without_case) one.classes.push_back(ValueClass::letter_case);
    result.push_back(std::move(one));
  }
  return result;
}

/// Of several classes that apply at once: the one with the worst verdict, and of equal ones the one that matters most.
ValueClass worst(const std::vector<ValueClass>& classes, const ClassVerdicts& verdicts) {
  return *std::min_element(classes.begin(), classes.end(), [&](ValueClass one, ValueClass other) {
    const auto one_verdict = verdicts[static_cast<std::size_t>(one)];
    const auto other_verdict = verdicts[static_cast<std::size_t>(other)];
    return one_verdict != other_verdict ? one_verdict < other_verdict : one < other;
  });
}

/// How much a column holds, in units of its own.
std::int64_t capacity(const Type& type) {
  return type.length && *type.length >= 0 ? *type.length : std::numeric_limits<std::int64_t>::max();
}

bool is_beginning(std::string_view shorter, const Type& shorter_type, std::string_view longer,
                  const Type& longer_type) {
  return !shorter.empty() && longer.size() > shorter.size() && longer.starts_with(shorter) &&
         capacity(shorter_type) < capacity(longer_type);
}

std::string_view without_blanks(std::string_view text) {
  return text.substr(0, text.find_last_not_of(' ') + 1);
}

/// The first byte in which two texts differ, moved back to the beginning of its character.
std::size_t first_difference(std::string_view left, std::string_view right) {
  const auto [one, other] = std::mismatch(left.begin(), left.end(), right.begin(), right.end());
  auto at = static_cast<std::size_t>(one - left.begin());
  const auto continues = [](std::string_view text, std::size_t i) {
    return i < text.size() && (static_cast<unsigned char>(text[i]) & 0xC0U) == 0x80U;
  };
  while (at > 0 && (continues(left, at) || continues(right, at))) --at;
  return at;
}

std::string at_character(std::string_view left, std::string_view right) {
  return fmt::format("at character {}", dataset::count_characters(left.substr(0, first_difference(left, right))) + 1);
}

bool begins_with_one_of(std::string_view text, std::string_view characters) {
  const std::size_t at = text.find_first_not_of(" \t\r\n");
  return at != std::string_view::npos && characters.find(text[at]) != std::string_view::npos;
}

bool is_same_tree(std::string_view left, std::string_view right) {
  if (begins_with_one_of(left, "{[") && begins_with_one_of(right, "{[")) {
    const auto one = dataset::neutral_json(left);
    return one && one == dataset::neutral_json(right);
  }
  if (begins_with_one_of(left, "<") && begins_with_one_of(right, "<")) {
    const auto one = dataset::neutral_xml(left);
    return one && one == dataset::neutral_xml(right);
  }
  return false;
}

std::string path_of_difference(const dataset::JsonValue& left, const dataset::JsonValue& right, std::string path) {
  using Kind = dataset::JsonValue::Kind;
  if (left.kind == Kind::array && right.kind == Kind::array) {
    const std::size_t count = std::max(left.elements.size(), right.elements.size());
    for (std::size_t i = 0; i < count; ++i) {
      const std::string place = fmt::format("{}[{}]", path, i);
      if (i >= left.elements.size() || i >= right.elements.size()) return place;
      if (std::string inner = path_of_difference(left.elements[i], right.elements[i], place); !inner.empty())
        return inner;
    }
    return {};
  }
  if (left.kind == Kind::object && right.kind == Kind::object) {
    // Of a key twice, the last counts.
    const auto last_of = [](const dataset::JsonValue& object) {
      std::vector<std::pair<std::string_view, const dataset::JsonValue*>> members;
      for (const auto& [key, value] : object.members) members.emplace_back(key, &value);
      std::stable_sort(members.begin(), members.end(),
                       [](const auto& one, const auto& other) { return one.first < other.first; });
      std::vector<std::pair<std::string_view, const dataset::JsonValue*>> result;
      for (const auto& member : members) {
        if (!result.empty() && result.back().first == member.first) result.pop_back();
        result.push_back(member);
      }
      return result;
    };
    const auto ours = last_of(left);
    const auto theirs = last_of(right);
    for (std::size_t i = 0; i < std::max(ours.size(), theirs.size()); ++i) {
      const bool left_first = i >= theirs.size() || (i < ours.size() && ours[i].first < theirs[i].first);
      const std::string_view key = left_first ? ours[i].first : theirs[i].first;
      const std::string place = fmt::format("{}.{}", path, key);
      if (i >= ours.size() || i >= theirs.size() || ours[i].first != theirs[i].first) return place;
      if (std::string inner = path_of_difference(*ours[i].second, *theirs[i].second, place); !inner.empty())
        return inner;
    }
    return {};
  }
  std::string one;
  std::string other;
  dataset::append_neutral_json(one, left);
  dataset::append_neutral_json(other, right);
  return one == other ? std::string() : path;
}

}  // namespace

void set_class(ValueDifference& difference, ValueClass value_class, const ClassVerdicts& verdicts, std::string note) {
  difference.value_class = value_class;
  difference.verdict = verdicts[static_cast<std::size_t>(value_class)];
  difference.note = std::move(note);
}

void explain_texts(const TextPair& pair, const ClassVerdicts& verdicts, ValueDifference& difference) {
  const bool pads = pair.left_type.fixed_length || pair.right_type.fixed_length;
  // Most differences are none of spelling, which one look at the loosest reading tells.
  const TextFolding loosest{.blanks = true, .composition = true, .letter_case = true};
  if (folded(pair.left, loosest) == folded(pair.right, loosest)) {
    for (const Leniency& leniency : leniencies(pads)) {
      if (folded(pair.left, leniency.folding) != folded(pair.right, leniency.folding)) continue;
      return set_class(difference, worst(leniency.classes, verdicts), verdicts);
    }
  }
  if (is_same_tree(pair.left, pair.right)) return set_class(difference, ValueClass::json_formatting, verdicts);
  std::string note = at_character(pair.left, pair.right);
  const std::string_view left = pads ? without_blanks(pair.left) : pair.left;
  const std::string_view right = pads ? without_blanks(pair.right) : pair.right;
  if (is_beginning(left, pair.left_type, right, pair.right_type) ||
      is_beginning(right, pair.right_type, left, pair.left_type))
    return set_class(difference, ValueClass::truncated, verdicts, std::move(note));
  set_class(difference, ValueClass::different, verdicts, std::move(note));
}

void explain_bytes(const TextPair& pair, const ClassVerdicts& verdicts, ValueDifference& difference) {
  const auto without_zeros = [](std::string_view hex) {
    while (hex.size() > 2 && hex.ends_with("00")) hex.remove_suffix(2);
    return hex;
  };
  const bool pads = pair.left_type.fixed_length || pair.right_type.fixed_length;
  if (pads && without_zeros(pair.left) == without_zeros(pair.right))
    return set_class(difference, ValueClass::padding, verdicts);
  const auto mismatch = std::mismatch(pair.left.begin(), pair.left.end(), pair.right.begin(), pair.right.end());
  const auto at = static_cast<std::size_t>(mismatch.first - pair.left.begin());
  std::string note = at >= 2 ? fmt::format("at byte {}", (at - 2) / 2 + 1) : std::string();
  const std::string_view left = pads ? without_zeros(pair.left) : pair.left;
  const std::string_view right = pads ? without_zeros(pair.right) : pair.right;
  const bool truncated = (left.size() > 2 && is_beginning(left, pair.left_type, right, pair.right_type)) ||
                         (right.size() > 2 && is_beginning(right, pair.right_type, left, pair.left_type));
  set_class(difference, truncated ? ValueClass::truncated : ValueClass::different, verdicts, std::move(note));
}

std::string json_place(std::string_view left, std::string_view right) {
  const auto one = dataset::parse_json_value(left);
  const auto other = dataset::parse_json_value(right);
  if (!one || !other) return {};
  const std::string path = path_of_difference(*one, *other, "$");
  return path.empty() ? path : "at " + path;
}

}  // namespace paripassu
