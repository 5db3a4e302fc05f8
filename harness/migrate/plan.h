#pragma once

#include <optional>
#include <string>
#include <vector>

#include "backends/ledger.h"
#include "harness/project/migration.h"

namespace paripassu {

/// Where a migration stands when folder and ledger are laid side by side.
enum class MigrationState {
  applied,
  baseline,  ///< declared applied
  pending,
  outdated,       ///< a repeatable migration whose script has changed: it will run again
  half_applied,   ///< stopped half way up
  half_reverted,  ///< stopped half way down
  changed,        ///< applied, but the script is not the one that was applied
  missing,        ///< in the ledger, but not in the folder
  out_of_order,   ///< pending, but older than one that is applied
};

std::string_view to_string(MigrationState state);

struct MigrationStatus {
  MigrationState state = MigrationState::pending;
  std::string version;
  std::string name;
  const Migration* migration = nullptr;  ///< null when missing; points into the MigrationSet
  std::optional<LedgerEntry> entry;
};

/// Every migration of the folder that has an up for this engine, and every ledger entry without one, in version order.
/// The pointers live as long as `set`.
std::vector<MigrationStatus> migration_status(const MigrationSet& set, const std::vector<LedgerEntry>& ledger);

/// Throws Error(migration) that lists every changed, missing and out-of-order migration, with files and what to do,
/// before anything runs.
void require_consistent(const std::vector<MigrationStatus>& status, bool allow_out_of_order);

/// The migrations that `up` will run, in order: first the half-applied one, then pending ones up to `to` or `steps`,
/// then repeatable ones. Throws Error(usage) when `to` names no migration, Error(migration) when one is half reverted.
std::vector<const MigrationStatus*> plan_up(const std::vector<MigrationStatus>& status,
                                            const std::optional<std::string>& to, std::optional<int> steps);

/// The migrations that `down` will revert, newest first: `steps` of them (one unless told), or all above `to` ("0" for
/// all). Throws Error(migration), naming it, when one of them has no down script or is a baseline.
std::vector<const MigrationStatus*> plan_down(const std::vector<MigrationStatus>& status,
                                              const std::optional<std::string>& to, std::optional<int> steps);

}  // namespace paripassu
