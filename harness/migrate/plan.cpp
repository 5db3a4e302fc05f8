#include "harness/migrate/plan.h"

#include <fmt/format.h>

#include <algorithm>
#include <map>

namespace paripassu {

namespace {

std::string label(const MigrationStatus& status) {
  return status.name.empty() || status.name == status.version ? status.version : status.version + " " + status.name;
}

bool is_done(MigrationState state) {
  return state == MigrationState::applied || state == MigrationState::baseline || state == MigrationState::changed ||
         state == MigrationState::missing || state == MigrationState::outdated;
}

MigrationState state_of(const Migration& migration, const LedgerEntry& entry) {
  if (entry.going_down) return MigrationState::half_reverted;
  if (!entry.complete()) return MigrationState::half_applied;
  if (entry.kind == LedgerEntry::Kind::baseline) return MigrationState::baseline;
  if (migration.up && entry.checksum == migration.up->checksum) return MigrationState::applied;
  return migration.kind == Migration::Kind::repeatable ? MigrationState::outdated : MigrationState::changed;
}

}  // namespace

std::string_view to_string(MigrationState state) {
  switch (state) {
    case MigrationState::applied:
      return "applied";
    case MigrationState::baseline:
      return "baseline";
    case MigrationState::pending:
      return "pending";
    case MigrationState::outdated:
      return "outdated";
    case MigrationState::half_applied:
      return "half applied";
    case MigrationState::half_reverted:
      return "half reverted";
    case MigrationState::changed:
      return "changed";
    case MigrationState::missing:
      return "missing";
    case MigrationState::out_of_order:
      return "out of order";
  }
  return "pending";
}

std::vector<MigrationStatus> migration_status(const MigrationSet& set, const std::vector<LedgerEntry>& ledger) {
  std::map<std::pair<bool, std::string>, const LedgerEntry*> entries;
  std::string newest_applied;
  for (const LedgerEntry& entry : ledger) {
    const bool repeatable = entry.kind == LedgerEntry::Kind::repeatable;
    entries.emplace(std::make_pair(repeatable, entry.version), &entry);
    if (!repeatable && (newest_applied.empty() || compare_versions(entry.version, newest_applied) > 0))
      newest_applied = entry.version;
  }
  std::vector<MigrationStatus> result;
  for (const Migration& migration : set.migrations) {
    const bool repeatable = migration.kind == Migration::Kind::repeatable;
    const auto found = std::find_if(entries.begin(), entries.end(), [&](const auto& one) {
      return one.first.first == repeatable && (repeatable ? one.first.second == migration.version
                                                          : compare_versions(one.first.second, migration.version) == 0);
    });
    if (!migration.up && found == entries.end()) continue;  // nothing to do on this engine
    MigrationStatus status;
    status.version = migration.version;
    status.name = migration.name;
    status.migration = &migration;
    if (found != entries.end()) {
      status.entry = *found->second;
      status.state = state_of(migration, *found->second);
      entries.erase(found);
    } else if (!repeatable && !newest_applied.empty() && compare_versions(migration.version, newest_applied) < 0) {
      status.state = MigrationState::out_of_order;
    }
    result.push_back(std::move(status));
  }
  for (const auto& [key, entry] : entries) {
    MigrationStatus status;
    status.version = entry->version;
    status.name = entry->name;
    status.state = MigrationState::missing;
    status.entry = *entry;
    result.push_back(std::move(status));
  }
  const auto is_repeatable = [](const MigrationStatus& status) {
    return status.migration != nullptr ? status.migration->kind == Migration::Kind::repeatable
                                       : status.entry->kind == LedgerEntry::Kind::repeatable;
  };
  std::stable_sort(result.begin(), result.end(), [&](const MigrationStatus& left, const MigrationStatus& right) {
    if (is_repeatable(left) != is_repeatable(right)) return is_repeatable(right);
    if (is_repeatable(left)) return left.version < right.version;
    return compare_versions(left.version, right.version) < 0;
  });
  return result;
}

void require_consistent(const std::vector<MigrationStatus>& status, bool allow_out_of_order) {
  std::string problems;
  int count = 0;
  const auto add = [&](const std::string& line) {
    problems += (problems.empty() ? "" : "\n  ") + line;
    ++count;
  };
  for (const MigrationStatus& one : status) {
    if (one.state == MigrationState::changed) {
      add(fmt::format("{} was changed after it was applied ({}: checksum {} in the ledger, {} now)", label(one),
                      one.migration->up ? one.migration->up->file : "its file is gone", one.entry->checksum,
                      one.migration->up ? one.migration->up->checksum : "none"));
    } else if (one.state == MigrationState::missing && one.entry->kind != LedgerEntry::Kind::baseline) {
      add(fmt::format("{} was applied on {} but is not in the folder", label(one), one.entry->started));
    } else if (one.state == MigrationState::out_of_order && !allow_out_of_order) {
      add(fmt::format("{} is not applied, but a later version is ({})", label(one), one.migration->up->file));
    }
  }
  if (count == 0) return;
  throw Error(ErrorCategory::migration,
              fmt::format("the ledger and the migrations disagree; nothing was run\n  {}", problems))
      .with_remedy(
          "restore the file, or write a new migration; `migrate repair` accepts changed and missing ones as they are; "
          "--allow-out-of-order runs older ones");
}

std::vector<const MigrationStatus*> plan_up(const std::vector<MigrationStatus>& status,
                                            const std::optional<std::string>& to, std::optional<int> steps) {
  if (to && std::none_of(status.begin(), status.end(),
                         [&](const MigrationStatus& one) { return compare_versions(one.version, *to) == 0; }))
    throw Error(ErrorCategory::usage, "there is no migration with version " + *to)
        .with_remedy("`paripassu migrate status` lists the versions");
  std::vector<const MigrationStatus*> plan;
  for (const MigrationStatus& one : status) {
    if (one.state == MigrationState::half_reverted)
      throw Error(ErrorCategory::migration, label(one) + " was stopped half way down")
          .with_remedy("run `migrate down`, which goes on where it stopped");
    const bool repeatable = one.migration != nullptr && one.migration->kind == Migration::Kind::repeatable;
    // Repeatable migrations describe the newest schema: they wait until it is there.
    if (repeatable && (to || steps)) continue;
    if (to && !repeatable && compare_versions(one.version, *to) > 0) continue;
    if (is_done(one.state) && one.state != MigrationState::outdated) continue;
    if (steps && static_cast<int>(plan.size()) >= *steps) break;
    plan.push_back(&one);
  }
  std::stable_partition(plan.begin(), plan.end(),
                        [](const MigrationStatus* one) { return one->state == MigrationState::half_applied; });
  return plan;
}

std::vector<const MigrationStatus*> plan_down(const std::vector<MigrationStatus>& status,
                                              const std::optional<std::string>& to, std::optional<int> steps) {
  const bool all = to && (*to == "0" || to->empty());
  if (to && !all && std::none_of(status.begin(), status.end(), [&](const MigrationStatus& one) {
        return compare_versions(one.version, *to) == 0;
      }))
    throw Error(ErrorCategory::usage, "there is no migration with version " + *to)
        .with_remedy("`paripassu migrate status` lists the versions; --to 0 reverts all");
  std::vector<const MigrationStatus*> plan;
  const int count = steps.value_or(to ? -1 : 1);
  for (auto one = status.rbegin(); one != status.rend(); ++one) {
    const bool repeatable = one->migration != nullptr && one->migration->kind == Migration::Kind::repeatable;
    if (repeatable || !one->entry || one->entry->kind == LedgerEntry::Kind::repeatable) continue;
    if (to && !all && compare_versions(one->version, *to) <= 0) break;
    if (count >= 0 && static_cast<int>(plan.size()) >= count) break;
    plan.push_back(&*one);
  }
  for (const MigrationStatus* one : plan) {
    if (one->state == MigrationState::half_applied)
      throw Error(ErrorCategory::migration, label(*one) + " was stopped half way up")
          .with_remedy("run `migrate up`, which goes on where it stopped, and then `migrate down`");
    if (one->state == MigrationState::baseline)
      throw Error(ErrorCategory::migration, label(*one) + " is a baseline: it was never run, so it cannot be reverted")
          .with_remedy("revert to a version above it with --to");
    if (one->migration == nullptr || !one->migration->down)
      throw Error(ErrorCategory::migration, label(*one) + " cannot be reverted: it has no down script")
          .with_position({one->migration != nullptr && one->migration->up ? one->migration->up->file : "", 0, 0})
          .with_remedy("write its .down.sql, or go forward with a new migration");
  }
  return plan;
}

}  // namespace paripassu
