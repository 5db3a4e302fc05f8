#pragma once

#include <array>

#include "harness/parity/difference_explanations.h"

/// Explanations of the codes of schemas, tables and columns. Private to the room.
namespace paripassu::parity {

inline constexpr auto kColumnExplanations = std::to_array<DifferenceExplanation>({
    {"schema-missing", "A schema exists on the left only",
     "Every statement that names the schema fails on the right. Its tables and views are counted in this one finding "
     "and not listed. The default schemas (`public`, `dbo`) always pair.",
     R"(-- PostgreSQL
CREATE SCHEMA audit;
-- SQL Server
CREATE SCHEMA log;)",
     "Create the schema on the right, or pair the two under `[parity]`: `schemas = { audit = \"log\" }`."},

    {"schema-extra", "A schema exists on the right only",
     "Every statement that names the schema fails on the left. Its tables and views are counted in this one finding "
     "and not listed.",
     R"(-- PostgreSQL
-- (no schema archive)
-- SQL Server
CREATE SCHEMA archive;)",
     "Create the schema on the left, drop it on the right, or pair it under `[parity]`: `schemas`."},

    {"name-ambiguous", "Several names of one side match as one word",
     "By `names = \"fold\"` these names are the same word, so it cannot be said which of them belongs to the name on "
     "the other side. They were compared exactly; what found no equal is reported as missing or extra.",
     R"(-- PostgreSQL
CREATE TABLE order_items (id int);
CREATE TABLE orderitems (id int);
-- SQL Server
CREATE TABLE OrderItems (id int);)",
     "Rename one of them, or set `names = \"exact\"` or `\"ignore-case\"` under `[parity]`."},

    {"database-collation", "Texts compare in another way in the whole database",
     "Every text column without a collation of its own follows the database: `'a' = 'A'` holds on one side only, and a "
     "unique key takes on one side what it refuses on the other. Reported within one engine; of two engines, each "
     "with its own usual collation, it is told as a setting.",
     R"(-- SQL Server, left
CREATE DATABASE shop COLLATE Latin1_General_100_CI_AS;
-- SQL Server, right
CREATE DATABASE shop COLLATE Latin1_General_100_CS_AS;)",
     "Create one of the databases anew with the collation of the other, or state the collation in the columns for "
     "which it matters."},

    {"table-missing", "A table exists on the left only",
     "Every query of the table fails on the right with \"invalid object name\". The usual cause is a migration that "
     "was written for one engine only.",
     R"(-- PostgreSQL
CREATE TABLE refunds (id int PRIMARY KEY, amount numeric(10,2) NOT NULL);
-- SQL Server
-- (no table refunds))",
     "Write the migration for the right side, or drop the table on the left."},

    {"table-extra", "A table exists on the right only",
     "Every query of the table fails on the left with \"relation does not exist\". It may also be a table that was "
     "dropped on one engine only, and still holds data.",
     R"(-- PostgreSQL
DROP TABLE old_prices;
-- SQL Server
CREATE TABLE old_prices (id int PRIMARY KEY, price decimal(10,2) NOT NULL);)",
     "Write the migration for the left side, or drop the table on the right."},

    {"table-renamed", "A table was probably renamed on one side",
     "A table of the left and one of the right are alike in all but the name, and neither has another partner. A query "
     "with either name fails on one of the engines.",
     R"(-- PostgreSQL
ALTER TABLE order_lines RENAME TO order_items;
-- SQL Server
CREATE TABLE order_lines (id int PRIMARY KEY, quantity int NOT NULL);)",
     "Rename it on the other side too: `ALTER TABLE ... RENAME TO`, or `EXEC sp_rename`. If they are two tables that "
     "only look alike, create the one that each side lacks."},

    {"table-unlogged", "A table survives a crash on one side only",
     "PostgreSQL empties an `UNLOGGED` table after a crash and does not copy it to standbys. Rows that the other "
     "engine keeps are gone.",
     R"(-- PostgreSQL
CREATE UNLOGGED TABLE sessions (id uuid PRIMARY KEY);
-- SQL Server
CREATE TABLE sessions (id uniqueidentifier PRIMARY KEY);)",
     "`ALTER TABLE sessions SET LOGGED` where the rows matter; else accept it with a waiver that says so."},

    {"table-inherits", "The table inherits from other tables",
     "A query of the parent gives the rows of its children too, and a new column of the parent is one of theirs. SQL "
     "Server has no inheritance, so that a table with parents differs from its equal there. Partitions are compared as "
     "partitions.",
     R"(-- PostgreSQL
CREATE TABLE parties (id int, name varchar(80));
CREATE TABLE customers (credit numeric(10,2)) INHERITS (parties);
-- SQL Server
CREATE TABLE parties (id int, name nvarchar(80));
CREATE TABLE customers (id int, name nvarchar(80), credit decimal(10,2));)",
     "`ALTER TABLE customers NO INHERIT parties`, or `INHERIT` on the other side; for SQL Server, a view over both "
     "tables."},

    {"table-history", "Old versions of rows are kept on one side only",
     "A query `FOR SYSTEM_TIME` fails on the other side, and what an update or delete took away cannot be looked up "
     "there. Where the old rows are kept is told by the tables themselves.",
     R"(-- PostgreSQL
CREATE TABLE prices (id int PRIMARY KEY, amount numeric(10,2));
-- SQL Server
CREATE TABLE prices (id int PRIMARY KEY, amount decimal(10,2),
  since datetime2 GENERATED ALWAYS AS ROW START, till datetime2 GENERATED ALWAYS AS ROW END,
  PERIOD FOR SYSTEM_TIME (since, till)) WITH (SYSTEM_VERSIONING = ON (HISTORY_TABLE = dbo.old_prices));)",
     "`ALTER TABLE prices SET (SYSTEM_VERSIONING = ON)` on SQL Server; on PostgreSQL, a trigger that writes old rows "
     "to "
     "a table of their own."},

    {"column-missing", "A column exists on the left only",
     "Statements that name the column fail on the right. Keys and indexes that use it are reported too.",
     R"(-- PostgreSQL
ALTER TABLE orders ADD COLUMN note text;
-- SQL Server
-- (no column note in orders))",
     "Add the column on the right, or drop it on the left."},

    {"column-extra", "A column exists on the right only",
     "Statements that name the column fail on the left. If it is `NOT NULL` without a default, inserts that were "
     "written for the left fail on the right.",
     R"(-- PostgreSQL
ALTER TABLE orders DROP COLUMN legacy_code;
-- SQL Server
CREATE TABLE orders (id int PRIMARY KEY, legacy_code nvarchar(20) NOT NULL);)",
     "Add the column on the left, or drop it on the right."},

    {"column-renamed", "A column was probably renamed on one side",
     "A column of the left and one of the right of the same table are alike in all but the name, and neither has "
     "another partner. A statement with either name fails on one of the engines.",
     R"(-- PostgreSQL
ALTER TABLE orders RENAME COLUMN qty TO quantity;
-- SQL Server
CREATE TABLE orders (id int PRIMARY KEY, qty int NOT NULL);)",
     "Rename it on the other side too: `ALTER TABLE ... RENAME COLUMN`, or `EXEC sp_rename 'dbo.orders.qty', "
     "'quantity', 'COLUMN'`. If they are two columns, add the one that each side lacks."},

    {"column-type", "The types do not hold the same values",
     "A value that one engine stores is refused, cut, rounded or read back as something else by the other. "
     "docs/type-mapping.md says which types are the same, and which are compatible and only counted.",
     R"(-- PostgreSQL
CREATE TABLE orders (is_paid boolean NOT NULL, total numeric(10,2));
-- SQL Server
CREATE TABLE orders (is_paid tinyint NOT NULL, total decimal(8,2));)",
     "Change one of the types, or declare the pair with `[[parity.equivalent]]` and a reason."},

    {"column-nullability", "One side takes NULL, the other does not",
     "An insert or update that sets NULL, or leaves out the column, succeeds on one engine and fails on the other; "
     "code that never expected a NULL will read one. SQL Server's `ALTER COLUMN` without `NOT NULL` makes a column "
     "nullable.",
     R"(-- PostgreSQL
ALTER TABLE orders ALTER COLUMN status TYPE varchar(40);  -- stays NOT NULL
-- SQL Server
ALTER TABLE orders ALTER COLUMN status nvarchar(40);      -- takes NULL from now on)",
     "State the nullability in both migrations: `SET NOT NULL`, or `ALTER COLUMN status nvarchar(40) NOT NULL`."},

    {"column-order", "The columns stand in another order",
     "`INSERT` without a list of columns, `SELECT *` read by position, and bulk loads put values into the wrong "
     "columns. Compared only with `column_order = \"compare\"` under `[parity]`.",
     R"(-- PostgreSQL
CREATE TABLE rates (code char(3), value numeric(10,4), day date);
-- SQL Server
CREATE TABLE rates (code char(3), day date, value decimal(10,4));)",
     "Name the columns in statements, or rebuild the table: neither engine can move a column."},

    {"column-collation", "Texts of the column compare by other rules",
     "With case or accents ignored on one side only, `WHERE name = 'anna'` finds other rows, a unique key refuses "
     "'Anna' beside 'anna' on one engine, and joins and sorts differ. Of two engines the meaning of collations is "
     "compared, within one engine their names.",
     R"(-- PostgreSQL
CREATE TABLE users (name varchar(40) NOT NULL);  -- case-sensitive
-- SQL Server
CREATE TABLE users (name nvarchar(40) COLLATE Latin1_General_100_CI_AS NOT NULL);)",
     "Give the column a collation of the same meaning: on SQL Server one with `_CS_AS` in its name, or on PostgreSQL a "
     "nondeterministic ICU collation."},

    {"column-identity", "Only one side numbers the column by itself",
     "An insert without the column succeeds on one engine and fails on the other; one with an explicit value may be "
     "refused by the side with the identity.",
     R"(-- PostgreSQL
CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);
-- SQL Server
CREATE TABLE orders (id int NOT NULL PRIMARY KEY);)",
     "Make it an identity on both sides. SQL Server cannot add `IDENTITY` to an existing column: rebuild the column or "
     "the table, or use a sequence as default."},

    {"identity-kind", "Both sides number the column, but in another way",
     "`GENERATED ALWAYS` refuses an explicit value unless told otherwise; `BY DEFAULT`, `serial` and a default from a "
     "sequence take it, and a later number may then collide with it. Reported within one engine only.",
     R"(-- PostgreSQL, left
CREATE TABLE orders (id int GENERATED BY DEFAULT AS IDENTITY PRIMARY KEY);
-- PostgreSQL, right
CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY PRIMARY KEY);)",
     "`ALTER TABLE orders ALTER COLUMN id SET GENERATED ALWAYS` if nobody inserts numbers; else nothing has to be "
     "done."},

    {"identity-options", "The column is numbered from another start or in other steps",
     "New rows get other numbers on each engine. It matters where ranges are shared out, where numbers are shown to "
     "people, and where data is copied from one engine to the other.",
     R"(-- PostgreSQL
CREATE TABLE orders (id int GENERATED ALWAYS AS IDENTITY (START WITH 1000 INCREMENT BY 10));
-- SQL Server
CREATE TABLE orders (id int IDENTITY(1,1));)",
     "`ALTER TABLE ... ALTER COLUMN id SET START WITH 1 SET INCREMENT BY 1` on PostgreSQL; the increment of SQL "
     "Server's `IDENTITY` is fixed when the table is created."},

    {"column-computed", "The column is computed on one side only",
     "The side that computes it refuses inserts and updates of the column; on the other it keeps whatever was written. "
     "Within one engine, stored against not stored is reported too.",
     R"(-- PostgreSQL
CREATE TABLE lines (qty int, price numeric(10,2), total numeric(10,2) GENERATED ALWAYS AS (qty * price) STORED);
-- SQL Server
CREATE TABLE lines (qty int, price decimal(10,2), total decimal(10,2));)",
     "Make it computed on both sides, or on neither."},

    {"computed-changed", "The column is computed in another way",
     "The same row has another value on each engine: reports and checks that read the column disagree.",
     R"(-- PostgreSQL
CREATE TABLE lines (qty int, price int, total int GENERATED ALWAYS AS (qty * price) STORED);
-- SQL Server
CREATE TABLE lines (qty int, price int, total AS (qty + price) PERSISTED);)",
     "Correct the expression on one side; the column has to be dropped and added again."},

    {"default-missing", "A default exists on the left only",
     "An insert that leaves out the column writes the default on the left; on the right it writes NULL, or fails where "
     "the column is `NOT NULL`. A domain's default is that of its columns.",
     R"(-- PostgreSQL
CREATE TABLE orders (is_open boolean NOT NULL DEFAULT true);
-- SQL Server
CREATE TABLE orders (is_open bit NOT NULL);)",
     "Add it on the right: `ALTER TABLE orders ADD CONSTRAINT df_orders_is_open DEFAULT 1 FOR is_open`."},

    {"default-extra", "A default exists on the right only",
     "An insert that leaves out the column writes the default on the right; on the left it writes NULL, or fails where "
     "the column is `NOT NULL`. A domain's default is that of its columns.",
     R"(-- PostgreSQL
CREATE TABLE orders (placed_at timestamp NOT NULL);
-- SQL Server
CREATE TABLE orders (placed_at datetime2(6) NOT NULL DEFAULT sysutcdatetime());)",
     "Add it on the left: `ALTER TABLE orders ALTER COLUMN placed_at SET DEFAULT (now() AT TIME ZONE 'utc')`."},

    {"default-changed", "The defaults mean something else",
     "An insert that leaves out the column writes another value on each engine. How the defaults are written does not "
     "count: `true` is `((1))`, `now()` is `getdate()`.",
     R"(-- PostgreSQL
CREATE TABLE orders (status varchar(10) DEFAULT 'new', placed_at timestamp DEFAULT now());
-- SQL Server
CREATE TABLE orders (status nvarchar(10) DEFAULT N'open', placed_at datetime2(6) DEFAULT sysutcdatetime());)",
     "Give both columns the same default. Mind local time against UTC."},
});

}  // namespace paripassu::parity
