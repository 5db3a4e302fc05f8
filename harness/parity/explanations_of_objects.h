#pragma once

#include <array>

#include "harness/parity/difference_explanations.h"

/// Explanations of the codes of all that is not a part of a table's definition, and of findings about the comparison
/// itself. Private to the room.
namespace paripassu::parity {

inline constexpr auto kObjectExplanations = std::to_array<DifferenceExplanation>({
    {"view-missing", "A view exists on the left only", "Every query of the view fails on the right.",
     R"(-- PostgreSQL
CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE is_open;
-- SQL Server
-- (no view open_orders))",
     "Create the view on the right, or drop it on the left."},

    {"view-extra", "A view exists on the right only", "Every query of the view fails on the left.",
     R"(-- PostgreSQL
-- (no view open_orders)
-- SQL Server
CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE is_open = 1;)",
     "Create the view on the left, or drop it on the right."},

    {"view-columns", "The view gives other columns",
     "A query that names one of the columns fails on one engine. A view made with `SELECT *` keeps the columns of the "
     "day it was created. The width of an integer does not count across engines: `count(*)` is a `bigint` on one and "
     "an `int` on the other.",
     R"(-- PostgreSQL
CREATE VIEW open_orders AS SELECT id, total, note FROM orders WHERE is_open;
-- SQL Server
CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE is_open = 1;)",
     "Recreate one of the views; on SQL Server `EXEC sp_refreshview` after a change of the tables."},

    {"view-changed", "The view has another query",
     "The same view gives other rows or values. Queries are compared within one engine only; of two engines, the "
     "output columns are.",
     R"(-- PostgreSQL, left
CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE is_open;
-- PostgreSQL, right
CREATE VIEW open_orders AS SELECT id, total FROM orders WHERE total > 0;)",
     "Recreate one of the views."},

    {"view-materialized", "The view is stored on one side only",
     "A stored view of PostgreSQL answers from its last refresh, an ordinary one from the rows of now; SQL Server "
     "keeps its indexed views up to date.",
     R"(-- PostgreSQL
CREATE MATERIALIZED VIEW sales AS SELECT day, sum(total) AS total FROM orders GROUP BY day;
-- SQL Server
CREATE VIEW sales AS SELECT day, sum(total) AS total FROM orders GROUP BY day;)",
     "Nothing has to be done where old rows are good enough; else use an ordinary view, or refresh it after every "
     "change."},

    {"synonym-missing", "A synonym exists on the left only",
     "Every statement that uses the name fails on the right. PostgreSQL has no synonyms: a view, or the schema in the "
     "search path, does most of what they do.",
     R"(-- SQL Server, left
CREATE SYNONYM clients FOR dbo.customers;
-- SQL Server, right
-- (no object clients))",
     "Create it on the right, or use the object's own name in the statements."},

    {"synonym-extra", "A synonym exists on the right only",
     "Every statement that uses the name fails on the left. PostgreSQL has no synonyms: a view, or the schema in the "
     "search path, does most of what they do.",
     R"(-- PostgreSQL
-- (no object clients)
-- SQL Server
CREATE SYNONYM clients FOR dbo.customers;)",
     "Create a view of that name on the left, or use the object's own name in the statements."},

    {"synonym-changed", "The synonym stands for another object",
     "The same statement reads and changes another object, perhaps in another database or on another server. Compared "
     "within one engine: only SQL Server has synonyms.",
     R"(-- SQL Server, left
CREATE SYNONYM clients FOR dbo.customers;
-- SQL Server, right
CREATE SYNONYM clients FOR archive.customers;)",
     "`DROP SYNONYM` on one side and create it again for the object that is meant."},

    {"sequence-missing", "A sequence exists on the left only",
     "`NEXT VALUE FOR` it fails on the right. Sequences of identity and `serial` columns belong to the column and are "
     "not counted here.",
     R"(-- PostgreSQL
CREATE SEQUENCE invoice_no;
-- SQL Server
-- (no sequence invoice_no))",
     "Create it on the right, beginning above the numbers in use."},

    {"sequence-extra", "A sequence exists on the right only",
     "`nextval` of it fails on the left. Sequences of identity and `serial` columns belong to the column and are not "
     "counted here.",
     R"(-- PostgreSQL
-- (no sequence invoice_no)
-- SQL Server
CREATE SEQUENCE invoice_no AS bigint START WITH 1;)",
     "Create it on the left, beginning above the numbers in use, or drop it on the right."},

    {"sequence-changed", "The sequence gives other numbers",
     "Start, increment, bounds, type or cycling differ: numbers run out earlier, repeat, or have other gaps. SQL "
     "Server begins at the smallest value of the type unless told `START WITH`.",
     R"(-- PostgreSQL
CREATE SEQUENCE invoice_no START WITH 1000 INCREMENT BY 1;
-- SQL Server
CREATE SEQUENCE invoice_no AS bigint START WITH 1000 INCREMENT BY 50;)",
     "`ALTER SEQUENCE` on one side, and state type, start and increment in both migrations."},

    {"trigger-missing", "A trigger exists on the left only",
     "What the trigger does (an audit row, a total kept up to date, a refusal) does not happen on the right. Triggers "
     "of two engines are compared by event and timing.",
     R"(-- PostgreSQL
CREATE TRIGGER orders_audit AFTER UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION audit();
-- SQL Server
-- (no trigger on orders))",
     "Write the trigger for the right, or move its work into the application."},

    {"trigger-extra", "A trigger exists on the right only",
     "What the trigger does (an audit row, a total kept up to date, a refusal) does not happen on the left.",
     R"(-- PostgreSQL
-- (no trigger on orders)
-- SQL Server
CREATE TRIGGER orders_audit ON orders AFTER UPDATE AS INSERT INTO audit (id) SELECT id FROM inserted;)",
     "Write the trigger for the left, or move its work into the application."},

    {"trigger-changed", "The trigger fires at another time, on other events, or not at all",
     "Its effect happens on one engine and not on the other. Within one engine, what the trigger does is compared too. "
     "`BEFORE` on PostgreSQL against `AFTER` on SQL Server is a note: SQL Server has no `BEFORE`. A rule of PostgreSQL "
     "counts as a trigger.",
     R"(-- PostgreSQL
CREATE TRIGGER orders_audit AFTER INSERT OR UPDATE ON orders FOR EACH ROW EXECUTE FUNCTION audit();
-- SQL Server
CREATE TRIGGER orders_audit ON orders AFTER UPDATE AS INSERT INTO audit (id) SELECT id FROM inserted;)",
     "Recreate or enable one of them. SQL Server has no `BEFORE`: what must happen first belongs into `INSTEAD OF`, a "
     "default or a check."},

    {"routine-missing", "A function or procedure exists on the left only",
     "Every call of it fails on the right. The types of the parameters are part of the name.",
     R"(-- PostgreSQL
CREATE FUNCTION net(gross numeric) RETURNS numeric LANGUAGE sql AS 'SELECT gross / 1.2';
-- SQL Server
-- (no function net))",
     "Write it for the right, or move its work into the application."},

    {"routine-extra", "A function or procedure exists on the right only",
     "Every call of it fails on the left. The types of the parameters are part of the name.",
     R"(-- PostgreSQL
-- (no function net)
-- SQL Server
CREATE FUNCTION net(@gross decimal(10,2)) RETURNS decimal(10,2) AS BEGIN RETURN @gross / 1.2 END;)",
     "Write it for the left, or move its work into the application."},

    {"routine-changed", "The routine has other parameters, another result or another body",
     "A call fails, or gives another result. Bodies are compared within one engine only; of two engines, the "
     "signatures are.",
     R"(-- PostgreSQL
CREATE FUNCTION net(gross numeric) RETURNS numeric LANGUAGE sql AS 'SELECT gross / 1.2';
-- SQL Server
CREATE FUNCTION net(@gross decimal(10,2)) RETURNS int AS BEGIN RETURN @gross / 1.2 END;)",
     "Recreate one of them."},

    {"type-missing", "A user-defined type exists on the left only",
     "Statements that name the type (an enum, domain, alias, composite or table type) fail on the right.",
     R"(-- PostgreSQL
CREATE DOMAIN email AS varchar(200);
-- SQL Server
-- (no type email))",
     "Create a type of the same meaning on the right, or use the base type on both sides."},

    {"type-extra", "A user-defined type exists on the right only", "Statements that name the type fail on the left.",
     R"(-- PostgreSQL
-- (no type email)
-- SQL Server
CREATE TYPE email FROM nvarchar(200);)",
     "Create a type of the same meaning on the left, or use the base type on both sides."},

    {"type-changed", "The user-defined type means something else",
     "Base type, nullability, attributes, default, checks or the labels of an enum differ: a value of the type that "
     "one "
     "side takes is refused or cut on the other. The order of an enum's labels, by which its values sort, counts only "
     "with `enum_order = \"compare\"` under `[parity]`.",
     R"(-- PostgreSQL
CREATE DOMAIN email AS varchar(200) NOT NULL;
-- SQL Server
CREATE TYPE email FROM nvarchar(100) NULL;)",
     "Alter or recreate one of the types, and the columns that have it."},

    {"type-as-check", "A list of values is a type on one side and a check on the other",
     "The same values are taken. An enum sorts by its labels' order, a text by the alphabet; a new value needs `ALTER "
     "TYPE` on one engine and a new check on the other. Where nothing limits the text, that is a check that is missing "
     "or extra.",
     R"(-- PostgreSQL
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE users (mood mood);
-- SQL Server
CREATE TABLE users (mood nvarchar(5) CHECK (mood IN (N'sad', N'ok', N'happy')));)",
     "Nothing has to be done: SQL Server has no enums. Change both when a value is added."},

    {"enum-labels", "The lists of values are not the same",
     "A value that one engine stores is refused by the other. This is an enum against the check that stands for it, "
     "which has no order; two enums of one engine are compared as types, with `type-changed`.",
     R"(-- PostgreSQL
CREATE TYPE mood AS ENUM ('sad', 'ok', 'happy');
CREATE TABLE users (mood mood);
-- SQL Server
CREATE TABLE users (mood nvarchar(5) CHECK (mood IN (N'sad', N'happy')));)",
     "`ALTER TYPE mood ADD VALUE` on PostgreSQL, or drop the check and add it with all values."},

    {"partitioning", "The table is partitioned on one side only, or in another way",
     "Old rows that are dropped as a partition on one engine have to be deleted on the other, with locks and time to "
     "match; a unique key of a partitioned table must contain its partition column. Of two engines, only the presence "
     "is compared.",
     R"(-- PostgreSQL
CREATE TABLE events (id bigint, at date NOT NULL) PARTITION BY RANGE (at);
-- SQL Server
CREATE TABLE events (id bigint, at date NOT NULL);)",
     "Partition both alike, or waive it where size and retention do not ask for it."},

    {"row-security", "Rows are filtered by user on one side only",
     "Users read and change rows on one engine that the other hides from them: a matter of safety, not of taste. "
     "Within "
     "PostgreSQL, `FORCE ROW LEVEL SECURITY`, by which the owner of the table is no exception, counts too.",
     R"(-- PostgreSQL
ALTER TABLE orders ENABLE ROW LEVEL SECURITY;
-- SQL Server
-- (no security policy on orders))",
     "`CREATE SECURITY POLICY` on SQL Server with the same filter, or filter in the application on both."},

    {"policy-changed", "The rules that filter rows are not the same",
     "Users see or change rows on one side that the policies of the other keep from them. Within one engine, "
     "condition, "
     "command, kind (permissive or restrictive) and roles are compared; of two, only whether there are any policies.",
     R"(-- PostgreSQL, left
CREATE POLICY own_rows ON orders USING (owner = current_user);
-- PostgreSQL, right
CREATE POLICY own_rows ON orders FOR SELECT USING (owner = current_user);)",
     "Recreate one of the policies, and test it with a user who must not see a row."},

    {"grants", "Other users may do other things with the table",
     "A user or service that works on one engine gets \"permission denied\" on the other, or may do more there than "
     "meant. Of two engines, only whether others than the owner have rights is compared.",
     R"(-- PostgreSQL
GRANT SELECT ON orders TO reporting;
-- SQL Server
-- (reporting may not read orders))",
     "Grant or revoke on one side. Where rights are given outside of the migrations, set the severity or a waiver."},

    {"comment-missing", "A comment exists on the left only",
     "Nothing behaves otherwise; people and tools that read the catalog learn less on the right.",
     R"(-- PostgreSQL
COMMENT ON TABLE orders IS 'One row per checkout';
-- SQL Server
-- (no MS_Description of orders))",
     "`EXEC sp_addextendedproperty 'MS_Description', N'One row per checkout', 'SCHEMA', 'dbo', 'TABLE', 'orders'`."},

    {"comment-extra", "A comment exists on the right only",
     "Nothing behaves otherwise; people and tools that read the catalog learn less on the left.",
     R"(-- PostgreSQL
-- (no comment on orders)
-- SQL Server
EXEC sp_addextendedproperty 'MS_Description', N'One row per checkout', 'SCHEMA', 'dbo', 'TABLE', 'orders';)",
     "`COMMENT ON TABLE orders IS 'One row per checkout'`."},

    {"comment-changed", "The comments say something else",
     "Nothing behaves otherwise, but one of the two is probably out of date.",
     R"(-- PostgreSQL
COMMENT ON COLUMN orders.total IS 'With tax';
-- SQL Server
EXEC sp_addextendedproperty 'MS_Description', N'Without tax',
  'SCHEMA', 'dbo', 'TABLE', 'orders', 'COLUMN', 'total';)",
     "Find out which is true and correct the other: `COMMENT ON`, or `EXEC sp_updateextendedproperty`."},

    {"expression-not-understood", "An expression could not be compared by meaning",
     "A default, check, computed column or index uses something that paripassu cannot read, and the texts differ. "
     "Whether the two engines treat rows alike is not known: it is neither equal nor different.",
     R"(-- PostgreSQL
ALTER TABLE users ADD CONSTRAINT ck_tags CHECK (tags[1] <> '');
-- SQL Server
ALTER TABLE users ADD CONSTRAINT ck_tags CHECK (json_value(tags, '$[0]') <> N'');)",
     "Compare the two by eye and waive the finding with the result as reason, or write both with functions that both "
     "engines have."},

    {"expression-caveat", "Two expressions are alike but for a known exception",
     "They give the same result for ordinary values and another one for a few: `len` does not count trailing blanks, "
     "`length` does, so that a name of one blank passes on PostgreSQL only.",
     R"(-- PostgreSQL
ALTER TABLE users ADD CONSTRAINT ck_name CHECK (length(name) > 0);
-- SQL Server
ALTER TABLE users ADD CONSTRAINT ck_name CHECK (len(name) > 0);)",
     "Nothing has to be done if such values do not occur; else let both sides treat them alike, here with "
     "`rtrim(name)`."},

    {"waiver-unused", "A waiver matches no difference",
     "What was accepted is gone, was renamed, or never was: a waiver left behind would hide the next difference of "
     "that name. The finding names the file and line of the waiver.",
     R"([[parity.waiver]]
code = "index-missing"
object = "orders.ix_orders_notes"   # the index is called ix_orders_note
reason = "full-text on PostgreSQL only")",
     "Remove the waiver, or correct its code or object: copy both from the report."},

    {"waiver-expired", "The last day of a waiver has passed",
     "A waiver with an end was meant to be looked at again. It waives nothing any more: what it covered counts as "
     "before.",
     R"([[parity.waiver]]
code = "column-type"
object = "orders.total"
reason = "widened on SQL Server with release 12"
until = "2026-03-31")",
     "Repair the difference and remove the waiver, or give it a new date and a reason that still holds."},
});

}  // namespace paripassu::parity
