#include <fmt/format.h>

#include "harness/parity/compare_context.h"

namespace paripassu::parity {
namespace {

std::string collation_words(const catalog::Catalog& catalog) {
  const catalog::CollationMeaning& meaning = *catalog.collation_meaning;
  return fmt::format("{}, {} ({})", meaning.case_sensitive ? "case-sensitive" : "case-insensitive",
                     meaning.accent_sensitive ? "accent-sensitive" : "accent-insensitive",
                     catalog.collation.empty() ? "default" : catalog.collation);
}

}  // namespace

void compare_database_settings(CompareContext& context) {
  const catalog::Catalog& left = context.left;
  const catalog::Catalog& right = context.right;
  if (!left.collation_meaning || !right.collation_meaning || left.collation_meaning == right.collation_meaning) return;
  if (context.same_engine) {
    // Whoever set up one of the two chose it, and every column without a collation of its own follows.
    const CompareContext::Place whole_database{CompareContext::Place::Side{}, CompareContext::Place::Side{}};
    context.report_changed("database-collation", whole_database, "database", {"collation", "collation", "collation"},
                           collation_words(left), collation_words(right), "the comparison of texts");
    return;
  }
  context.result.settings.push_back(
      fmt::format("texts compare {} on the left, {} on the right", collation_words(left), collation_words(right)));
}

}  // namespace paripassu::parity
