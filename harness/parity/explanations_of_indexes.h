#pragma once

#include <array>

#include "harness/parity/difference_explanations.h"

/// Explanations of the codes of indexes, and of names of constraints. Private to the room.
namespace paripassu::parity {

inline constexpr auto kIndexExplanations = std::to_array<DifferenceExplanation>({
    {"index-missing", "An index exists on the left only",
     "Queries that are fast on the left read the whole table on the right, and lock more rows while they do. If the "
     "index is unique, the right also takes duplicates.",
     R"(-- PostgreSQL
CREATE INDEX ix_orders_placed_at ON orders (placed_at);
-- SQL Server
-- (no index on placed_at))",
     "Create it on the right, or drop it on the left. A kind of index that only one engine has is a case for a "
     "waiver."},

    {"index-extra", "An index exists on the right only",
     "Queries that are fast on the right read the whole table on the left. If the index is unique, the left also takes "
     "duplicates.",
     R"(-- PostgreSQL
-- (no index on placed_at)
-- SQL Server
CREATE INDEX ix_orders_placed_at ON orders (placed_at);)",
     "Create it on the left, or drop it on the right."},

    {"index-changed", "Indexes of one name, or on the same columns, are not alike",
     "They differ in columns, direction, uniqueness, included columns, predicate or method: queries that one serves "
     "are slow with the other, or duplicates are refused on one engine only. Within one engine the collation of a key "
     "counts too. Clustering does not count.",
     R"(-- PostgreSQL
CREATE INDEX ix_orders_open ON orders (placed_at DESC) INCLUDE (total) WHERE is_open;
-- SQL Server
CREATE INDEX ix_orders_open ON orders (placed_at DESC);)",
     "Drop one of them and create it again as the other side has it."},

    {"index-covered", "An index of one side is covered by a longer one of the other",
     "The longer index begins with the same columns and serves the same queries, so that little is lost. It takes more "
     "room, and a scan of it reads more.",
     R"(-- PostgreSQL
CREATE INDEX ix_orders_customer ON orders (customer_id);
-- SQL Server
CREATE INDEX ix_orders_customer_day ON orders (customer_id, placed_at);)",
     "Nothing has to be done. For equal plans, have the same indexes on both sides."},

    {"index-nulls", "NULLs stand at the other end of the index",
     "A query that sorts with NULLs where the index has them reads it in order; on the other side the server sorts. "
     "PostgreSQL puts NULLs last unless told otherwise, SQL Server always first (both of an ascending column).",
     R"(-- PostgreSQL
CREATE INDEX ix_tasks_due ON tasks (due_on);  -- NULLs last
-- SQL Server
CREATE INDEX ix_tasks_due ON tasks (due_on);  -- NULLs first)",
     "`NULLS FIRST` in the index on PostgreSQL, if queries sort like that. Rows without `ORDER BY ... NULLS FIRST` "
     "come in another order on each engine with or without an index."},

    {"index-invalid", "The index is in use on one side only",
     "An index that is disabled, or was left invalid when `CREATE INDEX CONCURRENTLY` failed, is there to be seen, but "
     "no query uses it; on PostgreSQL writes still have to keep it up to date.",
     R"(-- PostgreSQL
CREATE INDEX ix_orders_note ON orders (note);
-- SQL Server
ALTER INDEX ix_orders_note ON orders DISABLE;)",
     "`ALTER INDEX ... REBUILD` on SQL Server, `REINDEX INDEX CONCURRENTLY` on PostgreSQL."},

    {"constraint-renamed", "The same constraint or index has another name",
     "Rows are treated alike. What names it can tell: a migration that drops it, `ON CONFLICT ON CONSTRAINT`, a query "
     "hint, code that looks for the name in an error message.",
     R"(-- PostgreSQL
ALTER TABLE lines ADD CONSTRAINT ck_quantity CHECK (quantity > 0);
-- SQL Server
ALTER TABLE lines ADD CONSTRAINT ck_lines_positive CHECK (quantity > 0);)",
     "Rename one of them: `ALTER TABLE ... RENAME CONSTRAINT`, or `EXEC sp_rename`. Name constraints in migrations, so "
     "that no server makes up a name."},
});

}  // namespace paripassu::parity
