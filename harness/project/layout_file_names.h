#pragma once

#include <string>
#include <string_view>

#include "backends/backend.h"
#include "harness/project/migration_layouts.h"

namespace paripassu {

bool all_digits(std::string_view text);
/// "0001_name.sql": digits, then '_'.
bool begins_with_number(std::string_view name);

/// "… is not a migration of the … layout: reason; expected …".
Error misfit(const std::string& path, const std::string& layout, const std::string& reason = "");

/// The engine that a word in a file name or the name of a folder stands for; nullptr when there is none.
const Backend* engine_of_word(const std::string& word, const BackendRegistry& registry);

/// pop's word for an engine that this program does not have, in a name such as 1_x.mysql.up.sql; else empty.
std::string other_engine_in_popx(std::string_view file_name, const BackendRegistry& registry);
/// 20190101000000_testdata.sql and 20190101000000_testdata.postgres.sql: rows of popx's tests.
bool is_popx_testdata(std::string_view file_name);

// What a file name says. `folder_engine`: the engine whose folder it is, or empty. Each throws Error(configuration) for
// a name that does not fit its layout, with the rule.

MigrationFile parse_native(const std::string& path, std::string_view file_name, const std::string& folder_engine,
                           const BackendRegistry& registry, bool is_popx);
MigrationFile parse_flyway(const std::string& path, std::string_view file_name, const std::string& folder_engine);
/// `layout`: dbmate or goose.
MigrationFile parse_sections(const std::string& path, std::string_view file_name, const std::string& folder_engine,
                             const std::string& layout);

}  // namespace paripassu
