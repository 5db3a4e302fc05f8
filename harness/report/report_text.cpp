#include "harness/report/report_text.h"

#include <fmt/format.h>

#include <algorithm>
#include <iterator>
#include <map>
#include <utility>

#include "harness/parity/difference_explanations.h"

namespace paripassu::report {
namespace {

std::string joined(const std::vector<std::string>& words) {
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

/// Finds the group of a difference, or makes it.
class Groups {
 public:
  explicit Groups(const Comparison& comparison) : comparison_(comparison) {
    for (const std::string& table : comparison.compared_tables) tables_.try_emplace(table, table_group(table));
    if (!comparison.left.default_schema.empty()) schema_group(comparison.left.default_schema);
  }

  void add(const Difference& difference) {
    DifferenceGroup& group = difference.table.empty() || difference.kind == "view"
                                 ? schema_groups_[schema_group(difference.schema)]
                                 : table_groups_[find_table(difference)];
    group.differences.push_back(&difference);
  }

  std::vector<DifferenceGroup> take() {
    std::vector<DifferenceGroup> all = std::move(table_groups_);
    std::move(schema_groups_.begin(), schema_groups_.end(), std::back_inserter(all));
    return all;
  }

 private:
  std::size_t table_group(std::string title) {
    table_groups_.push_back({std::move(title), {}});
    return table_groups_.size() - 1;
  }

  std::size_t schema_group(const std::string& schema) {
    const auto [entry, added] = schemas_seen_.try_emplace(schema, schema_groups_.size());
    if (added) {
      // What belongs to no schema is of the database itself.
      schema_groups_.push_back(
          {schema.empty() ? "database and configuration" : fmt::format("schema {}: sequences, views, routines", schema),
           {}});
    }
    return entry->second;
  }

  std::size_t find_table(const Difference& difference) {
    const std::string& schema = difference.schema;
    const std::string qualified = schema + "." + difference.table;
    if (const auto found = tables_.find(qualified); found != tables_.end()) return found->second;
    // Compared tables of the left's default schema stand there without it.
    const std::string& left_default = comparison_.left.default_schema;
    if (schema.empty() || left_default.empty() || schema == left_default) {
      if (const auto found = tables_.find(difference.table); found != tables_.end()) return found->second;
    }
    const bool plain = schema.empty() || schema == left_default || schema == comparison_.right.default_schema;
    const std::size_t group = table_group(plain ? difference.table : qualified);
    tables_.emplace(qualified, group);
    return group;
  }

  const Comparison& comparison_;
  std::map<std::string, std::size_t> tables_;
  std::map<std::string, std::size_t> schemas_seen_;
  std::vector<DifferenceGroup> table_groups_;
  std::vector<DifferenceGroup> schema_groups_;
};

}  // namespace

std::string count_of(std::size_t count, std::string_view noun) {
  if (count == 1) return fmt::format("1 {}", noun);
  if (noun.ends_with("index")) return fmt::format("{} {}es", count, noun);
  const bool has_vowel_before_y = noun.ends_with("ey") || noun.ends_with("ay");
  if (noun.ends_with("y") && !has_vowel_before_y)
    return fmt::format("{} {}ies", count, noun.substr(0, noun.size() - 1));
  return fmt::format("{} {}s", count, noun);
}

Verdict verdict_of(const Comparison& comparison) {
  const std::size_t errors = comparison.count(Severity::error);
  const std::size_t warnings = comparison.count(Severity::warning);
  const std::size_t notes = comparison.count(Severity::note);
  const std::size_t waived = comparison.waived_count();
  const std::size_t settings = comparison.settings.size();
  Verdict verdict;
  verdict.differs = errors + warnings > 0;
  verdict.complete = comparison.unknown.empty();
  if (verdict.differs) {
    verdict.headline = count_of(errors + warnings, "difference");
  } else {
    verdict.headline = verdict.complete ? "No differences" : "No differences in what could be read";
    if (settings > 0 && verdict.complete) verdict.headline += " in what was compared";
  }
  if (errors > 0 && warnings > 0) verdict.more += fmt::format(" ({} of them)", count_of(warnings, "warning"));
  if (errors == 0 && warnings > 0) verdict.more += " (warnings)";
  if (notes > 0) verdict.more += fmt::format(", {}", count_of(notes, "note"));
  if (waived > 0) verdict.more += fmt::format(", {} waived", waived);
  if (!verdict.complete) verdict.more += fmt::format(", {} unknown", count_of(comparison.unknown.size(), "thing"));
  // Where objects differ nobody takes the databases for equal.
  if (settings > 0 && !verdict.differs) {
    verdict.more +=
        fmt::format("; {} {}", count_of(settings, "database setting"), settings == 1 ? "differs" : "differ");
  }
  return verdict;
}

std::string compared_objects(const ComparisonCounts& counts) {
  const std::pair<std::size_t, std::string_view> parts[] = {
      {counts.tables, "table"}, {counts.columns, "column"},
      {counts.keys, "key"},     {counts.foreign_keys, "foreign key"},
      {counts.checks, "check"}, {counts.indexes, "index"},
      {counts.views, "view"},   {counts.sequences, "sequence"}};
  std::vector<std::string> words;
  for (const auto& [count, noun] : parts) {
    if (count > 0) words.push_back(count_of(count, noun));
  }
  return words.empty() ? "nothing" : joined(words);
}

std::string compared_sides(const Comparison& comparison) {
  return fmt::format("{} against {}", comparison.left_label, comparison.right_label);
}

std::string summary_sentence(const Comparison& comparison) {
  const Verdict verdict = verdict_of(comparison);
  return fmt::format("{}{}: {}. Compared: {}.", verdict.headline, verdict.more, compared_sides(comparison),
                     compared_objects(comparison.counts));
}

std::vector<std::string> stand_in_sentences(const Comparison& comparison) {
  std::vector<std::string> sentences;
  const auto add = [&sentences](const ComparedSide& side, std::string_view where) {
    if (side.genuine) return;
    sentences.push_back(
        fmt::format("{} on the {} is not {} itself: it stands in for it.", side.product, where, side.engine));
    if (!side.deviations.empty()) sentences.back() += " Known deviations: " + joined(side.deviations);
  };
  add(comparison.left, "left");
  add(comparison.right, "right");
  return sentences;
}

std::vector<std::string> unknown_sentences(const Comparison& comparison) {
  std::vector<std::string> sentences;
  for (const catalog::Unknown& entry : comparison.unknown) {
    const std::string object = entry.object == "*" ? "the whole database" : entry.object;
    sentences.push_back(fmt::format("{} of {}: {}", entry.what, object, entry.reason));
  }
  return sentences;
}

std::vector<std::string> compatible_sentences(const Comparison& comparison) {
  std::vector<std::string> sentences;
  for (const CompatibleTypes& types : comparison.compatible) {
    sentences.push_back(
        fmt::format("{}: {} / {}: {}", count_of(types.columns, "column"), types.left, types.right, types.reason));
  }
  return sentences;
}

bool is_part_of_table(const Difference& difference) {
  return !difference.table.empty() && difference.kind != "table" && difference.kind != "view";
}

std::string subject_of(const Difference& difference) {
  if (difference.name.empty()) return difference.kind;
  return difference.kind.empty() ? difference.name : fmt::format("{} {}", difference.kind, difference.name);
}

std::string qualified_object(const Difference& difference) {
  const std::string object = difference.object();
  if (difference.schema.empty() || difference.kind == "schema") return object;
  return object.empty() ? difference.schema : difference.schema + "." + object;
}

std::string message_of(const Difference& difference) {
  if (!difference.message.empty()) return difference.message;
  const auto side = [](const std::string& text) { return text.empty() ? std::string("absent") : shortened(text); };
  return fmt::format("{} of {}: {} on the left, {} on the right.", difference.code, qualified_object(difference),
                     side(difference.left), side(difference.right));
}

std::string_view why_of(std::string_view code) {
  const DifferenceExplanation* explanation = explain_difference(code);
  return explanation ? explanation->why : std::string_view();
}

std::string origin_of(const DifferenceSide& side) {
  return side.file.empty() || side.line <= 0 ? side.file : fmt::format("{}:{}", side.file, side.line);
}

std::vector<std::string> origins_of(const Difference& difference) {
  std::vector<std::string> origins;
  for (const DifferenceSide* side : {&difference.left_side, &difference.right_side}) {
    std::string origin = origin_of(*side);
    if (!origin.empty() && (origins.empty() || origins.front() != origin)) origins.push_back(std::move(origin));
  }
  return origins;
}

ShownSides shown_sides(const Difference& difference) {
  const DifferenceSide& left = difference.left_side;
  const DifferenceSide& right = difference.right_side;
  // What differs may be absent though the object is there (a default), so the printed forms decide before the names.
  const auto weight = [](const DifferenceSide& side, const std::string& printed) {
    if (side.file.empty()) return 0;
    return 1 + (side.name.empty() ? 0 : 1) + (printed.empty() ? 0 : 2);
  };
  const int left_weight = weight(left, difference.left);
  const int right_weight = weight(right, difference.right);
  ShownSides shown;
  if (left_weight == 0 && right_weight == 0) return shown;
  shown.main_is_left = left_weight >= right_weight;
  shown.main = shown.main_is_left ? &left : &right;
  if (left_weight > 0 && right_weight > 0) shown.other = shown.main_is_left ? &right : &left;
  return shown;
}

std::vector<const Difference*> waived_differences(const Comparison& comparison) {
  std::vector<const Difference*> waived;
  for (const Difference& difference : comparison.differences) {
    if (!difference.waived.empty()) waived.push_back(&difference);
  }
  return waived;
}

std::vector<DifferenceGroup> group_differences(const Comparison& comparison) {
  Groups groups(comparison);
  for (const Difference& difference : comparison.differences) {
    if (difference.waived.empty()) groups.add(difference);
  }
  return groups.take();
}

}  // namespace paripassu::report
