#include "harness/parity/normal_form.h"

#include <algorithm>
#include <iterator>

#include "harness/parity/normal_form_parts.h"

namespace paripassu {
namespace {

/// On one line, blanks single, for people.
std::string single_blanks(std::string_view text) {
  std::string out;
  for (const char c : text) {
    const bool blank = c == ' ' || c == '\t' || c == '\n' || c == '\r' || c == '\f' || c == '\v';
    if (!blank) {
      out += c;
    } else if (!out.empty() && out.back() != ' ') {
      out += ' ';
    }
  }
  if (!out.empty() && out.back() == ' ') out.pop_back();
  return out;
}

std::string joined(const std::vector<std::string>& sentences) {
  std::string out;
  for (const std::string& sentence : sentences) out += (out.empty() ? "" : "; ") + sentence;
  return out;
}

/// The time now in a column with a time zone, and the time in UTC in one without.
bool is_same_instant(const NormalForm& zoned, const NormalForm& zoneless) {
  return zoned.stores_zone == true && zoned.form == "(now())" && zoneless.stores_zone == false &&
         zoneless.form == "(utc_now())";
}

bool is_local_beside_instant(const NormalForm& left, const NormalForm& right) {
  return left.form == "(now())" && left.stores_zone && right.stores_zone && *left.stores_zone != *right.stores_zone;
}

}  // namespace

catalog::ExpressionTree normal_tree(const catalog::ExpressionTree& tree, const ExpressionPlace& place,
                                    std::vector<std::string>& caveats) {
  parity::TreeNormaliser normaliser(place);
  catalog::ExpressionTree out = normaliser.root(tree);
  std::vector<std::string> found = normaliser.take_caveats();
  caveats.insert(caveats.end(), std::make_move_iterator(found.begin()), std::make_move_iterator(found.end()));
  std::sort(caveats.begin(), caveats.end());
  caveats.erase(std::unique(caveats.begin(), caveats.end()), caveats.end());
  return out;
}

void ExpressionNormaliser::prepare(const std::vector<std::string_view>& printed) {
  if (!reader_) return;
  std::vector<std::string_view> unread;
  for (const std::string_view text : printed) {
    // An entry without a result yet keeps a text that comes twice from being read twice.
    if (read_.find(text) == read_.end()) {
      read_.emplace(text, ReadExpression{});
      unread.push_back(text);
    }
  }
  std::vector<ReadExpression> results = reader_->read_all(unread);
  for (std::size_t i = 0; i < unread.size(); ++i) read_.find(unread[i])->second = std::move(results[i]);
}

const ReadExpression& ExpressionNormaliser::read(std::string_view printed) {
  const auto found = read_.find(printed);
  if (found != read_.end()) return found->second;
  ReadExpression result =
      reader_ ? reader_->read(printed) : ReadExpression{std::nullopt, "expressions of this engine cannot be read"};
  return read_.emplace(printed, std::move(result)).first->second;
}

NormalForm ExpressionNormaliser::normalise(const catalog::Expression& expression, const ExpressionPlace& place) {
  NormalForm out;
  out.read_by = reader_;
  if (expression.hidden) {
    out.problem = "this user may not read it";
    return out;
  }
  const ReadExpression& result = read(expression.printed);
  if (!result.tree) {
    out.form = single_blanks(expression.printed);
    out.problem = result.problem;
    return out;
  }
  parity::TreeNormaliser normaliser(place);
  out.understood = true;
  out.form = to_text(normaliser.root(*result.tree));
  out.caveats = normaliser.take_caveats();
  out.engine_bound = normaliser.engine_bound();
  out.taken_alike = normaliser.take_taken_alike();
  if (place.target && place.target->family == catalog::TypeFamily::timestamp) {
    out.stores_zone = place.target->with_time_zone;
  }
  return out;
}

bool ExpressionNormaliser::is_null_literal(const catalog::Expression& expression) {
  if (expression.hidden) return false;
  const ReadExpression& result = read(expression.printed);
  if (!result.tree) return false;
  const catalog::ExpressionTree* inner = &*result.tree;
  while (inner->kind == catalog::ExpressionTree::Kind::cast) inner = &inner->children.front();
  return inner->kind == catalog::ExpressionTree::Kind::null;
}

ExpressionComparison compare_forms(const NormalForm& left, const NormalForm& right) {
  if (!left.understood || !right.understood) {
    std::vector<std::string> problems;
    if (!left.understood) problems.push_back("left: " + left.problem);
    if (!right.understood) problems.push_back("right: " + right.problem);
    return {ExpressionMatch::not_understood, joined(problems)};
  }
  if (is_same_instant(left, right) || is_same_instant(right, left)) return {ExpressionMatch::same, ""};
  if (left.form != right.form) return {};
  const bool two_engines = left.read_by != right.read_by;
  if ((left.engine_bound || right.engine_bound) && two_engines) {
    return {ExpressionMatch::different,
            "each engine reads it in its own way: a LIKE pattern, or a fraction that becomes a whole number"};
  }

  std::vector<std::string> reasons;
  if (is_local_beside_instant(left, right)) {
    reasons.emplace_back("one side stores the instant, the other the local time of its server");
  }
  if (two_engines) {
    std::set_union(left.taken_alike.begin(), left.taken_alike.end(), right.taken_alike.begin(), right.taken_alike.end(),
                   std::back_inserter(reasons));
  }
  const auto add_difference = [&reasons](const NormalForm& one, const NormalForm& other, std::string_view side) {
    std::vector<std::string> only;
    std::set_difference(one.caveats.begin(), one.caveats.end(), other.caveats.begin(), other.caveats.end(),
                        std::back_inserter(only));
    for (const std::string& caveat : only) reasons.push_back(std::string(side) + ": " + caveat);
  };
  add_difference(left, right, "left");
  add_difference(right, left, "right");
  if (!reasons.empty()) return {ExpressionMatch::same_with_caveat, joined(reasons)};
  return {ExpressionMatch::same, ""};
}

}  // namespace paripassu
