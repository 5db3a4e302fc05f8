#include "backends/client_url.h"

#include <doctest/doctest.h>

#include "backends/dialect.h"
#include "tests/support/live_server.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

std::string form(const std::string& url, ClientUrlForm wanted) {
  const ConnectionUrl parsed = ConnectionUrl::parse(url);
  return registry().find_by_scheme(parsed.scheme)->dialect().client_url(wanted, parsed);
}

constexpr const char* kPostgres = "postgres://me:p%40%27s%22%5C@db.example:5433/or%20ders?sslmode=require";
constexpr const char* kSocket = "postgres://me@%2Frun%2FPg:5433/orders";
constexpr const char* kSqlServer =
    "sqlserver://sa:p%7D%3B%22@db.example:1444/orders?driver=FreeTDS&encrypt=yes&trustServerCertificate=yes";

ErrorCategory refused(const std::string& url, ClientUrlForm wanted) {
  try {
    form(url, wanted);
  } catch (const Error& error) {
    CHECK_FALSE(error.remedy().empty());
    return error.category();
  }
  return ErrorCategory::internal;
}

}  // namespace

TEST_CASE("A URL with its password is read as the same URL again") {
  for (const std::string& text :
       std::vector<std::string>{kPostgres, kSocket, kSqlServer, "postgres://", "postgres:///x", "postgres://a,b:5433/x",
                                "postgres://a:1,b:2/x?target_session_attrs=any", "postgres://[::1]:5/x",
                                "postgres://u:@h/d%2Fe%3F", "postgres://%C3%BC@h?application_name=a%26b%3Dc"}) {
    const ConnectionUrl url = ConnectionUrl::parse(text);
    CHECK_MESSAGE(ConnectionUrl::parse(text_with_password(url)) == url, text);
  }
}

