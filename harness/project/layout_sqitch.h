#pragma once

#include <string>
#include <string_view>
#include <vector>

#include "harness/project/migration_layouts.h"

namespace paripassu {

inline constexpr const char* kSqitchPlan = "sqitch.plan";

/// One line of a plan that is a change.
struct SqitchChange {
  std::string name;
  int line = 0;                   ///< in the plan
  std::vector<std::string> tags;  ///< that follow it before the next change
  /// Where the change is planned again further down, its scripts are called NAME@TAG.sql, by one of the tags between
  /// the two; the newest first. Empty: NAME.sql.
  std::vector<std::string> rework_tags;
};

/// Reads a plan (sqitchtutorial, App::Sqitch::Plan): pragmas, changes with dependencies, tags, notes. Throws
/// Error(configuration) with the line: no `%project`, a line or a name that sqitch does not take, a change or tag twice
/// (a change may come again behind a tag), a dependency that the plan has not, has later or that it conflicts with, a
/// change that reverts another one. A dependency on another project is a warning, since nothing here can check it.
std::vector<SqitchChange> read_sqitch_plan(std::string_view text, const std::string& file,
                                           std::vector<std::string>& warnings);

/// The scripts of the changes of `dir`/sqitch.plan in deploy/, revert/ and verify/, in the order of the plan, which is
/// the version. Throws Error(configuration) for a change without a deploy script. Scripts that no change has are a
/// warning.
std::vector<MigrationFile> list_sqitch(const std::string& dir, const std::string& folder_engine,
                                       std::vector<std::string>& warnings);

}  // namespace paripassu
