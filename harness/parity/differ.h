#pragma once

#include "harness/parity/difference.h"
#include "harness/project/configuration.h"

namespace paripassu {

struct ComparisonOptions {
  NameMatching names = NameMatching::fold;
  /// Schemas that pair although their names differ, left to right; the default schemas pair always.
  std::map<std::string, std::string> schema_pairs;
  bool compare_column_order = false;
  bool compare_enum_order = false;  ///< whether labels of an enum in another order are a difference
  std::vector<EquivalentTypes> equivalent_types;
  /// Answers for the engines that the catalogs name: how their expressions are read, what their collations mean.
  /// Without it, or for an engine that it does not have, expressions are compared as text. Must outlive the comparison.
  const BackendRegistry* engines = nullptr;
};

/// Compares two catalogs, of the same engine or of two. Symmetric: swapping the sides swaps left and right in
/// every difference and turns "missing" into "extra". Comparing a catalog with itself gives nothing.
///
/// - Tables, columns and schemas pair by name under `options.names`; two names of one side that fold to the
///   same word are an ambiguity, reported as a difference (`name-ambiguous`) and compared exactly.
/// - Keys, foreign keys, checks and indexes pair by definition, never by a name that may be the server's own;
///   what is left over pairs by name, when both sides have it, as "changed" instead of "missing" and "extra".
/// - Expressions (defaults, checks, computed columns, index expressions and predicates) are compared in their normal
/// form
///   (normal_form.h). Within one engine equal texts are equal; what could not be understood is reported as such
///   (`expression-not-understood`), never passed over.
/// - "missing" means: on the left and not on the right; "extra": on the right and not on the left.
Comparison compare(const catalog::Catalog& left, const catalog::Catalog& right, const ComparisonOptions& options);

}  // namespace paripassu
