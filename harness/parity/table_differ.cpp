#include <algorithm>

#include "harness/parity/compare_context.h"
#include "harness/parity/describe.h"

namespace paripassu::parity {
namespace {

using catalog::Policy;
using catalog::Table;

std::string describe_policy(const Policy& policy) {
  std::string roles;
  for (const std::string& role : policy.roles) roles += (roles.empty() ? " to " : ", ") + role;
  return "for " + (policy.command.empty() ? std::string("all") : policy.command) + roles +
         (policy.definition.empty() ? std::string() : " " + policy.definition);
}

std::vector<std::string> policy_names(const std::vector<Policy>& policies) {
  std::vector<std::string> names;
  for (const Policy& policy : policies) names.push_back(policy.name);
  return names;
}

void compare_policies(CompareContext& context, const TablePair& pair) {
  const std::vector<Policy>& left = pair.left->policies;
  const std::vector<Policy>& right = pair.right->policies;
  if (left.empty() && right.empty()) return;
  if (!context.same_engine) {
    // No engine reads what the other calls a policy; that rows are guarded at all can be compared.
    if (left.empty() == right.empty()) return;
    const auto words = [](const std::vector<Policy>& policies) {
      return policies.empty() ? std::string("none") : describe_names(policy_names(policies));
    };
    context.report_changed("policy-changed", pair, "table", CompareContext::Names::of(*pair.left, *pair.right),
                           words(left), words(right), "the policies");
    return;
  }
  const auto left_names = names_of(left);
  const auto right_names = names_of(right);
  const NamePairs pairs = pair_names(left_names, right_names, context.options.names);
  for (const auto& [l, r] : pairs.pairs) {
    if (left[l].command == right[r].command && left[l].definition == right[r].definition &&
        left[l].roles == right[r].roles) {
      continue;
    }
    context.report_changed("policy-changed", pair, "policy", CompareContext::Names::of(left[l], right[r]),
                           describe_policy(left[l]), describe_policy(right[r]), "the definition");
  }
  const auto report = [&](const Policy& policy, bool on_left) {
    context.report_absent("policy-changed", "policy-changed", pair, "policy", policy.name, on_left,
                          describe_policy(policy));
  };
  for (const std::size_t l : pairs.left_only) report(left[l], true);
  for (const std::size_t r : pairs.right_only) report(right[r], false);
  context.report_ambiguities(pairs, left_names, right_names, pair, "policy");
}

std::string describe_grants(const std::vector<std::string>& grants) {
  if (grants.empty()) return "none";
  std::string out;
  for (const std::string& grant : grants) out += (out.empty() ? "" : ", ") + grant;
  return out;
}

void compare_grants(CompareContext& context, const TablePair& pair) {
  const std::vector<std::string>& left = pair.left->grants;
  const std::vector<std::string>& right = pair.right->grants;
  if (left == right) return;
  std::vector<std::string> left_only = left;
  std::vector<std::string> right_only = right;
  if (context.same_engine) {
    // Only what one side alone grants is of interest.
    std::sort(left_only.begin(), left_only.end());
    std::sort(right_only.begin(), right_only.end());
    const std::vector<std::string> all_left = left_only;
    std::erase_if(left_only, [&](const std::string& grant) {
      return std::binary_search(right_only.begin(), right_only.end(), grant);
    });
    std::erase_if(right_only, [&](const std::string& grant) {
      return std::binary_search(all_left.begin(), all_left.end(), grant);
    });
    if (left_only.empty() && right_only.empty()) return;
  } else if (left.empty() == right.empty()) {
    return;
  }
  context.report_changed("grants", pair, "table", CompareContext::Names::of(*pair.left, *pair.right),
                         describe_grants(left_only), describe_grants(right_only), "the grants");
}

void compare_partitioning(CompareContext& context, const TablePair& pair) {
  const std::string& left = pair.left->partition_key;
  const std::string& right = pair.right->partition_key;
  // Each engine has its own words for how; within one, names that pair may be spelt differently.
  const bool same = context.same_engine ? context.same_word(left, right) : left.empty() == right.empty();
  if (same) {
    // The words for a partition's rows are the engine's own; others hold no partitions as tables.
    const std::string& left_bound = pair.left->partition_bound;
    const std::string& right_bound = pair.right->partition_bound;
    if (!context.same_engine || left_bound == right_bound) return;
    context.report_changed("partitioning", pair, "table", CompareContext::Names::of(*pair.left, *pair.right),
                           left_bound, right_bound, "the partition's rows");
    return;
  }
  const auto words = [](const std::string& key) { return key.empty() ? "not partitioned" : "partitioned by " + key; };
  context.report_changed("partitioning", pair, "table", CompareContext::Names::of(*pair.left, *pair.right), words(left),
                         words(right), "the partitioning");
}

/// Whose rows a query of the parent gives too. In which order the parents were named says nothing.
void compare_parents(CompareContext& context, const TablePair& pair) {
  const auto numbers = [&](bool on_left) {
    std::vector<int> out;
    for (const std::string& parent : pair.side(on_left).inherits) out.push_back(context.find_table(on_left, parent));
    std::sort(out.begin(), out.end());
    return out;
  };
  if (numbers(true) == numbers(false)) return;
  const auto words = [](const Table& table) {
    return table.inherits.empty() ? std::string("nothing") : describe_names(table.inherits);
  };
  context.report_changed("table-inherits", pair, "table", CompareContext::Names::of(*pair.left, *pair.right),
                         words(*pair.left), words(*pair.right), "the parents");
}

std::string_view row_security_words(const CompareContext& context, const Table& table) {
  if (!table.row_security) return "off";
  // Of two engines, each has its own idea of who is exempt.
  return table.row_security_forced && context.same_engine ? "on, for the owner as well" : "on";
}

}  // namespace

void compare_table_properties(CompareContext& context, const TablePair& pair) {
  const Table& left = *pair.left;
  const Table& right = *pair.right;
  const auto report = [&](KnownCode code, std::string_view left_text, std::string_view right_text,
                          std::string_view what) {
    context.report_changed(code, pair, "table", CompareContext::Names::of(left, right), std::string(left_text),
                           std::string(right_text), what);
  };
  if (left.partition_key != right.partition_key || left.partition_bound != right.partition_bound) {
    compare_partitioning(context, pair);
  }
  if (!left.inherits.empty() || !right.inherits.empty()) compare_parents(context, pair);
  const std::string_view left_security = row_security_words(context, left);
  const std::string_view right_security = row_security_words(context, right);
  if (left_security != right_security) {
    report("row-security", left_security, right_security, "the row-level security");
  }
  // Where the old rows are kept is told by the tables themselves.
  if (left.history_table.empty() != right.history_table.empty()) {
    const auto words = [](const Table& table) {
      return table.history_table.empty() ? std::string("not kept") : "kept in " + table.history_table;
    };
    report("table-history", words(left), words(right), "the old versions of rows");
  }
  if (left.persistent != right.persistent) {
    const auto words = [](const Table& table) { return table.persistent ? "logged" : "unlogged"; };
    report("table-unlogged", words(left), words(right), "the logging");
  }
  compare_policies(context, pair);
  compare_grants(context, pair);
  if (left.comment || right.comment) {
    context.compare_comments(pair, "table", CompareContext::Names::of(left, right), left.comment, right.comment);
  }
}

}  // namespace paripassu::parity
