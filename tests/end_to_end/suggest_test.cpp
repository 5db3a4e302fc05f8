// diff --suggest: what it prints is executed on scratch databases, and leaves no difference of the kinds it covers.
#include <doctest/doctest.h>

#include <algorithm>
#include <map>
#include <sstream>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

/// Two shops that are equal, one for each engine.
constexpr const char* kPostgresShop = R"sql(
CREATE SEQUENCE invoice_no AS bigint START WITH 1000 INCREMENT BY 5;
CREATE TABLE customers (
  id int GENERATED ALWAYS AS IDENTITY,
  name varchar(40) NOT NULL,
  email varchar(100),
  active boolean DEFAULT true NOT NULL,
  credit numeric(10,2) DEFAULT 0 NOT NULL,
  born date,
  created timestamp(6) DEFAULT now() NOT NULL,
  uid uuid DEFAULT gen_random_uuid() NOT NULL,
  picture bytea,
  CONSTRAINT pk_customers PRIMARY KEY (id),
  CONSTRAINT uq_email UNIQUE (email),
  CONSTRAINT ck_credit CHECK (credit >= 0 OR NOT active)
);
COMMENT ON TABLE customers IS 'who buys; it''s them';
COMMENT ON COLUMN customers.email IS 'costs $(price) – and more';
CREATE INDEX ix_customer_name ON customers (name DESC, born) INCLUDE (credit) WHERE active;
CREATE TABLE orders (
  id bigint,
  customer_id int NOT NULL,
  state varchar(10) DEFAULT 'new' NOT NULL,
  quantity int,
  doubled int GENERATED ALWAYS AS (quantity * 2) STORED,
  note text,
  CONSTRAINT pk_orders PRIMARY KEY (id),
  CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES customers (id) ON DELETE CASCADE,
  CONSTRAINT ck_state CHECK (state IN ('new', 'paid', 'sent'))
);
CREATE INDEX ix_state ON orders (state) WHERE state = 'new' AND note IS NOT NULL;
CREATE TABLE "we""ird]name 😀" ("co]l""umn 😀" varchar(5) DEFAULT 'it''s' NOT NULL, plain int);
COMMENT ON COLUMN "we""ird]name 😀"."co]l""umn 😀" IS 'strange';
)sql";

constexpr const char* kSqlServerShop = R"sql(
CREATE SEQUENCE dbo.invoice_no AS bigint START WITH 1000 INCREMENT BY 5 MINVALUE 1 MAXVALUE 9223372036854775807
GO
CREATE TABLE dbo.Customers (
  Id int IDENTITY NOT NULL,
  Name nvarchar(40) NOT NULL,
  Email nvarchar(100) NULL,
  Active bit DEFAULT 1 NOT NULL,
  Credit decimal(10,2) DEFAULT 0 NOT NULL,
  Born date NULL,
  Created datetime2(6) DEFAULT sysdatetime() NOT NULL,
  Uid uniqueidentifier DEFAULT newid() NOT NULL,
  Picture varbinary(max) NULL,
  CONSTRAINT pk_customers PRIMARY KEY (Id),
  CONSTRAINT ck_credit CHECK (Credit >= 0 OR Active = 0)
)
GO
CREATE UNIQUE INDEX uq_email ON dbo.Customers (Email) WHERE Email IS NOT NULL
GO
EXEC sys.sp_addextendedproperty N'MS_Description', N'who buys; it''s them', N'SCHEMA', N'dbo', N'TABLE', N'Customers'
GO
DECLARE @text nvarchar(100) = N'costs $' + N'(price) – and more'
EXEC sys.sp_addextendedproperty N'MS_Description', @text, N'SCHEMA', N'dbo', N'TABLE', N'Customers', N'COLUMN', N'Email'
GO
CREATE INDEX ix_customer_name ON dbo.Customers (Name DESC, Born) INCLUDE (Credit) WHERE Active = 1
GO
CREATE TABLE dbo.Orders (
  Id bigint NOT NULL,
  CustomerId int NOT NULL,
  State nvarchar(10) DEFAULT 'new' NOT NULL,
  Quantity int NULL,
  Doubled AS (Quantity * 2) PERSISTED,
  Note nvarchar(max) NULL,
  CONSTRAINT pk_orders PRIMARY KEY (Id),
  CONSTRAINT fk_customer FOREIGN KEY (CustomerId) REFERENCES dbo.Customers (Id) ON DELETE CASCADE,
  CONSTRAINT ck_state CHECK (State IN ('new', 'paid', 'sent'))
)
GO
CREATE INDEX ix_state ON dbo.Orders (State) WHERE State = 'new' AND Note IS NOT NULL
GO
CREATE TABLE dbo."we""ird]name 😀" ("co]l""umn 😀" nvarchar(5) DEFAULT 'it''s' NOT NULL, plain int NULL)
GO
EXEC sys.sp_addextendedproperty N'MS_Description', N'strange', N'SCHEMA', N'dbo', N'TABLE', N'we"ird]name 😀', N'COLUMN', N'co]l"umn 😀'
GO
)sql";

