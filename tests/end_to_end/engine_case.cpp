#include "tests/end_to_end/engine_case.h"

#include <map>

namespace paripassu::test {

namespace {

const std::map<std::string, EngineSql>& engine_sql() {
  static const std::map<std::string, EngineSql> all = {
      {"postgres",
       {
           .separator = ";\n",
           .begin = "BEGIN",
           .commit = "COMMIT",
           .text_type = "varchar(100)",
           .schema = "public",
           .sleep_half_minute = "SELECT pg_sleep(30)",
           .sleep_half_minute_on_stand_in = "",
           .scratch_databases = "SELECT datname FROM pg_database WHERE datname LIKE 'paripassu_scratch_%'",
           .database_commands = {"\\c postgres", "CREATE DATABASE elsewhere;", "DROP DATABASE elsewhere;"},
       }},
      {"sqlserver",
       {
           .separator = "\nGO\n",
           .begin = "BEGIN TRANSACTION",
           .commit = "COMMIT TRANSACTION",
           .text_type = "nvarchar(100)",
           .schema = "dbo",
           .sleep_half_minute = "WAITFOR DELAY '00:00:30'",
           // Babelfish 4.4 has no WAITFOR.
           .sleep_half_minute_on_stand_in = "DECLARE @end datetime2 = DATEADD(second, 30, SYSDATETIME()); "
                                            "DECLARE @i int = 0; WHILE SYSDATETIME() < @end SET @i = @i + 1",
           .scratch_databases = "SELECT name FROM sys.databases WHERE name LIKE 'paripassu_scratch_%'",
           .database_commands = {"USE master", "CREATE DATABASE elsewhere", "DROP DATABASE elsewhere"},
       }},
  };
  return all;
}

}  // namespace

std::string Target::script(const std::vector<std::string>& statements) const {
  std::string text;
  for (const std::string& statement : statements) text += statement + sql.separator;
  return text;
}

const EngineSql* find_engine_sql(const std::string& engine) {
  const auto found = engine_sql().find(engine);
  return found == engine_sql().end() ? nullptr : &found->second;
}

void run_on(const std::string& engine, const std::function<void(const Target&)>& body) {
  static std::map<std::string, bool> genuine;
  const Backend& backend = registry().get(engine);
  const LiveServer& server = live_server(backend);
  if (!server.url) SKIP_TEST(server.reason);
  if (!genuine.contains(engine)) genuine[engine] = backend.connect(*server.url)->server().genuine;
  Target target{&backend, *server.url, genuine[engine], *find_engine_sql(engine)};
  if (!target.genuine && !target.sql.sleep_half_minute_on_stand_in.empty())
    target.sql.sleep_half_minute = target.sql.sleep_half_minute_on_stand_in;
  body(target);
}

}  // namespace paripassu::test
