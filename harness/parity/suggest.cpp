#include "harness/parity/suggest.h"

#include <fmt/format.h>

#include <algorithm>

#include "backends/backend.h"
#include "backends/error.h"
#include "harness/parity/suggest_plan.h"

namespace paripassu {
namespace {

/// Lines of a comment; no character of `text` can end one.
void append_comment(std::string& out, std::string_view text) {
  out += "-- ";
  for (const char c : text) {
    if (c == '\n') {
      out += "\n-- ";
    } else if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F) {
      out += ' ';
    } else {
      out += c;
    }
  }
  out += '\n';
}

}  // namespace

Suggestion suggest(const Comparison& comparison, const SuggestSide& left, const SuggestSide& right,
                   SuggestTarget target, const ComparisonOptions& options) {
  return parity::Suggester(comparison, left, right, target, options).run();
}

Suggestion suggest(const Comparison& comparison, const catalog::Catalog& left, const catalog::Catalog& right,
                   SuggestTarget target, const ComparisonOptions& options) {
  const auto side = [&](const catalog::Catalog& catalog) {
    const Backend* backend = options.engines != nullptr ? options.engines->find(catalog.engine) : nullptr;
    if (backend == nullptr) {
      throw Error(ErrorCategory::usage,
                  "nothing is known of the engine " + catalog.engine + ", so no SQL can be suggested")
          .with_remedy("Compare catalogs of the engines that `paripassu doctor` lists.");
    }
    return SuggestSide{catalog, backend->ddl_writer(), backend->expression_reader()};
  };
  const SuggestSide left_side = side(left);
  const SuggestSide right_side = side(right);
  return suggest(comparison, left_side, right_side, target, options);
}

std::string suggestion_text(const Suggestion& suggestion, const DdlWriter& writer) {
  std::string out;
  append_comment(out, "Draft of a migration. " + suggestion.title);
  append_comment(out, "Nothing of this was executed. Read it, and try it on a copy, before you run it.");
  if (suggestion.waived > 0) append_comment(out, fmt::format("Left out, since waived: {}.", suggestion.waived));
  if (suggestion.unanswered > 0) {
    append_comment(out, fmt::format("Without a statement, for the reason given: {}.", suggestion.unanswered));
  }
  if (suggestion.steps.empty()) {
    append_comment(out, "There is nothing to do.");
    return out;
  }
  const bool has_statements = std::any_of(suggestion.steps.begin(), suggestion.steps.end(),
                                          [](const SuggestedStep& step) { return !step.statements.empty(); });
  if (has_statements) {
    for (const std::string& statement : writer.opening()) out += "\n" + writer.terminated(statement);
  }
  for (const SuggestedStep& step : suggestion.steps) {
    out += '\n';
    const std::string head =
        fmt::format("{}: {}{}{}", step.code, step.object, step.detail.empty() ? "" : ": ", step.detail);
    append_comment(out, head);
    for (const std::string& remark : step.remarks) append_comment(out, "  " + remark);
    for (const std::string& statement : step.commented) append_comment(out, "  " + statement + ";");
    for (std::size_t i = 0; i < step.statements.size(); ++i) {
      if (i > 0) append_comment(out, head);
      out += writer.terminated(step.statements[i]);
    }
  }
  return out;
}

}  // namespace paripassu