/// The shop before much was changed.
constexpr const char* kPostgresOld = R"sql(
CREATE SEQUENCE invoice_no AS int START WITH 1 INCREMENT BY 1;
CREATE TABLE customers (
  id int NOT NULL,
  name varchar(30) DEFAULT 'nobody',
  mail varchar(10),
  active smallint DEFAULT 0,
  credit numeric(12,2),
  created timestamptz NOT NULL,
  CONSTRAINT pk_old PRIMARY KEY (name, id),
  CONSTRAINT uq_mail UNIQUE (mail),
  CONSTRAINT ck_credit CHECK (credit > 1 AND active = 1),
  CONSTRAINT ck_gone CHECK (active <> 7)
);
COMMENT ON COLUMN customers.mail IS 'stays';
COMMENT ON COLUMN customers.credit IS 'goes';
COMMENT ON TABLE customers IS 'changes';
CREATE UNIQUE INDEX ux_id ON customers (id);
CREATE INDEX ix_customer_name ON customers (name, active);
CREATE INDEX ix_gone ON customers (lower(name)) WHERE active > 3;
CREATE TABLE orders (
  id bigint,
  customer_id bigint,
  state varchar(10) DEFAULT 'old' NOT NULL,
  quantity smallint,
  doubled smallint GENERATED ALWAYS AS (quantity * 3) STORED,
  CONSTRAINT fk_customer FOREIGN KEY (customer_id) REFERENCES customers (id),
  CONSTRAINT fk_gone FOREIGN KEY (quantity) REFERENCES customers (id)
);
CREATE TABLE "we""ird]name 😀" ("co]l""umn 😀" varchar(4), plain int);
)sql";

/// The same with what Babelfish can change: it refuses ALTER COLUMN with a nullability, has no WITH VALUES, and does
/// not find defaults by their names. `more`: what SQL Server itself can.
std::string sqlserver_old(bool more) {
  std::ostringstream out;
  out << R"sql(
CREATE SEQUENCE dbo.invoice_no AS bigint START WITH 1000 INCREMENT BY 1 MINVALUE 1 MAXVALUE 9223372036854775807
GO
CREATE TABLE dbo.Customers (
  Id int IDENTITY NOT NULL,
  Mail nvarchar(10) NULL,
  Credit decimal(10,2) NOT NULL,
)sql";
  out << (more ? "Name nvarchar(30) NULL DEFAULT N'nobody', Active tinyint NULL DEFAULT 0,\n"
               : "Name nvarchar(40) NOT NULL, Active bit NOT NULL,\n");
  out << R"sql(
  CONSTRAINT pk_old PRIMARY KEY (Id, Credit),
  CONSTRAINT uq_mail UNIQUE (Mail),
  CONSTRAINT ck_credit CHECK (Credit > 1 AND Active = 1),
  CONSTRAINT ck_gone CHECK (Credit <> 7)
)
GO
CREATE UNIQUE INDEX ux_id ON dbo.Customers (Id)
GO
EXEC sys.sp_addextendedproperty N'MS_Description', N'changes', N'SCHEMA', N'dbo', N'TABLE', N'Customers'
GO
EXEC sys.sp_addextendedproperty N'MS_Description', N'goes', N'SCHEMA', N'dbo', N'TABLE', N'Customers', N'COLUMN', N'Credit'
GO
CREATE INDEX ix_customer_name ON dbo.Customers (Name, Active)
GO
CREATE TABLE dbo.Orders (
  Id bigint NOT NULL,
  CustomerId int NOT NULL,
  State nvarchar(10) NOT NULL,
  Quantity int NULL,
  Doubled AS (Quantity * 3) PERSISTED,
  CONSTRAINT fk_customer FOREIGN KEY (CustomerId) REFERENCES dbo.Customers (Id),
  CONSTRAINT fk_gone FOREIGN KEY (Quantity) REFERENCES dbo.Customers (Id)
)
GO
CREATE INDEX ix_gone ON dbo.Orders (Doubled)
GO
CREATE TABLE dbo."we""ird]name 😀" ("co]l""umn 😀" nvarchar(5) NOT NULL, plain int NULL)
GO
)sql";
  return out.str();
}