TEST_CASE("PostgreSQL's URL is written in every form") {
  CHECK(form(kPostgres, ClientUrlForm::url) ==
        "postgres://me:p%40%27s%22%5C@db.example:5433/or%20ders?sslmode=require");
  CHECK(form(kPostgres, ClientUrlForm::sqlalchemy) ==
        "postgresql+psycopg2://me:p%40%27s%22%5C@db.example:5433/or%20ders?sslmode=require");
  CHECK(form(kPostgres, ClientUrlForm::libpq) ==
        R"(host='db.example' port='5433' user='me' password='p@\'s"\\' dbname='or ders' sslmode='require')");
  CHECK(
      form(kPostgres, ClientUrlForm::odbc) ==
      R"(Driver={PostgreSQL Unicode};Servername={db.example};Port={5433};Database={or ders};UID={me};PWD={p@'s"\};SSLmode={require})");
  CHECK(form(kPostgres, ClientUrlForm::jdbc) ==
        "jdbc:postgresql://db.example:5433/or%20ders?user=me&password=p%40%27s%22%5C&sslmode=require");
  CHECK(form(kPostgres, ClientUrlForm::ado) ==
        R"(Host="db.example";Port="5433";Database="or ders";Username="me";Password="p@'s""\";SSL Mode="require")");
}

TEST_CASE("A Unix socket is written in the forms that can name one") {
  CHECK(form(kSocket, ClientUrlForm::url) == "postgres://me@%2Frun%2FPg:5433/orders");
  CHECK(form(kSocket, ClientUrlForm::sqlalchemy) == "postgresql+psycopg2://me@/orders?host=/run/Pg&port=5433");
  CHECK(form(kSocket, ClientUrlForm::libpq) == "host='/run/Pg' port='5433' user='me' dbname='orders'");
  CHECK(form(kSocket, ClientUrlForm::ado) == R"(Host="/run/Pg";Port="5433";Database="orders";Username="me")");
  CHECK(refused(kSocket, ClientUrlForm::jdbc) == ErrorCategory::not_supported);
}

TEST_CASE("What a form cannot say is refused and not left out") {
  CHECK(refused("postgres://h/d?target_session_attrs=any", ClientUrlForm::ado) == ErrorCategory::not_supported);
  CHECK(refused(kSqlServer, ClientUrlForm::libpq) == ErrorCategory::not_supported);
}

TEST_CASE("SQL Server's URL is written in every form, with the driver that this program uses") {
  CHECK(form(kSqlServer, ClientUrlForm::odbc) ==
        "Driver=FreeTDS;Server=db.example;Port=1444;Encryption=require;TDS_Version=7.4;ClientCharset=UTF-8;UID=sa;"
        "PWD={p}};\"};Database=orders;APP=paripassu");
  CHECK(form(kSqlServer, ClientUrlForm::sqlalchemy) ==
        "mssql+pyodbc:///?odbc_connect=" + percent_encoded(form(kSqlServer, ClientUrlForm::odbc)));
  CHECK(form(kSqlServer, ClientUrlForm::jdbc) ==
        "jdbc:sqlserver://db.example:1444;databaseName={orders};user={sa};password={p}};\"};encrypt={true};"
        "trustServerCertificate={true}");
  CHECK(
      form(kSqlServer, ClientUrlForm::ado) ==
      R"(Server="tcp:db.example,1444";Database="orders";User ID="sa";Password="p};""";Encrypt="yes";TrustServerCertificate="yes")");
  const ConnectionUrl url = ConnectionUrl::parse(form("sqlserver://h/d?driver=My%20Driver", ClientUrlForm::url));
  CHECK(url.parameter("driver") == "My Driver");
}

TEST_CASE("A form's word is read, and others are refused") {
  for (const std::string& word : client_url_form_words()) CHECK_NOTHROW(client_url_form_from_string(word));
  CHECK(client_url_form_from_string("ado") == ClientUrlForm::ado);
  CHECK_THROWS_AS(client_url_form_from_string("oledb"), Error);
}

TEST_CASE("A dialect knows which statements change their session") {
  const auto changes = [](const char* engine, const std::string& statement) {
    const Backend& backend = registry().get(engine);
    return backend.dialect().changes_session(backend.script_reader().words(statement));
  };
  for (const std::string& statement : std::vector<std::string>{
           "CREATE TABLE t (id int, temperature int)", "ALTER TABLE t ALTER c SET NOT NULL", "UPDATE t SET c = 1",
           "WITH x AS (SELECT 1) INSERT INTO t SELECT * FROM x", "CREATE INDEX CONCURRENTLY ix ON t (c)",
           "COMMENT ON TABLE t IS 'set search_path'", "SELECT setval('s', 5)", "CREATE TABLE \"set\" (\"temp\" int)",
           "ALTER TABLE t ADD FOREIGN KEY (a) REFERENCES u ON DELETE SET NULL",
           "DO $$ BEGIN UPDATE t SET c = 1; END $$", "GRANT SELECT ON t TO PUBLIC", "BEGIN", "COMMIT"})
    CHECK_MESSAGE(!changes("postgres", statement), statement);
  for (const std::string& statement : std::vector<std::string>{
           "SET search_path = app", "set local lock_timeout = 1", "RESET ALL", "CREATE TEMP TABLE t (id int)",
           "CREATE TEMPORARY VIEW v AS SELECT 1", "SELECT set_config('search_path', 'app', false)",
           "SELECT pg_advisory_lock(1)", "PREPARE p AS SELECT 1", "LISTEN x", "ALTER DATABASE d SET search_path = app",
           "ALTER ROLE me SET search_path = app", "CALL p()",
           "DO $$ BEGIN PERFORM set_config('a.b', '1', false); END $$", "SELECT 1 INTO TEMP t"})
    CHECK_MESSAGE(changes("postgres", statement), statement);
  for (const std::string& statement : std::vector<std::string>{
           "CREATE TABLE t (id int)", "UPDATE t SET c = 1 WHERE id = 2",
           "ALTER TABLE t ADD c int NULL\nCREATE INDEX i ON t (c)", "EXEC sp_rename 't.a', 'b', 'COLUMN'",
           "EXECUTE sys.sp_addextendedproperty N'MS_Description', N'x'",
           "ALTER TABLE t ADD CONSTRAINT f FOREIGN KEY (a) REFERENCES u (a) ON DELETE SET NULL",
           "DECLARE @n int; IF EXISTS (SELECT 1 FROM t) PRINT 'SET'",
           "WITH x AS (SELECT 1 a) INSERT INTO t SELECT a FROM x"})
    CHECK_MESSAGE(!changes("sqlserver", statement), statement);
  for (const std::string& statement :
       std::vector<std::string>{"SET LANGUAGE German", "UPDATE t SET c = 1\nSET DATEFORMAT dmy",
                                "SELECT 1 AS id INTO #t", "CREATE TABLE #t (id int)", "EXEC dbo.whatever", "USE master",
                                "ALTER DATABASE CURRENT SET READ_COMMITTED_SNAPSHOT ON", "EXEC ('SET LANGUAGE German')",
                                "EXEC sp_executesql N'SET LANGUAGE German'"})
    CHECK_MESSAGE(changes("sqlserver", statement), statement);
}
