#include <fmt/format.h>

#include <algorithm>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"

namespace paripassu::parity {
namespace {

using catalog::Catalog;
using catalog::Expression;
using catalog::Table;

/// What exists on one side and is passed over.
struct PassedOver {
  std::size_t triggers = 0;
  std::size_t routines = 0;
  std::size_t user_types = 0;
  std::size_t policies = 0;
  std::size_t grants = 0;
  std::size_t row_security = 0;
  std::size_t partitioned = 0;
  std::size_t partitions = 0;
  std::size_t unlogged = 0;
  std::size_t foreign = 0;
  std::size_t view_indexes = 0;
  std::size_t view_triggers = 0;
  std::size_t comments = 0;
  std::size_t collations = 0;
};

template <typename Objects>
std::size_t comments_of(const Objects& objects) {
  return static_cast<std::size_t>(
      std::count_if(objects.begin(), objects.end(), [](const auto& object) { return object.comment.has_value(); }));
}

void count_table(const Table& table, PassedOver& out) {
  out.triggers += table.triggers.size();
  out.policies += table.policies.size();
  out.grants += table.grants.size();
  out.row_security += table.row_security ? 1u : 0u;
  out.partitioned += table.partition_key.empty() ? 0u : 1u;
  out.partitions += table.partition_of.empty() ? 0u : 1u;
  out.unlogged += table.persistent ? 0u : 1u;
  out.foreign += table.foreign ? 1u : 0u;
  out.comments += (table.comment ? 1u : 0u) + comments_of(table.columns) + comments_of(table.unique_constraints) +
                  comments_of(table.foreign_keys) + comments_of(table.checks) + comments_of(table.indexes) +
                  (table.primary_key && table.primary_key->comment ? 1u : 0u);
  out.collations +=
      static_cast<std::size_t>(std::count_if(table.columns.begin(), table.columns.end(),
                                             [](const catalog::Column& column) { return !column.collation.empty(); }));
}

PassedOver count(const Catalog& catalog) {
  PassedOver out;
  for (const catalog::Schema& schema : catalog.schemas) {
    out.comments += (schema.comment ? 1u : 0u) + comments_of(schema.views) + comments_of(schema.sequences) +
                    comments_of(schema.routines) + comments_of(schema.types);
    out.routines += schema.routines.size();
    out.user_types += schema.types.size();
    for (const catalog::View& view : schema.views) {
      out.view_indexes += view.indexes.size();
      out.view_triggers += view.triggers.size();
      out.comments += comments_of(view.columns);
    }
    for (const Table& table : schema.tables) count_table(table, out);
  }
  return out;
}

void add_sides(std::vector<std::string>& lines, std::string_view what, std::size_t left, std::size_t right) {
  if (left == 0 && right == 0) return;
  lines.push_back(fmt::format("{}: {} on the left, {} on the right", what, left, right));
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

  add_pairs(lines, "expressions of defaults", context.default_pairs);
  add_pairs(lines, "expressions of checks", context.result.counts.checks);
  add_pairs(lines, "expressions of computed columns", context.computed_pairs);
  add_pairs(lines, "predicates of partial indexes", context.predicate_pairs);
  add_pairs(lines, "definitions of views", context.result.counts.views);
  add_pairs(lines, "start, increment and limits of identity columns", context.identity_pairs);
  add_pairs(lines, "type, start, increment and limits of sequences", context.result.counts.sequences);
  if (!context.same_engine) {
    add_sides(lines, "triggers", left.triggers + left.view_triggers, right.triggers + right.view_triggers);
    add_sides(lines, "routines", left.routines, right.routines);
    add_sides(lines, "user-defined types", left.user_types, right.user_types);
    add_sides(lines, "partitions", left.partitions, right.partitions);
  } else {
    add_sides(lines, "triggers of views", left.view_triggers, right.view_triggers);
  }
  add_sides(lines, "indexes of views", left.view_indexes, right.view_indexes);
  add_sides(lines, "partitioning of tables", left.partitioned, right.partitioned);
  add_sides(lines, "tables that are not logged", left.unlogged, right.unlogged);
  add_sides(lines, "foreign tables: their server and options", left.foreign, right.foreign);
  add_sides(lines, "row security policies", left.policies, right.policies);
  add_sides(lines, "tables with row security", left.row_security, right.row_security);
  add_sides(lines, "grants", left.grants, right.grants);
  add_sides(lines, "collations of columns", left.collations, right.collations);
  add_sides(lines, "comments", left.comments, right.comments);

  add_unknown(context.result.unknown, "left", context.left);
  add_unknown(context.result.unknown, "right", context.right);
}

}  // namespace paripassu::parity