struct Servers {
  std::map<std::string, std::string> environment;
  std::vector<std::string> secrets;
  std::string missing;
};

Servers all_servers() {
  Servers all;
  for (const auto& backend : registry().all()) {
    const LiveServer& server = live_server(*backend);
    if (!server.url) {
      all.missing = server.reason;
      continue;
    }
    all.environment[url_variable(*backend)] = url_with_password(*server.url);
    if (server.url->password) all.secrets.push_back(server.url->password->reveal());
  }
  return all;
}

/// A folder with one script for each engine.
class Pair {
 public:
  Pair(const Servers& servers, const std::string& postgres, const std::string& sqlserver)
      : servers_(servers), texts_{{"postgres", postgres}, {"sqlserver", sqlserver}} {
    for (const auto& [engine, text] : texts_) folder_.write(engine + ".sql", text);
  }

  ProgramResult diff(std::vector<std::string> more) const {
    std::vector<std::string> arguments = {"diff", "postgres:postgres.sql", "sqlserver:sqlserver.sql"};
    arguments.insert(arguments.end(), more.begin(), more.end());
    return run_checked(arguments, folder_.path(), servers_.environment, servers_.secrets);
  }

  std::string suggest(const std::string& engine) const {
    const ProgramResult result = diff({"--suggest", engine});
    const bool done = result.exit_code == 0 || result.exit_code == 1;
    REQUIRE_MESSAGE(done, transcript(result));
    return result.output;
  }

  /// Adds what was suggested to the engine's script.
  void apply(const std::string& engine, const std::string& suggestion) {
    folder_.write(engine + ".sql", texts_[engine] + "\n" + suggestion);
  }

  /// The codes of what differs, each with its object, sorted.
  std::vector<std::string> differences() const {
    const ProgramResult result = diff({"--format", "json"});
    const bool done = result.exit_code == 0 || result.exit_code == 1;
    REQUIRE_MESSAGE(done, transcript(result));
    std::vector<std::string> out;
    const nlohmann::json document = parse_json(result);
    for (const nlohmann::json& difference : document.at("differences")) {
      out.push_back(difference.at("code").get<std::string>() + " " + difference.at("object").get<std::string>());
    }
    std::sort(out.begin(), out.end());
    return out;
  }

 private:
  const Servers& servers_;
  TemporaryFolder folder_;
  std::map<std::string, std::string> texts_;
};

std::string joined(const std::vector<std::string>& lines) {
  std::string out;
  for (const std::string& line : lines) out += line + "\n";
  return out;
}

/// What is left when the comments are taken out.
std::string without_comments(const std::string& script) {
  std::istringstream lines(script);
  std::string out;
  for (std::string line; std::getline(lines, line);) {
    if (!line.starts_with("--")) out += line + "\n";
  }
  return out;
}

