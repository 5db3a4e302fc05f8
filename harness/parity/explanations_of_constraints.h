#pragma once

#include <array>

#include "harness/parity/difference_explanations.h"

/// Explanations of the codes of keys, foreign keys and checks. Private to the room.
namespace paripassu::parity {

inline constexpr auto kConstraintExplanations = std::to_array<DifferenceExplanation>({
    {"primary-key-missing", "The table has a primary key on the left only",
     "The right takes duplicate rows and NULLs in these columns, foreign keys cannot refer to it, and replication and "
     "many mappers refuse a table without a key.",
     R"(-- PostgreSQL
CREATE TABLE rates (code char(3) PRIMARY KEY, value numeric(10,4));
-- SQL Server
CREATE TABLE rates (code char(3), value decimal(10,4));)",
     "Remove duplicates and NULLs on the right, make the columns `NOT NULL` and add the key: `ALTER TABLE rates ADD "
     "PRIMARY KEY (code)`."},

    {"primary-key-extra", "The table has a primary key on the right only",
     "The left takes duplicate rows and NULLs in these columns, foreign keys cannot refer to it, and logical "
     "replication cannot update or delete its rows.",
     R"(-- PostgreSQL
CREATE TABLE rates (code char(3), value numeric(10,4));
-- SQL Server
CREATE TABLE rates (code char(3) NOT NULL PRIMARY KEY, value decimal(10,4));)",
     "Remove duplicates and NULLs on the left and add the key: `ALTER TABLE rates ADD PRIMARY KEY (code)`."},

