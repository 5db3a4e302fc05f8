#include <fmt/format.h>

#include <algorithm>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"

namespace paripassu::parity {
namespace {

using catalog::Catalog;
using catalog::Table;

/// What exists on one side and cannot be compared with another engine's, or not at all.
struct PassedOver {
  std::size_t other_types = 0;
  std::size_t policies = 0;
  std::size_t grants = 0;
  std::size_t partitioned = 0;
  std::size_t partitions = 0;
  std::size_t foreign = 0;
  std::size_t comments = 0;
};

template <typename Objects>
std::size_t comments_of(const Objects& objects) {
  return static_cast<std::size_t>(
      std::count_if(objects.begin(), objects.end(), [](const auto& object) { return object.comment.has_value(); }));
}

PassedOver count(const Catalog& catalog) {
  PassedOver out;
  for (const catalog::Schema& schema : catalog.schemas) {
    out.comments += comments_of(schema.sequences) + comments_of(schema.types);
    for (const catalog::UserType& type : schema.types) {
      const bool seen_in_columns = type.kind == "enum" || type.kind == "domain" || type.kind == "alias";
      out.other_types += seen_in_columns ? 0u : 1u;
    }
    for (const Table& table : schema.tables) {
      out.policies += table.policies.size();
      out.grants += table.grants.size();
      out.partitioned += table.partition_key.empty() ? 0u : 1u;
      out.partitions += table.partition_of.empty() ? 0u : 1u;
      out.foreign += table.foreign ? 1u : 0u;
    }
  }
  return out;
}

void add_sides(std::vector<std::string>& lines, std::string_view what, std::size_t left, std::size_t right) {
  if (left == 0 && right == 0) return;
  lines.push_back(fmt::format("{}: {} on the left, {} on the right", what, left, right));
}

/// Of what is compared by presence: only where both sides have it is anything passed over.
void add_both(std::vector<std::string>& lines, std::string_view what, std::size_t left, std::size_t right) {
  if (left > 0 && right > 0) add_sides(lines, what, left, right);
}

void add_pairs(std::vector<std::string>& lines, std::string_view what, std::size_t pairs) {
  if (pairs > 0) lines.push_back(fmt::format("{}: {}", what, pairs));
}

/// The parts of a table or view that exist but may not be read, as one entry.
void add_hidden(std::vector<catalog::Unknown>& unknown, std::string_view side, const std::string& schema,
                const std::string& object, const std::vector<std::string>& parts) {
  if (parts.empty()) return;
  std::string what;
  for (const std::string& part : parts) what += (what.empty() ? "" : ", ") + part;
  unknown.push_back({schema.empty() ? object : schema + "." + object, what,
                     fmt::format("{}: this user may not read the definition", side)});
}

void add_unknown(std::vector<catalog::Unknown>& unknown, std::string_view side, const Catalog& catalog) {
  for (const catalog::Unknown& entry : catalog.unknown) {
    unknown.push_back({entry.object, entry.what, fmt::format("{}: {}", side, entry.reason)});
  }
  for (const catalog::Schema& schema : catalog.schemas) {
    for (const Table& table : schema.tables) {
      std::vector<std::string> parts;
      for (const catalog::Column& column : table.columns) {
        if (column.default_value && column.default_value->hidden) parts.push_back("default of " + column.name);
        if (column.computed && column.computed->expression.hidden) parts.push_back("expression of " + column.name);
      }
      for (const catalog::Check& check : table.checks) {
        if (check.expression.hidden) parts.push_back("check " + check.name);
      }
      for (const catalog::Index& index : table.indexes) {
        if (index.predicate && index.predicate->hidden) parts.push_back("predicate of index " + index.name);
      }
      for (const catalog::Trigger& trigger : table.triggers) {
        if (trigger.definition.hidden) parts.push_back("trigger " + trigger.name);
      }
      add_hidden(unknown, side, schema.name, table.name, parts);
    }
    for (const catalog::View& view : schema.views) {
      if (view.definition.hidden) add_hidden(unknown, side, schema.name, view.name, {"definition of the view"});
    }
    for (const catalog::Routine& routine : schema.routines) {
      if (routine.hidden) add_hidden(unknown, side, schema.name, routine.name, {"body of the routine"});
    }
  }
}

}  // namespace

void report_coverage(CompareContext& context) {
  const PassedOver left = count(context.left);
  const PassedOver right = count(context.right);
  std::vector<std::string>& lines = context.result.not_compared;

  add_pairs(lines, "definitions of views", context.view_definitions);
  add_pairs(lines, context.same_engine ? "definitions of triggers" : "bodies of triggers", context.trigger_bodies);
  if (!context.same_engine) {
    add_pairs(lines, "bodies of routines", context.routine_bodies);
    add_pairs(lines, "names and defaults of parameters of routines", context.routine_parameters);
    add_pairs(lines, "columns of the rows that routines return", context.routine_rows);
    add_pairs(lines, "collations of columns whose meaning is not known", context.unknown_collations);
    add_sides(lines, "composite, range and table types", left.other_types, right.other_types);
    add_sides(lines, "partitions", left.partitions, right.partitions);
    add_both(lines, "how tables are partitioned", left.partitioned, right.partitioned);
    add_both(lines, "conditions of row security policies", left.policies, right.policies);
    add_both(lines, "who is granted what", left.grants, right.grants);
    add_sides(lines, "comments on sequences and types", left.comments, right.comments);
  }
  add_sides(lines, "foreign tables: their server and options", left.foreign, right.foreign);

  add_unknown(context.result.unknown, "left", context.left);
  add_unknown(context.result.unknown, "right", context.right);
}

}  // namespace paripassu::parity
