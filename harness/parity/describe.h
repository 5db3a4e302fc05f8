#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "backends/catalog/catalog.h"

/// Objects in the words of a report: SQL-like, of no engine, names as they are. Private to the room.
namespace paripassu::parity {

/// "(a, b)".
std::string describe_names(const std::vector<std::string>& names);
/// "1 table", "3 tables"; `noun` takes an s.
std::string describe_count(std::size_t count, std::string_view noun);
/// "integer NOT NULL IDENTITY DEFAULT 1".
std::string describe(const catalog::Column& column);
/// "PRIMARY KEY (a, b)" or "UNIQUE NULLS NOT DISTINCT (a, b)".
std::string describe(const catalog::Key& key, bool primary);
/// "(customer_id) REFERENCES customers (id) ON DELETE CASCADE"; the schema is named where it is not `schema`.
std::string describe(const catalog::ForeignKey& key, std::string_view schema);
/// "ON DELETE CASCADE ON UPDATE NO ACTION".
std::string describe_actions(const catalog::ForeignKey& key);
/// "deferrable, initially immediate", of a key or foreign key.
std::string deferral_words(bool deferrable, bool initially_deferred);
/// "UNIQUE (a, b DESC) INCLUDE (c) WHERE a > 0 USING gin"; with `show_nulls`, also where NULLs are placed.
std::string describe(const catalog::Index& index, bool show_nulls = false);
/// The text, or a word in its place: never empty.
std::string describe(const catalog::Expression& expression);
std::string describe(const catalog::Trigger& trigger);
/// "before insert or update DISABLED": what engines have in common.
std::string describe_occasion(const catalog::Trigger& trigger);
std::string describe(const catalog::Routine& routine);
/// "function (day date) RETURNS integer": without language and body, names of parameters without T-SQL's "@".
std::string describe_signature(const catalog::Routine& routine);
std::string describe(const catalog::UserType& type);

/// One word for the ordinary ordered index, which engines call "btree", "nonclustered", "clustered"; else the method.
std::string index_method(const catalog::Index& index);

}  // namespace paripassu::parity
