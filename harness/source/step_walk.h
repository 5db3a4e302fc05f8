#pragma once

#include <cstdint>
#include <future>
#include <string>
#include <utility>
#include <vector>

#include "backends/catalog/catalog.h"
#include "harness/migrate/migrator.h"
#include "harness/parity/origin.h"
#include "harness/source/source.h"

/// What walks over the migrations of two engines side by side share.
namespace paripassu {

/// A version, and where each engine's list has it; at least one does.
struct RevisionPair {
  const Revision* left = nullptr;
  const Revision* right = nullptr;

  const Revision& any() const { return left != nullptr ? *left : *right; }
};

/// Both lists as one, every version once, in an order that keeps those of both sides where they agree. Of two versions
/// that the other side does not know, the one with the smaller number comes first; repeatable migrations come last.
/// Versions are equal in the sense of compare_versions. The lists must outlive the result.
std::vector<RevisionPair> merge_revisions(const std::vector<Revision>& left, const std::vector<Revision>& right);

/// Runs `right` on a thread of its own and `left` on this one; both have ended when this returns or throws. Throws what
/// `left` throws, else what `right` throws.
template <class Left, class Right>
void run_both(Left left, Right right) {
  std::future<void> other = std::async(std::launch::async, std::move(right));
  try {
    left();
  } catch (...) {
    other.wait();
    throw;
  }
  other.get();
}

/// One engine's side of a walk: what its migrations have made so far, and which of them made it. `Database` has
///
///     const Migrator& migrator();
///     std::vector<std::int64_t> up(const std::string& version);   // Migrator::Run::up_to
///     catalog::Catalog catalog();
///
/// All of them may throw Error. The loader and the database must outlive it.
template <class Database>
class StepSide {
 public:
  StepSide(SourceLoader& loader, Database& database, bool skip_database_commands)
      : loader_(loader), database_(database), skip_database_commands_(skip_database_commands) {
    read_catalog();
  }

  const catalog::Catalog& catalog() const { return catalog_; }
  /// nullptr where they are not known: the migrations are no scripts.
  const Origins* origins() const { return database_.migrator().scripts() == nullptr ? nullptr : &origins_; }

  /// Applies it, if there is anything to do on this engine.
  void advance(const Revision* revision) {
    if (revision == nullptr || !revision->has_up) return;
    database_.up(revision->version);
    loader_.add_origins(origins_, database_.migrator(), *revision, skip_database_commands_);
    read_catalog();
  }

 private:
  void read_catalog() {
    catalog_ = database_.catalog();
    origins_.describe(catalog_);
  }

  SourceLoader& loader_;
  Database& database_;
  bool skip_database_commands_;
  catalog::Catalog catalog_;
  Origins origins_;
};

}  // namespace paripassu
