#include "harness/parity/compare_context.h"

#include <fmt/format.h>

#include <algorithm>
#include <numeric>

#include "backends/backend.h"

namespace paripassu::parity {
namespace {

std::string table_key(std::string_view schema, std::string_view table) {
  std::string key;
  key.reserve(schema.size() + 1 + table.size());
  key.append(schema).push_back('\0');
  key.append(table);
  return key;
}

ComparedSide describe_side(const catalog::Catalog& catalog) {
  return {catalog.engine,     catalog.product,  catalog.product_version, catalog.genuine,
          catalog.deviations, catalog.database, catalog.default_schema};
}

std::string product_label(const catalog::Catalog& catalog) {
  const std::string& product = catalog.product.empty() ? catalog.engine : catalog.product;
  return catalog.product_version.empty() ? product : product + " " + catalog.product_version;
}

std::string subject(std::string_view kind, std::string_view name, std::string_view table) {
  std::string out = fmt::format("{} {}", kind, shortened(name));
  if (!table.empty() && table != name) out += fmt::format(" of {}", table);
  return out;
}

std::string sentence(std::string text) {
  if (!text.empty() && text.front() >= 'a' && text.front() <= 'z') {
    text.front() = static_cast<char>(text.front() - ('a' - 'A'));
  }
  return text;
}

/// Without the blanks at its end, with one kind of line ends; empty when there is no comment.
std::string comment_text(const std::optional<std::string>& comment) {
  std::string out;
  if (!comment) return out;
  out.reserve(comment->size());
  for (std::size_t i = 0; i < comment->size(); ++i) {
    const char c = (*comment)[i];
    if (c == '\r' && i + 1 < comment->size() && (*comment)[i + 1] == '\n') continue;
    out += c == '\r' ? '\n' : c;
  }
  out.erase(out.find_last_not_of(" \t\n\f\v") + 1);
  return out;
}

std::string function_key(std::string_view qualified) {
  return fold_name(qualified, NameMatching::ignore_case);
}

/// Of overloads, all must give a truth.
std::unordered_set<std::string> truth_functions(const catalog::Catalog& catalog) {
  std::unordered_set<std::string> truths;
  std::unordered_set<std::string> others;
  for (const catalog::Schema& schema : catalog.schemas) {
    for (const catalog::Routine& routine : schema.routines) {
      const bool truth = routine.kind == "function" && (routine.returns == "boolean" || routine.returns == "bit");
      (truth ? truths : others).insert(function_key(schema.name + "." + routine.name));
    }
  }
  for (const std::string& other : others) truths.erase(other);
  return truths;
}

}  // namespace

void ColumnNumbers::seal() {
  std::sort(numbers_.begin(), numbers_.end());
}

void ColumnNumbers::renumber(std::string_view name, int number) {
  for (auto& [known, its_number] : numbers_) {
    if (known == name) its_number = number;
  }
}

int ColumnNumbers::find(std::string_view name) const {
  const auto found = std::lower_bound(numbers_.begin(), numbers_.end(), name,
                                      [](const auto& entry, std::string_view wanted) { return entry.first < wanted; });
  return found != numbers_.end() && found->first == name ? found->second : -1;
}

OpenItems::OpenItems(std::size_t left_count, std::size_t right_count) : left(left_count), right(right_count) {
  std::iota(left.begin(), left.end(), std::size_t{0});
  std::iota(right.begin(), right.end(), std::size_t{0});
}

CompareContext::CompareContext(const catalog::Catalog& left_catalog, const catalog::Catalog& right_catalog,
                               const ComparisonOptions& comparison_options)
    : left(left_catalog),
      right(right_catalog),
      options(comparison_options),
      same_engine(left_catalog.engine == right_catalog.engine),
      declared(comparison_options.equivalent_types, left_catalog.engine, right_catalog.engine),
      left_expressions(reader(true)),
      right_expressions(reader(false)),
      left_truth_functions_(truth_functions(left_catalog)),
      right_truth_functions_(truth_functions(right_catalog)) {
  result.left = describe_side(left);
  result.right = describe_side(right);
  result.left_label = product_label(left);
  result.right_label = product_label(right);
  left_word_ = left.product.empty() ? left.engine : left.product;
  right_word_ = right.product.empty() ? right.engine : right.product;
  if (left_word_.empty() || left_word_ == right_word_) {
    left_word_ = "the left";
    right_word_ = "the right";
  }
}

const ExpressionReader* CompareContext::reader(bool on_left) const {
  if (options.engines == nullptr) return nullptr;
  const Backend* engine = options.engines->find((on_left ? left : right).engine);
  return engine == nullptr ? nullptr : &engine->expression_reader();
}

CompareContext::Place::Place(const TablePair& pair) {
  if (pair.left_schema) left.schema = pair.left_schema->name;
  if (pair.right_schema) right.schema = pair.right_schema->name;
  if (pair.left) left.table = pair.left->name;
  if (pair.right) right.table = pair.right->name;
}

CompareContext::Place::Place(const catalog::Schema& left_schema, const catalog::Schema& right_schema)
    : left{left_schema.name, ""}, right{right_schema.name, ""} {}

Difference& CompareContext::report(KnownCode code, const Place& place, std::string_view kind, const Names& names,
                                   std::string left_text, std::string right_text, std::string_view message) {
  // As on the left, unless the left has neither the object nor the table it would be in.
  const bool as_on_left = names.right.empty() || !names.left.empty() || !place.left.table.empty();
  const Place::Side& shown = as_on_left ? place.left : place.right;
  Difference& difference = result.differences.emplace_back();
  difference.code = (*code).code;
  difference.severity = (*code).severity;
  difference.schema = shown.schema;
  difference.table = shown.table;
  difference.kind = kind;
  difference.name = names.shown;
  difference.left = std::move(left_text);
  difference.right = std::move(right_text);
  difference.message = sentence(std::string(message));
  difference.left_side.schema = place.left.schema;
  difference.left_side.table = place.left.table;
  difference.left_side.name = names.left;
  difference.right_side.schema = place.right.schema;
  difference.right_side.table = place.right.table;
  difference.right_side.name = names.right;
  return difference;
}

Difference* CompareContext::report_absent(KnownCode missing, KnownCode extra, const Place& place, std::string_view kind,
                                          const Names& names, bool on_left, std::string definition,
                                          std::string_view part) {
  // The parts of a table that is seen are seen with it; a whole object that is not seen may only be hidden.
  const bool whole_object = part.empty() && (kind == "table" || kind == "view" || kind == "sequence" ||
                                             kind == "routine" || kind == "type" || kind == "synonym");
  const Place::Side& present = on_left ? place.left : place.right;
  const Place::Side& absent = on_left ? place.right : place.left;
  if (whole_object && is_unknown(!on_left, catalog::kUnknownObjects, absent.schema)) {
    result.unknown.push_back({fmt::format("{}.{}", present.schema, names.shown), std::string(kind),
                              fmt::format("not seen on {}, where it may be hidden", side_word(!on_left))});
    return nullptr;
  }
  const std::string_view table = place.left.table.empty() ? place.right.table : place.left.table;
  const std::string message =
      fmt::format("{}{} exists on {} only.", part, subject(kind, names.shown, table), side_word(on_left));
  std::string left_text;
  std::string right_text;
  (on_left ? left_text : right_text) = std::move(definition);
  return &report(on_left ? missing : extra, place, kind, names, std::move(left_text), std::move(right_text), message);
}

Difference& CompareContext::report_changed(KnownCode code, const Place& place, std::string_view kind,
                                           const Names& names, std::string left_text, std::string right_text,
                                           std::string_view what) {
  const std::string_view table = place.left.table.empty() ? place.right.table : place.left.table;
  const std::string message = fmt::format("{} of {}: {} on {}, {} on {}.", what, subject(kind, names.shown, table),
                                          shortened(left_text), left_word_, shortened(right_text), right_word_);
  return report(code, place, kind, names, std::move(left_text), std::move(right_text), message);
}

void CompareContext::compare_given_names(const Place& place, std::string_view kind, std::string_view left_name,
                                         bool left_system_named, std::string_view right_name, bool right_system_named) {
  if (!same_engine || left_name == right_name || left_system_named || right_system_named || left_name.empty() ||
      right_name.empty() || same_word(left_name, right_name)) {
    return;
  }
  const Names names{std::string(left_name), std::string(left_name), std::string(right_name)};
  report_changed("constraint-renamed", place, kind, names, names.left, names.right, "the name");
}

void CompareContext::compare_comments(const Place& place, std::string_view kind, const Names& names,
                                      const std::optional<std::string>& left_comment,
                                      const std::optional<std::string>& right_comment) {
  if (left_comment == right_comment) return;
  std::string left_text = comment_text(left_comment);
  std::string right_text = comment_text(right_comment);
  if (left_text == right_text) return;
  if (left_text.empty() || right_text.empty()) {
    const bool on_left = right_text.empty();
    report_absent("comment-missing", "comment-extra", place, kind, names, on_left,
                  std::move(on_left ? left_text : right_text), "the comment of ");
    return;
  }
  report_changed("comment-changed", place, kind, names, std::move(left_text), std::move(right_text), "the comment");
}

void CompareContext::report_ambiguities(const NamePairs& pairs, const std::vector<std::string_view>& left_names,
                                        const std::vector<std::string_view>& right_names, const Place& place,
                                        std::string_view kind) {
  const auto join = [](const std::vector<std::size_t>& indices, const std::vector<std::string_view>& names) {
    std::string out;
    for (const std::size_t index : indices) {
      if (!out.empty()) out += ", ";
      out += names[index];
    }
    return out;
  };
  for (const NamePairs::Ambiguity& group : pairs.ambiguous) {
    const bool on_left = !group.left.empty();
    const std::string name(on_left ? left_names[group.left.front()] : right_names[group.right.front()]);
    std::string left_text = join(group.left, left_names);
    std::string right_text = join(group.right, right_names);
    const std::string message = fmt::format(
        "{} names match several ways and were compared exactly: {} on {}, {} on {}.", kind,
        left_text.empty() ? "none" : left_text, left_word_, right_text.empty() ? "none" : right_text, right_word_);
    Names names{name, "", ""};
    if (!group.left.empty()) names.left = left_names[group.left.front()];
    if (!group.right.empty()) names.right = right_names[group.right.front()];
    Place where = place;
    if (kind == "table" || kind == "view") {
      where.left.table = names.left;
      where.right.table = names.right;
    }
    report("name-ambiguous", where, kind, names, std::move(left_text), std::move(right_text), message);
  }
}

std::string CompareContext::object_word(bool on_left, std::string_view qualified) const {
  const std::size_t dot = qualified.rfind('.');
  if (dot == std::string_view::npos) return fold(qualified);
  const std::string_view schema = qualified.substr(0, dot);
  const std::string name = fold(qualified.substr(dot + 1));
  if (schema == (on_left ? left : right).default_schema) return name;
  if (on_left) {
    const auto paired = options.schema_pairs.find(std::string(schema));
    if (paired != options.schema_pairs.end()) return fold(paired->second) + "." + name;
  }
  return fold(schema) + "." + name;
}

ExpressionPlace CompareContext::place_of(const TablePair& pair, bool on_left, const catalog::Type* target) const {
  const auto number_of = [this, &pair, on_left](std::string_view column) {
    const int number = pair.numbers(on_left).find(column);
    if (number >= 0) return number;
    // An engine that ignores the case of names may print an expression in the case in which it was written.
    for (const catalog::Column& known : pair.side(on_left).columns) {
      if (same_word(known.name, column)) return pair.numbers(on_left).find(known.name);
    }
    return -1;
  };
  ExpressionPlace place;
  place.column_type = [&pair, on_left, number_of](std::string_view column) -> const catalog::Type* {
    const int number = number_of(column);
    if (number < 0) return nullptr;
    const auto& [left_column, right_column] = pair.columns_by_number[static_cast<std::size_t>(number)];
    const catalog::Column* own = on_left ? left_column : right_column;
    const catalog::Column* other = on_left ? right_column : left_column;
    if (own == nullptr) return nullptr;
    return other == nullptr ? &own->type : &type_for_literals(own->type, other->type);
  };
  place.column_nullable = [&pair, on_left, number_of](std::string_view column) {
    const int number = number_of(column);
    if (number < 0) return true;
    const auto& [left_column, right_column] = pair.columns_by_number[static_cast<std::size_t>(number)];
    const catalog::Column* own = on_left ? left_column : right_column;
    return own == nullptr || own->nullable;
  };
  place.object_word = [this, on_left](std::string_view qualified) { return object_word(on_left, qualified); };
  place.gives_truth = [this, on_left](std::string_view qualified) {
    return (on_left ? left_truth_functions_ : right_truth_functions_).contains(function_key(qualified));
  };
  place.column_word = [this, &pair, number_of](std::string_view column) {
    const int number = number_of(column);
    if (number < 0) return fold(column);
    const auto& [left_column, right_column] = pair.columns_by_number[static_cast<std::size_t>(number)];
    // The lesser of the two names: one word that is legible, the same on both sides and when the sides are exchanged.
    if (left_column == nullptr) return right_column->name;
    if (right_column == nullptr) return left_column->name;
    return std::min(left_column->name, right_column->name);
  };
  place.target = target;
  return place;
}

ExpressionPlace CompareContext::place_of(const TablePair& pair, bool on_left, UnknownTruth unknown) const {
  ExpressionPlace place = place_of(pair, on_left);
  place.unknown = unknown;
  return place;
}

std::optional<catalog::ExpressionTree> CompareContext::tree_of(bool on_left, const catalog::Expression& expression,
                                                               const ExpressionPlace& place) const {
  const ExpressionReader* its_reader = reader(on_left);
  if (its_reader == nullptr || expression.hidden) return std::nullopt;
  const ReadExpression read = its_reader->read(expression.printed);
  if (!read.tree) return std::nullopt;
  std::vector<std::string> caveats;
  return normal_tree(*read.tree, place, caveats);
}

const catalog::UserType* CompareContext::find_user_type(bool on_left, std::string_view user_type) const {
  const catalog::Catalog& catalog = on_left ? left : right;
  // Either part may hold a dot.
  for (std::size_t dot = user_type.find('.'); dot != std::string_view::npos; dot = user_type.find('.', dot + 1)) {
    const catalog::Schema* schema = catalog.find_schema(user_type.substr(0, dot));
    if (schema == nullptr) continue;
    for (const catalog::UserType& type : schema->types) {
      if (type.name == user_type.substr(dot + 1)) return &type;
    }
  }
  return nullptr;
}

void CompareContext::number_table(const TablePair& pair) {
  const int number = tables_numbered_++;
  if (pair.left) {
    left_tables_.try_emplace(table_key(pair.left_schema->name, pair.left->name),
                             TableNumber{number, pair.right ? &pair.left_numbers : nullptr});
  }
  if (pair.right) {
    right_tables_.try_emplace(table_key(pair.right_schema->name, pair.right->name),
                              TableNumber{number, pair.left ? &pair.right_numbers : nullptr});
  }
}

TableNumber CompareContext::find_table(bool on_left, std::string_view schema, std::string_view table) {
  const catalog::Catalog& catalog = on_left ? left : right;
  const auto& tables = on_left ? left_tables_ : right_tables_;
  if (schema.empty()) schema = catalog.default_schema;
  if (const auto found = tables.find(table_key(schema, table)); found != tables.end()) return found->second;
  // Outside of what was inspected: the names must do, and the default schemas pair.
  const std::string schema_word = schema == catalog.default_schema ? std::string() : fold(schema);
  return {word_number(table_key(schema_word, fold(table))), nullptr};
}

int CompareContext::find_table(bool on_left, std::string_view qualified) {
  const auto& tables = on_left ? left_tables_ : right_tables_;
  for (std::size_t dot = qualified.find('.'); dot != std::string_view::npos; dot = qualified.find('.', dot + 1)) {
    const auto found = tables.find(table_key(qualified.substr(0, dot), qualified.substr(dot + 1)));
    if (found != tables.end()) return found->second.number;
  }
  const std::size_t dot = qualified.rfind('.');
  if (dot == std::string_view::npos) return find_table(on_left, "", qualified).number;
  return find_table(on_left, qualified.substr(0, dot), qualified.substr(dot + 1)).number;
}

int CompareContext::column_number(const ColumnNumbers* numbers, std::string_view name) {
  if (numbers) {
    if (const int number = numbers->find(name); number >= 0) return number;
  }
  return word_number(fold(name));
}

int CompareContext::word_number(std::string word) {
  // Negative, so that a word is never taken for a number that was given out elsewhere.
  const int next = -static_cast<int>(words_.size()) - 1;
  return words_.try_emplace(std::move(word), next).first->second;
}

bool CompareContext::is_unknown(bool on_left, std::string_view what, std::string_view schema) const {
  const auto& entries = on_left ? left.unknown : right.unknown;
  return std::any_of(entries.begin(), entries.end(), [&](const catalog::Unknown& unknown) {
    return unknown.what == what && (unknown.object == "*" || unknown.object == schema);
  });
}

std::string display_name(std::string_view left_name, bool left_system_named, std::string_view right_name,
                         bool right_system_named, std::string definition) {
  if (!left_name.empty() && !left_system_named) return std::string(left_name);
  if (!right_name.empty() && !right_system_named) return std::string(right_name);
  return definition;
}

}  // namespace paripassu::parity