    {"primary-key-columns", "The primary keys have other columns, or the same in another order",
     "With other columns, a row that one engine takes is a duplicate on the other. With the same ones in another "
     "order, rows are equally unique, but other queries find them quickly.",
     R"(-- PostgreSQL
CREATE TABLE lines (order_id int, line_no int, PRIMARY KEY (order_id, line_no));
-- SQL Server
CREATE TABLE lines (order_id int, line_no int, PRIMARY KEY (line_no, order_id));)",
     "Drop one of the keys and add it again as the other side has it."},

    {"unique-missing", "A unique constraint exists on the left only",
     "The right takes duplicates that the left refuses. A unique index on the same columns stands for a constraint, "
     "and so does one that only leaves out NULLs.",
     R"(-- PostgreSQL
CREATE TABLE users (email varchar(200) UNIQUE);
-- SQL Server
CREATE TABLE users (email nvarchar(200));)",
     "Remove the duplicates on the right and add the constraint there."},

    {"unique-extra", "A unique constraint exists on the right only",
     "The left takes duplicates that the right refuses: an insert that works in one place fails in the other.",
     R"(-- PostgreSQL
CREATE TABLE users (email varchar(200));
-- SQL Server
CREATE TABLE users (email nvarchar(200) UNIQUE);)",
     "Remove the duplicates on the left and add the constraint there, or drop it on the right."},

    {"unique-columns", "Unique constraints of one name have other columns",
     "Each engine refuses rows that the other takes, and the name in the error message does not tell which.",
     R"(-- PostgreSQL
ALTER TABLE users ADD CONSTRAINT uq_users UNIQUE (tenant, email);
-- SQL Server
ALTER TABLE users ADD CONSTRAINT uq_users UNIQUE (email);)",
     "Drop one of them and add it again with the columns of the other."},

    {"unique-nulls", "One side takes a single NULL in the unique columns, the other any number",
     "A second row without a value is refused on one engine only. PostgreSQL takes any number of NULLs unless told "
     "`NULLS NOT DISTINCT` (from version 15); SQL Server takes one.",
     R"(-- PostgreSQL
CREATE TABLE orders (id int PRIMARY KEY, reference varchar(20) UNIQUE);
-- SQL Server
CREATE TABLE orders (id int PRIMARY KEY, reference nvarchar(20) UNIQUE);)",
     "Many NULLs on both: on SQL Server use `CREATE UNIQUE INDEX uq ON orders (reference) WHERE reference IS NOT "
     "NULL`. One NULL on both: on PostgreSQL use `UNIQUE NULLS NOT DISTINCT`."},

    {"unique-as-index", "A unique constraint on one side, a unique index on the other",
     "Rows are equally unique. Only what names the constraint can tell: `ON CONFLICT ON CONSTRAINT`, and tools that "
     "look for constraints. Reported within one engine only.",
     R"(-- PostgreSQL, left
ALTER TABLE users ADD CONSTRAINT uq_users_email UNIQUE (email);
-- PostgreSQL, right
CREATE UNIQUE INDEX uq_users_email ON users (email);)",
     "Nothing has to be done. Use the same form on both sides where statements name the constraint."},

    {"key-deferrable", "A key may be checked at the end of the transaction on one side only",
     "A transaction that breaks the key for a moment, say by exchanging two values, succeeds on PostgreSQL and fails "
     "on SQL Server, which checks every statement.",
     R"(-- PostgreSQL
CREATE TABLE steps (pos int, UNIQUE (pos) DEFERRABLE INITIALLY DEFERRED);
-- SQL Server
CREATE TABLE steps (pos int, UNIQUE (pos));)",
     "SQL Server has no such keys: order the statements so that the key holds after each, and drop `DEFERRABLE`."},

    {"duplicates-ignored", "A duplicate is refused on one side and left out without an error on the other",
     "With `IGNORE_DUP_KEY` an insert of a row whose key is there succeeds with a warning, and the row is not there "
     "afterwards; without it the statement fails. Who counts on the error never learns that a row was lost.",
     R"(-- PostgreSQL
CREATE TABLE users (email varchar(200), UNIQUE (email));
-- SQL Server
CREATE TABLE users (email nvarchar(200), UNIQUE (email) WITH (IGNORE_DUP_KEY = ON));)",
     "`ALTER INDEX ... SET (IGNORE_DUP_KEY = OFF)` on SQL Server; where rows shall be left out, say so in the "
     "statements: `INSERT ... ON CONFLICT DO NOTHING` on PostgreSQL."},

    {"foreign-key-missing", "A foreign key exists on the left only",
     "The right takes rows that refer to nothing, and deletes rows that others still refer to.",
     R"(-- PostgreSQL
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id);
-- SQL Server
-- (no foreign key on orders))",
     "Remove the orphans on the right and add the foreign key there."},

    {"foreign-key-extra", "A foreign key exists on the right only",
     "The left takes rows that refer to nothing; an insert or delete that works there fails on the right.",
     R"(-- PostgreSQL
-- (no foreign key on orders)
-- SQL Server
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id);)",
     "Remove the orphans on the left and add the foreign key there, or drop it on the right."},

    {"foreign-key-changed", "Foreign keys of one name have other columns or refer to something else",
     "Each engine refuses rows that the other takes, and the name in the error message does not tell which.",
     R"(-- PostgreSQL
ALTER TABLE orders ADD CONSTRAINT fk_owner FOREIGN KEY (owner_id) REFERENCES users (id);
-- SQL Server
ALTER TABLE orders ADD CONSTRAINT fk_owner FOREIGN KEY (owner_id) REFERENCES accounts (id);)",
     "Drop one of them and add it again as the other side has it."},

    {"foreign-key-action", "The same reference, with another action on delete or update",
     "Deleting a customer deletes the orders on one engine and is refused, or leaves NULLs, on the other. `RESTRICT` "
     "counts as `NO ACTION` across engines, where SQL Server has no such action; within one engine it is told from it.",
     R"(-- PostgreSQL
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE;
-- SQL Server
ALTER TABLE orders ADD FOREIGN KEY (customer_id) REFERENCES customers (id);)",
     "Drop one of the foreign keys and add it again with the action that is meant. Where SQL Server refuses a cascade "
     "because of several paths, delete in the application on both engines."},

    {"foreign-key-match", "A foreign key of several columns treats NULLs in another way",
     "With `MATCH FULL` a row with some of the columns NULL is refused; with `MATCH SIMPLE`, the only way of SQL "
     "Server, it is not checked at all.",
     R"(-- PostgreSQL
ALTER TABLE lines ADD FOREIGN KEY (tenant, order_id) REFERENCES orders (tenant, id) MATCH FULL;
-- SQL Server
ALTER TABLE lines ADD FOREIGN KEY (tenant, order_id) REFERENCES orders (tenant, id);)",
     "Use `MATCH SIMPLE` on both, and where it matters a check that all columns are NULL or none."},

    {"foreign-key-disabled", "The foreign key is enforced on one side only",
     "The other side takes rows that refer to nothing, although the constraint is there to be seen. Often a data load "
     "switched it off and never on again.",
     R"(-- PostgreSQL
ALTER TABLE orders ADD CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES customers (id);
-- SQL Server
ALTER TABLE orders NOCHECK CONSTRAINT fk_customer;)",
     "`ALTER TABLE orders WITH CHECK CHECK CONSTRAINT fk_customer` on SQL Server; `ALTER TABLE ... ALTER CONSTRAINT "
     "... ENFORCED` on PostgreSQL 18."},

    {"foreign-key-not-trusted", "Existing rows were checked by the foreign key on one side only",
     "New rows are checked on both sides, but the one that is not trusted may hold older rows that refer to nothing. "
     "SQL Server also leaves the constraint out of its query plans.",
     R"(-- PostgreSQL
ALTER TABLE orders ADD CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES customers (id) NOT VALID;
-- SQL Server
ALTER TABLE orders ADD CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES customers (id);)",
     "`ALTER TABLE orders VALIDATE CONSTRAINT fk_customer`, or `WITH CHECK CHECK CONSTRAINT fk_customer` on SQL "
     "Server."},

    {"foreign-key-deferrable", "The foreign key may be checked at the end of the transaction on one side only",
     "A transaction that inserts the child before the parent succeeds on PostgreSQL and fails on SQL Server, which "
     "checks every statement.",
     R"(-- PostgreSQL
ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED;
-- SQL Server
ALTER TABLE lines ADD FOREIGN KEY (order_id) REFERENCES orders (id);)",
     "SQL Server has no such constraints: insert parents first, delete children first, and drop `DEFERRABLE`."},

    {"check-missing", "A check exists on the left only", "The right takes values that the left refuses.",
     R"(-- PostgreSQL
ALTER TABLE lines ADD CONSTRAINT ck_quantity CHECK (quantity > 0);
-- SQL Server
-- (no check on lines))",
     "Correct the rows that break it on the right and add the check there."},

    {"check-extra", "A check exists on the right only",
     "The left takes values that the right refuses: an insert that works there fails on the right.",
     R"(-- PostgreSQL
-- (no check on lines)
-- SQL Server
ALTER TABLE lines ADD CONSTRAINT ck_quantity CHECK (quantity > 0);)",
     "Correct the rows that break it on the left and add the check there, or drop it on the right."},

    {"check-changed", "The checks mean something else",
     "Each engine refuses rows that the other takes. How a check is written does not count: `a IN (1, 2)` is `[a]=(2) "
     "OR [a]=(1)`. Within PostgreSQL, whether child tables inherit the check counts too.",
     R"(-- PostgreSQL
ALTER TABLE orders ADD CONSTRAINT ck_status CHECK (status IN ('new', 'paid', 'sent'));
-- SQL Server
ALTER TABLE orders ADD CONSTRAINT ck_status CHECK (status IN ('new', 'paid'));)",
     "Drop one of them and add it again as the other side has it."},

    {"check-disabled", "The check is enforced on one side only",
     "The other side takes values that the check forbids, although it is there to be seen.",
     R"(-- PostgreSQL
ALTER TABLE lines ADD CONSTRAINT ck_quantity CHECK (quantity > 0);
-- SQL Server
ALTER TABLE lines NOCHECK CONSTRAINT ck_quantity;)",
     "`ALTER TABLE lines WITH CHECK CHECK CONSTRAINT ck_quantity` on SQL Server; on PostgreSQL 18 drop a `NOT "
     "ENFORCED` check and add it again."},

    {"check-not-trusted", "Existing rows were checked on one side only",
     "New rows are checked on both sides, but the one that is not trusted may hold older rows that break the check.",
     R"(-- PostgreSQL
ALTER TABLE lines ADD CONSTRAINT ck_quantity CHECK (quantity > 0);
-- SQL Server
ALTER TABLE lines WITH NOCHECK ADD CONSTRAINT ck_quantity CHECK (quantity > 0);)",
     "`WITH CHECK CHECK CONSTRAINT ck_quantity` on SQL Server, or `VALIDATE CONSTRAINT` on PostgreSQL."},
});

}  // namespace paripassu::parity
