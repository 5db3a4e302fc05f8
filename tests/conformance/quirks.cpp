#include "tests/conformance/quirks.h"

namespace paripassu::conformance {

Quirks postgres_quirks() {
  Quirks quirks;
  quirks.engine = "postgres";
  quirks.sample_schema = R"sql(
CREATE TABLE parent (
  id bigint GENERATED ALWAYS AS IDENTITY,
  email varchar(40) NOT NULL,
  state varchar(10) NOT NULL DEFAULT 'new',
  amount numeric(10, 2) DEFAULT 0,
  active boolean NOT NULL DEFAULT true,
  created timestamp(3) NOT NULL DEFAULT now(),
  twice numeric(12, 2) GENERATED ALWAYS AS (amount * 2) STORED,
  CONSTRAINT parent_pk PRIMARY KEY (id),
  CONSTRAINT parent_email_unique UNIQUE (email),
  CONSTRAINT parent_amount_check CHECK (amount >= 0)
);
COMMENT ON TABLE parent IS 'the parent''s comment';
COMMENT ON COLUMN parent.email IS 'where it is sent';
CREATE TABLE child (
  parent_id bigint NOT NULL,
  line integer NOT NULL,
  note text,
  CONSTRAINT child_pk PRIMARY KEY (parent_id, line),
  CONSTRAINT child_parent_fk FOREIGN KEY (parent_id) REFERENCES parent (id) ON DELETE CASCADE
);
CREATE INDEX parent_created ON parent (created DESC, state) INCLUDE (amount) WHERE amount IS NOT NULL;
CREATE VIEW parent_names AS SELECT id, email FROM parent;
CREATE SEQUENCE numbers START WITH 5 INCREMENT BY 2;
)sql";
  quirks.alterations = {
      {"ALTER TABLE child ADD COLUMN extra integer", "column-extra", "ALTER TABLE child DROP COLUMN extra"},
      {"ALTER TABLE parent ALTER COLUMN state TYPE varchar(20)", "column-type", ""},
      {"ALTER TABLE child ALTER COLUMN note SET NOT NULL", "column-nullability",
       "ALTER TABLE child ALTER COLUMN note DROP NOT NULL"},
      {"DROP INDEX parent_created", "index-missing", ""},
      {"CREATE INDEX child_note ON child (note)", "index-extra", "DROP INDEX child_note"},
      {"ALTER TABLE child DROP CONSTRAINT child_parent_fk", "foreign-key-missing", ""},
      {"ALTER TABLE parent DROP CONSTRAINT parent_amount_check", "check-missing", ""},
      {"ALTER TABLE parent DROP CONSTRAINT parent_email_unique", "unique-missing", ""},
      {"CREATE TABLE third (id integer)", "table-extra", "DROP TABLE third"},
      {"DROP VIEW parent_names", "view-missing", ""},
      {"DROP SEQUENCE numbers", "sequence-missing", ""},
  };
  quirks.insert_parent = "INSERT INTO parent (email) VALUES ('a@b')";
  quirks.violate_unique = quirks.insert_parent;
  quirks.violate_not_null = "INSERT INTO parent (email) VALUES (NULL)";
  quirks.violate_check = "INSERT INTO parent (email, amount) VALUES ('c@d', -1)";
  quirks.violate_foreign_key = "INSERT INTO child (parent_id, line) VALUES (987654, 1)";
  quirks.missing_table = "SELECT * FROM no_such_table";
  quirks.syntax_error = "SELECT 1\nFROM (SELECT 2) AS q\nWHERE nonsense nonsense";
  quirks.division_by_zero = "SELECT 1 / 0";
  quirks.message_statement = "DO $$ BEGIN RAISE NOTICE 'hello'; END $$";
  quirks.sleep_statement = "SELECT pg_sleep(30)";
  quirks.echo_text = "SELECT $1::text";
  quirks.outside_transaction = "VACUUM";
  quirks.batches = postgres_batch_samples();
  return quirks;
}

