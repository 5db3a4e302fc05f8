#pragma once

#include <cstddef>
#include <string>
#include <vector>

#include "backends/catalog/catalog.h"
#include "backends/ddl_writer.h"
#include "backends/expression_reader.h"
#include "harness/parity/differ.h"
#include "harness/parity/difference.h"

namespace paripassu {

/// One side of a comparison, with its engine's answers. What it refers to must outlive the call.
struct SuggestSide {
  const catalog::Catalog& catalog;
  const DdlWriter& writer;
  const ExpressionReader& reader;
};

enum class SuggestTarget { left, right };

/// What is to be done about one difference, or about what stands in its way.
struct SuggestedStep {
  std::string code;    ///< of the difference
  std::string object;  ///< of the difference: "orders.ix_orders_note"
  std::string detail;  ///< what is done where the difference does not say it: "index ix_note uses the column"; or empty
  std::vector<std::string> remarks;     ///< sentences for people
  std::vector<std::string> statements;  ///< without their ends, in order
  std::vector<std::string> commented;   ///< statements that a person must decide on: they lose data
};

/// A draft of a migration.
struct Suggestion {
  std::string title;                 ///< "Brings X in line with Y."
  std::vector<SuggestedStep> steps;  ///< in the order in which they can be executed
  std::size_t waived = 0;            ///< differences that were passed over, since the team accepts them
  std::size_t unanswered = 0;        ///< differences without a statement: the remarks of their steps say why
};

/// What would bring the target side in line with the other one: statements for tables, columns, keys, indexes, checks,
/// foreign keys, defaults, comments and sequences; a remark for each difference that has none.
///
/// - Nothing that loses data is a statement: DROP of a column, table or sequence is `commented`. Indexes, keys, checks,
///   foreign keys, defaults and comments that only the target has are dropped.
/// - What exists on the target keeps its name; what is new gets the name that the other side has, or none where the
///   other side's is the server's own.
/// - What a changed column's keys, indexes, checks and computed columns need is done: dropped before, made again after.
/// - Foreign keys come last, so that tables may come in any order.
///
/// `comparison` must be that of the two catalogs under `options`. Deterministic: equal arguments, equal result. Nothing
/// is executed, no server is asked.
Suggestion suggest(const Comparison& comparison, const SuggestSide& left, const SuggestSide& right,
                   SuggestTarget target, const ComparisonOptions& options);
/// The same with the engines of `options.engines`. Throws Error(usage) when it does not have that of a catalog.
Suggestion suggest(const Comparison& comparison, const catalog::Catalog& left, const catalog::Catalog& right,
                   SuggestTarget target, const ComparisonOptions& options);

/// The script: each statement with its end, under a comment that names code and object; all remarks as comments. It can
/// be read by the target engine's script reader.
std::string suggestion_text(const Suggestion& suggestion, const DdlWriter& writer);

}  // namespace paripassu
