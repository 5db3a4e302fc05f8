#include <algorithm>
#include <cerrno>
#include <cstdlib>

#include "harness/parity/names.h"
#include "harness/parity/normal_form_parts.h"

namespace paripassu::parity {
namespace {

using Kind = ExpressionTree::Kind;

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// A number as digits and the power of ten they are counted in: "-1.50" is -150 and -2.
struct Digits {
  bool negative = false;
  std::string digits;  ///< without zeros in front; empty for 0
  int exponent = 0;
};

constexpr int kExponentMax = 100000;

std::optional<Digits> digits_of(std::string_view text) {
  Digits out;
  std::size_t i = 0;
  if (i < text.size() && (text[i] == '-' || text[i] == '+')) out.negative = text[i++] == '-';
  bool any = false;
  bool fraction = false;
  for (; i < text.size() && (is_digit(text[i]) || (text[i] == '.' && !fraction)); ++i) {
    if (text[i] == '.') {
      fraction = true;
      continue;
    }
    any = true;
    if (fraction) --out.exponent;
    if (!out.digits.empty() || text[i] != '0') out.digits += text[i];
  }
  if (!any) return std::nullopt;
  if (i < text.size() && (text[i] == 'e' || text[i] == 'E')) {
    ++i;
    const bool minus = i < text.size() && text[i] == '-';
    if (i < text.size() && (text[i] == '-' || text[i] == '+')) ++i;
    int exponent = 0;
    const std::size_t begin = i;
    for (; i < text.size() && is_digit(text[i]); ++i) {
      exponent = exponent * 10 + (text[i] - '0');
      if (exponent > kExponentMax) return std::nullopt;
    }
    if (i == begin) return std::nullopt;
    out.exponent += minus ? -exponent : exponent;
  }
  if (i != text.size()) return std::nullopt;
  return out;
}

/// Zeros that a plain spelling may add; beyond, a number keeps its exponent, so that "1e99999" stays small.
constexpr int kAddedZerosMax = 64;

/// The digits with their point. `point_always`: a decimal shows that it is one: "2.".
std::string spelled(const Digits& number, bool point_always) {
  std::string out = number.negative && !number.digits.empty() ? "-" : "";
  const std::string digits = number.digits.empty() ? "0" : number.digits;
  const int count = static_cast<int>(digits.size());
  if (number.exponent > kAddedZerosMax || number.exponent < -kAddedZerosMax - count) {
    return out + digits + "e" + std::to_string(number.exponent);
  }
  if (number.exponent >= 0) {
    out += number.digits.empty() ? "0" : digits + std::string(static_cast<std::size_t>(number.exponent), '0');
  } else {
    const int whole = count + number.exponent;
    out += whole > 0 ? digits.substr(0, static_cast<std::size_t>(whole)) : "0";
    out += '.';
    if (whole < 0) out.append(static_cast<std::size_t>(-whole), '0');
    out += digits.substr(static_cast<std::size_t>(std::max(whole, 0)));
  }
  if (point_always && out.find('.') == std::string::npos) out += '.';
  return out;
}

Digits without_needless_zeros(Digits number) {
  while (!number.digits.empty() && number.digits.back() == '0') {
    number.digits.pop_back();
    ++number.exponent;
  }
  if (number.digits.empty()) number.exponent = 0;
  return number;
}

/// Code points of UTF-8, which is what a length in characters counts.
int length_in_characters(std::string_view text) {
  return static_cast<int>(
      std::count_if(text.begin(), text.end(), [](char c) { return (static_cast<unsigned char>(c) & 0xC0U) != 0x80U; }));
}

std::optional<bool> boolean_word(std::string_view text) {
  const std::string word = lower_ascii(trimmed(text));
  for (const std::string_view yes : {"true", "t", "yes", "y", "on", "1"}) {
    if (word == yes) return true;
  }
  for (const std::string_view no : {"false", "f", "no", "n", "off", "0"}) {
    if (word == no) return false;
  }
  return std::nullopt;
}

bool fits_integer(const Digits& number, int bits) {
  const Digits plain = without_needless_zeros(number);
  if (plain.exponent < 0) return false;
  if (static_cast<int>(plain.digits.size()) + plain.exponent > 19) return false;
  const std::string text = spelled(plain, false);
  errno = 0;
  const long long value = std::strtoll(text.c_str(), nullptr, 10);
  if (errno != 0) return false;
  if (bits == 8) return value >= 0 && value <= 255;
  if (bits >= 64 || bits == 0) return true;
  return value >= -(1LL << (bits - 1)) && value < (1LL << (bits - 1));
}

bool fits_number(std::string_view text, const ValueType& type) {
  const auto number = digits_of(text);
  if (!number) return false;
  if (type.family == TypeFamily::integer) return fits_integer(*number, type.bits);
  if (type.family == TypeFamily::floating || type.precision == ValueType::kAny) return true;
  const Digits plain = without_needless_zeros(*number);
  const int scale = std::max(type.scale, 0);
  return -plain.exponent <= scale && static_cast<int>(plain.digits.size()) + plain.exponent <= type.precision - scale;
}

/// A literal on its way through its casts: `name` is the last cast that it took, `type` what it means.
struct CastLiteral {
  ExpressionTree tree;
  ValueType type;  ///< not known: a string or NULL that nothing gave a type
  std::string_view name;
};

bool convert_to_number(CastLiteral& literal, const ValueType& type, bool assigned) {
  ExpressionTree& tree = literal.tree;
  // Beside an integer, a decimal stays one, and decides what a division gives.
  if (!assigned && tree.kind == Kind::number && type.family == TypeFamily::integer) return false;
  if (tree.kind == Kind::boolean && type.family == TypeFamily::integer) {
    tree = node(Kind::number, tree.text == "true" ? "1" : "0");
    return true;
  }
  if (tree.kind == Kind::string && literal.type.known && !literal.type.is(TypeFamily::text)) return false;
  if (tree.kind != Kind::number && tree.kind != Kind::string) return false;
  const std::string_view text = trimmed(tree.text);
  if (!fits_number(text, type)) return false;
  if (tree.kind == Kind::string || type.family == TypeFamily::integer) {
    const Digits digits = *digits_of(text);
    tree = node(Kind::number, spelled(type.family == TypeFamily::integer ? without_needless_zeros(digits) : digits,
                                      type.family != TypeFamily::integer));
  } else if (is_written_whole(tree.text)) {
    tree.text += '.';
  }
  return true;
}

bool convert_to_boolean(ExpressionTree& tree, bool assigned) {
  std::optional<bool> truth;
  if (tree.kind == Kind::number) {
    const auto number = digits_of(tree.text);
    if (!number) return false;
    const std::string plain = plain_number(tree.text);
    // As a bit, 2 is 1; beside a bit, it is a number that no bit equals.
    if (assigned || plain == "0" || plain == "1") truth = !number->digits.empty();
  } else if (tree.kind == Kind::string) {
    truth = boolean_word(tree.text);
  }
  if (!truth) return tree.kind == Kind::boolean;
  tree = node(Kind::boolean, *truth ? "true" : "false");
  return true;
}

bool convert_to_text(CastLiteral& literal, const ValueType& type, bool assigned) {
  ExpressionTree& tree = literal.tree;
  if (tree.kind == Kind::number) {
    // Beside a text, a number makes a number of the text. Of decimals, each engine has its own number of digits.
    if (!assigned || !is_written_whole(tree.text)) return false;
    const std::string text = plain_number(tree.text);
    if (type.length != ValueType::kAny && static_cast<int>(text.size()) > type.length) return false;
    tree = node(Kind::string, text);
    return true;
  }
  if (tree.kind != Kind::string) return false;
  if (literal.type.known && !literal.type.is(TypeFamily::text)) return false;
  return type.length == ValueType::kAny || length_in_characters(tree.text) <= type.length;
}

bool convert_to_moment(CastLiteral& literal, const ValueType& type) {
  if (literal.tree.kind != Kind::string) return false;
  if (literal.type.is_temporal() && literal.type.with_time_zone != type.with_time_zone) return false;
  auto text = plain_moment(literal.tree.text, type);
  if (text) literal.tree.text = std::move(*text);
  return text.has_value();
}

bool convert_to_bytes(ExpressionTree& tree, const ValueType& type) {
  if (tree.kind == Kind::string) {
    const std::string_view text = tree.text;
    const std::string_view hex = text.substr(std::min<std::size_t>(2, text.size()));
    if (!text.starts_with("\\x") || hex.size() % 2 != 0 || !std::all_of(hex.begin(), hex.end(), is_hex_digit)) {
      return false;
    }
    tree = node(Kind::bytes, lower_ascii(hex));
  }
  if (tree.kind != Kind::bytes) return false;
  const int length = static_cast<int>(tree.text.size() / 2);
  return type.length == ValueType::kAny || length == type.length || (!type.fixed_length && length < type.length);
}

/// Makes the literal one of `type`. False when that would change its value, or when it is not known whether it would:
/// the literal is unchanged then.
bool convert(CastLiteral& literal, const ValueType& type, bool assigned) {
  if (literal.tree.kind == Kind::null) return true;
  switch (type.family) {
    case TypeFamily::integer:
    case TypeFamily::decimal:
    case TypeFamily::floating:
      return convert_to_number(literal, type, assigned);
    case TypeFamily::boolean:
      return convert_to_boolean(literal.tree, assigned);
    case TypeFamily::text:
      return convert_to_text(literal, type, assigned);
    case TypeFamily::date:
    case TypeFamily::time:
    case TypeFamily::timestamp:
      return convert_to_moment(literal, type);
    case TypeFamily::binary:
      return convert_to_bytes(literal.tree, type);
    case TypeFamily::uuid: {
      if (literal.tree.kind != Kind::string) return false;
      if (auto uuid = plain_uuid(literal.tree.text)) literal.tree.text = std::move(*uuid);
      return true;
    }
    case TypeFamily::json: {
      if (literal.tree.kind != Kind::string) return false;
      if (auto json = plain_json(literal.tree.text)) literal.tree.text = std::move(*json);
      return true;
    }
    default:
      return literal.tree.kind == Kind::string;
  }
}

/// Whether the literal must show its type where everything matters that is written.
bool shows_type(const CastLiteral& literal) {
  if (!literal.type.known || literal.tree.kind == Kind::null || literal.tree.kind == Kind::boolean) return false;
  switch (literal.type.family) {
    case TypeFamily::integer:
    case TypeFamily::decimal:
    case TypeFamily::boolean:
    case TypeFamily::binary:
      return false;
    case TypeFamily::text:
      return literal.type.fixed_length && literal.type.length > length_in_characters(literal.tree.text);
    default:
      return true;
  }
}

/// A number as written, in the spelling that the place asks for.
void spell_number(ExpressionTree& tree, Exactness exactness) {
  const auto number = digits_of(tree.text);
  if (!number) return;
  const bool whole = is_written_whole(tree.text);
  switch (exactness) {
    case Exactness::value:
      tree.text = spelled(without_needless_zeros(*number), false);
      return;
    case Exactness::division:
      tree.text = spelled(without_needless_zeros(*number), !whole);
      return;
    case Exactness::exact:
      tree.text = spelled(*number, !whole);
      return;
  }
}

}  // namespace

std::string plain_number(std::string_view text) {
  const auto number = digits_of(text);
  return number ? spelled(without_needless_zeros(*number), false) : "";
}

bool is_written_whole(std::string_view number) {
  return number.find_first_of(".eE") == std::string_view::npos;
}

TypedTree normal_literal(const ExpressionTree& tree, const Wanted& wanted, const ExpressionPlace& place) {
  std::vector<const ExpressionTree*> casts;
  const ExpressionTree* inner = &tree;
  for (; inner->kind == Kind::cast; inner = &inner->children.front()) casts.push_back(inner);

  CastLiteral literal{*inner, {}, {}};
  if (inner->kind == Kind::number) {
    literal.type = is_written_whole(inner->text) ? integer_type(fits_number(inner->text, integer_type(32)) ? 32 : 64)
                                                 : known_type(TypeFamily::decimal);
  } else if (inner->kind == Kind::boolean) {
    literal.type = known_type(TypeFamily::boolean);
  } else if (inner->kind == Kind::bytes) {
    literal.type = known_type(TypeFamily::binary);
  }

  auto step = casts.rbegin();
  for (; step != casts.rend(); ++step) {
    const ValueType type = type_named((*step)->text);
    if (!convert(literal, type, true)) break;
    if (literal.tree.kind == Kind::null) continue;
    literal.type = type;
    literal.name = (*step)->text;
  }
  // What a type that is not known here makes of a text may be another moment or number than the text says.
  const bool is_opaque = literal.type.is(TypeFamily::other) && !literal.name.empty() &&
                         (wanted.type.is_number() || wanted.type.is_temporal() || wanted.type.is(TypeFamily::boolean) ||
                          wanted.type.is(TypeFamily::uuid) || wanted.type.is(TypeFamily::binary));
  const bool cast_remains = step != casts.rend() || is_opaque;

  // Beside a decimal, a floating number keeps being one.
  const bool is_floating = literal.type.is(TypeFamily::floating) && !wanted.assigned;
  if (!cast_remains && !is_floating && wanted.type.known && convert(literal, wanted.type, wanted.assigned)) {
    if (!literal.type.known || wanted.type.family != literal.type.family) {
      literal.type = wanted.type;
      literal.name = {};
    }
  }

  const Exactness exactness = cast_remains ? Exactness::exact : wanted.exactness;
  if (literal.tree.kind == Kind::number) {
    spell_number(literal.tree, exactness);
    // 0.1 as a real is another number than 0.1, unless a real is what it becomes.
    const bool is_cast = literal.type.is(TypeFamily::floating) && !literal.name.empty();
    const bool rounds = literal.type.bits == 32 && !wanted.type.is(TypeFamily::floating) &&
                        !is_written_whole(plain_number(literal.tree.text));
    if (is_cast && (exactness == Exactness::division || (exactness == Exactness::value && rounds))) {
      literal.tree = node(Kind::cast, neutral_type_name(literal.type, literal.name), {std::move(literal.tree)});
    }
  }
  if (exactness == Exactness::exact && !literal.name.empty() && shows_type(literal)) {
    const std::string name = neutral_type_name(literal.type, literal.name);
    literal.tree = node(Kind::cast, name.find('.') == std::string::npos ? name : object_word(place, name),
                        {std::move(literal.tree)});
  }

  TypedTree out{std::move(literal.tree), literal.type, {}};
  for (; step != casts.rend(); ++step) {
    out.uncast = out.type;
    out.type = type_named((*step)->text);
    const std::string name = neutral_type_name(out.type, (*step)->text);
    out.tree =
        node(Kind::cast, name.find('.') == std::string::npos ? name : object_word(place, name), {std::move(out.tree)});
  }
  return out;
}

std::string object_word(const ExpressionPlace& place, std::string_view name) {
  return place.object_word ? place.object_word(name) : fold_name(name, NameMatching::ignore_case);
}

}  // namespace paripassu::parity