/// Applies the suggestion for `engine`, and checks that nothing is left but `remaining`.
void check_round_trip(Pair& pair, const std::string& engine, const std::vector<std::string>& remaining = {}) {
  CHECK(pair.differences() != remaining);
  const std::string suggestion = pair.suggest(engine);
  pair.apply(engine, suggestion);
  const std::vector<std::string> left_over = pair.differences();
  CHECK_MESSAGE(left_over == remaining, joined(left_over), "after\n", suggestion);
}

}  // namespace

#define REQUIRE_ALL_SERVERS(servers)     \
  const Servers servers = all_servers(); \
  if (!servers.missing.empty()) SKIP_TEST(servers.missing)

TEST_CASE("diff --suggest has nothing to say about two equal schemas") {
  REQUIRE_ALL_SERVERS(servers);
  Pair pair(servers, kPostgresShop, kSqlServerShop);
  CHECK_MESSAGE(pair.differences().empty(), joined(pair.differences()));
  for (const char* engine : {"postgres", "sqlserver"}) {
    const std::string suggestion = pair.suggest(engine);
    CHECK_SAYS(suggestion, "There is nothing to do.");
    CHECK(without_comments(suggestion).find_first_not_of(" \n") == std::string::npos);
  }
}

TEST_CASE("diff --suggest sqlserver makes the whole schema where there is nothing") {
  REQUIRE_ALL_SERVERS(servers);
  Pair pair(servers, kPostgresShop, "SELECT 1\nGO\n");
  check_round_trip(pair, "sqlserver");
}

TEST_CASE("diff --suggest postgres makes the whole schema where there is nothing") {
  REQUIRE_ALL_SERVERS(servers);
  Pair pair(servers, "SELECT 1;\n", kSqlServerShop);
  check_round_trip(pair, "postgres");
}

TEST_CASE("diff --suggest postgres brings an old schema in line, but for what would lose data") {
  REQUIRE_ALL_SERVERS(servers);
  Pair pair(servers, kPostgresOld, kSqlServerShop);
  const std::string suggestion = pair.suggest("postgres");
  CHECK_SAYS(suggestion, "DROP COLUMN \"mail\"");
  CHECK_SILENT_ON(without_comments(suggestion), "DROP COLUMN \"mail\"");
  check_round_trip(pair, "postgres", {"column-missing customers.mail"});
}

ONE_ENGINE_CASE("sqlserver", "diff --suggest sqlserver brings an old schema in line, but for what would lose data") {
  REQUIRE_ALL_SERVERS(servers);
  Pair pair(servers, kPostgresShop, sqlserver_old(target.genuine));
  check_round_trip(pair, "sqlserver", {"column-extra customers.mail"});
}

TEST_CASE("diff --suggest only prints: a second run finds the same differences") {
  REQUIRE_ALL_SERVERS(servers);
  Pair pair(servers, kPostgresOld, kSqlServerShop);
  const std::vector<std::string> before = pair.differences();
  const std::string once = pair.suggest("postgres");
  CHECK(once == pair.suggest("postgres"));
  CHECK(pair.differences() == before);
}

TEST_CASE("diff --suggest names the difference before each statement, and says what it cannot express") {
  REQUIRE_ALL_SERVERS(servers);
  Pair pair(servers,
            "CREATE TABLE t (id int NOT NULL, note text, span interval, CONSTRAINT ck CHECK (note ~ '^a'));\n"
            "CREATE INDEX ix ON t (note);\n",
            "CREATE TABLE dbo.T (Id int NOT NULL, Note nvarchar(max) NULL)\nGO\n");
  const std::string suggestion = pair.suggest("sqlserver");
  CHECK_SAYS(suggestion, "-- check-missing: t.ck\n");
  CHECK_SAYS(suggestion, "Regular expressions");
  CHECK_SAYS(suggestion, "-- index-missing: t.ix\n");
  CHECK_SAYS(suggestion, "nvarchar(max), which can be no key of an index");
  CHECK_SAYS(suggestion, "-- column-missing: t.span\n");
  CHECK_SAYS(suggestion, "no type like interval");
  // All of it is a script that runs.
  pair.apply("sqlserver", suggestion);
  CHECK(pair.diff({}).exit_code == 1);
}

}  // namespace paripassu::test