Quirks sqlserver_quirks() {
  Quirks quirks;
  quirks.engine = "sqlserver";
  quirks.sample_schema = R"sql(
CREATE TABLE dbo.parent (
  id bigint IDENTITY(1,1) NOT NULL,
  email nvarchar(40) NOT NULL,
  state nvarchar(10) NOT NULL DEFAULT N'new',
  amount decimal(10, 2) DEFAULT 0,
  active bit NOT NULL DEFAULT 1,
  created datetime2(3) NOT NULL DEFAULT SYSDATETIME(),
  twice AS (amount * 2),
  CONSTRAINT parent_pk PRIMARY KEY (id),
  CONSTRAINT parent_email_unique UNIQUE (email),
  CONSTRAINT parent_amount_check CHECK (amount >= 0)
);
GO
EXEC sp_addextendedproperty 'MS_Description', N'the parent''s comment', 'SCHEMA', 'dbo', 'TABLE', 'parent';
EXEC sp_addextendedproperty 'MS_Description', N'where it is sent', 'SCHEMA', 'dbo', 'TABLE', 'parent', 'COLUMN', 'email';
GO
CREATE TABLE dbo.child (
  parent_id bigint NOT NULL,
  line int NOT NULL,
  note nvarchar(200) NULL,
  CONSTRAINT child_pk PRIMARY KEY (parent_id, line),
  CONSTRAINT child_parent_fk FOREIGN KEY (parent_id) REFERENCES dbo.parent (id) ON DELETE CASCADE
);
GO
CREATE INDEX parent_created ON dbo.parent (created DESC, state) INCLUDE (amount) WHERE amount IS NOT NULL;
GO
CREATE VIEW dbo.parent_names AS SELECT id, email FROM dbo.parent;
GO
CREATE SEQUENCE dbo.numbers AS bigint START WITH 5 INCREMENT BY 2;
GO
)sql";
  quirks.alterations = {
      {"ALTER TABLE dbo.child ADD extra int NULL", "column-extra", "ALTER TABLE dbo.child DROP COLUMN extra"},
      {"ALTER TABLE dbo.child ALTER COLUMN note nvarchar(300)", "column-type", ""},
      {"DROP INDEX parent_created ON dbo.parent", "index-missing", ""},
      {"CREATE INDEX child_note ON dbo.child (note)", "index-extra", "DROP INDEX child_note ON dbo.child"},
      {"ALTER TABLE dbo.child DROP CONSTRAINT child_parent_fk", "foreign-key-missing", ""},
      {"ALTER TABLE dbo.parent DROP CONSTRAINT parent_amount_check", "check-missing", ""},
      {"ALTER TABLE dbo.parent DROP CONSTRAINT parent_email_unique", "unique-missing", ""},
      {"CREATE TABLE dbo.third (id int)", "table-extra", "DROP TABLE dbo.third"},
      {"DROP VIEW dbo.parent_names", "view-missing", ""},
      {"DROP SEQUENCE dbo.numbers", "sequence-missing", ""},
  };
  quirks.insert_parent = "INSERT INTO dbo.parent (email) VALUES (N'a@b')";
  quirks.violate_unique = quirks.insert_parent;
  quirks.violate_not_null = "INSERT INTO dbo.parent (email) VALUES (NULL)";
  quirks.violate_check = "INSERT INTO dbo.parent (email, amount) VALUES (N'c@d', -1)";
  quirks.violate_foreign_key = "INSERT INTO dbo.child (parent_id, line) VALUES (987654, 1)";
  quirks.missing_table = "SELECT * FROM dbo.no_such_table";
  quirks.syntax_error = "SELECT 1\nFROM (SELECT 2 AS x) AS q\nWHERE nonsense nonsense";
  quirks.division_by_zero = "SELECT 1 / 0";
  quirks.message_statement = "PRINT 'hello'";
  quirks.sleep_statement = "WAITFOR DELAY '00:00:30'";
  // Babelfish has no WAITFOR.
  quirks.sleep_statement_stand_in = "SELECT CASE WHEN pg_catalog.pg_sleep(8) IS NULL THEN 1 ELSE 2 END";
  quirks.echo_text = "SELECT CAST(? AS nvarchar(max))";
  quirks.two_results_then_error = "SELECT 1 AS a; SELECT 2 AS b; PRINT 'between'; SELECT * FROM dbo.no_such_table_here";
  quirks.batches = sqlserver_batch_samples();
  return quirks;
}

}  // namespace paripassu::conformance
