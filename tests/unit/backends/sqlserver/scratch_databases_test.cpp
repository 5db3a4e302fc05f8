#include "backends/sqlserver/scratch_databases.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <functional>
#include <set>

namespace paripassu::sqlserver {
namespace {

/// Rows of RESTORE FILELISTONLY, of whose columns the first four are shown.
ResultSet file_list(const std::vector<std::vector<std::string>>& rows) {
  ResultSet result({"LogicalName", "PhysicalName", "Type", "FileGroupName"});
  for (const std::vector<std::string>& row : rows)
    for (const std::string& cell : row) result.append(cell);
  return result;
}

const std::vector<std::vector<std::string>> kLinuxFiles = {
    {"src", "/var/opt/mssql/data/src.mdf", "D", "PRIMARY"},
    {"src_log", "/var/opt/mssql/data/src_log.ldf", "L", ""},
    {"second's", "/var/opt/mssql/data/second.ndf", "D", "OTHER"},
    {"memory", "/var/opt/mssql/data/memory", "S", "MEMORY"},
};

/// A server that answers what it is told to, and remembers what it was asked.
class FakeSession final : public Session {
 public:
  std::function<ResultSet(const std::string&)> answer;
  std::function<void(const std::string&)> on_execute = [](const std::string&) {};
  std::vector<std::string> executed;
  std::set<std::string> locked;         ///< by this session
  std::set<std::string> locked_others;  ///< by others
  ServerInfo info;

  const ServerInfo& server() const override { return info; }
  ResultSet query(std::string_view sql, std::span<const Cell>) override {
    executed.emplace_back(sql);
    return answer(std::string(sql));
  }
  std::int64_t execute(std::string_view sql, std::span<const Cell>) override {
    executed.emplace_back(sql);
    on_execute(std::string(sql));
    return -1;
  }
  StatementOutcome run(const ScriptStatement&) override { return {}; }
  void begin() override {}
  void commit() override {}
  void rollback() override {}
  TransactionState transaction_state() override { return TransactionState::none; }
  bool try_lock(std::string_view name) override {
    if (locked_others.count(std::string(name)) != 0) return false;
    return locked.emplace(name).second;
  }
  void unlock(std::string_view name) override { locked.erase(std::string(name)); }
  void set_lock_timeout_ms(int) override {}
  void set_statement_timeout_ms(int) override {}
  void cancel() noexcept override {}
  bool connected() override { return true; }
  std::uint64_t round_trips() const override { return executed.size(); }

  bool executed_any(const std::string& beginning) const {
    return std::any_of(executed.begin(), executed.end(),
                       [&](const std::string& one) { return one.starts_with(beginning); });
  }
};

/// A SQL Server with backups; `edition` as SERVERPROPERTY('EngineEdition') has it.
FakeSession make_server(const std::string& edition) {
  FakeSession session;
  session.info.engine = "sqlserver";
  session.info.product = "Microsoft SQL Server";
  session.answer = [edition](const std::string& sql) {
    if (sql.starts_with("RESTORE FILELISTONLY")) return file_list(kLinuxFiles);
    if (sql.find("sys.databases") != std::string::npos) {
      ResultSet state({"state_desc"});
      state.append("ONLINE");
      return state;
    }
    ResultSet instance({"edition", "data", "log"});
    instance.append(edition);
    instance.append("/data/");
    instance.append("/log/");
    return instance;
  };
  return session;
}

Error error_of(std::int64_t number, ErrorCategory category) {
  Diagnostic record;
  record.native_code = number;
  record.message =
      "Cannot open backup device '/data/paripassu_clone_1.bak'. Operating system error 5(Access is denied.)";
  Error error(category, record.message);
  error.with_diagnostics({record});
  return error;
}

ErrorCategory category_of(const std::function<void()>& work) {
  try {
    work();
  } catch (const Error& error) {
    return error.category();
  }
  return ErrorCategory::internal;
}

}  // namespace

TEST_CASE("A restore gives every file a name of its own in the instance's folders") {
  CHECK(restore_statement(file_list(kLinuxFiles), {"/data/", "/log"}, "new", "/data/x.bak") ==
        "RESTORE DATABASE [new] FROM DISK = N'/data/x.bak' WITH MOVE N'src' TO N'/data/new_1.mdf', "
        "MOVE N'src_log' TO N'/log/new_2.ldf', MOVE N'second''s' TO N'/data/new_3.ndf', "
        "MOVE N'memory' TO N'/data/new_4', RECOVERY");
}

TEST_CASE(
    "A restore on Windows keeps the separator of its folders, and the folders of the source where none is known") {
  const ResultSet files =
      file_list({{"shop", "D:\\SQL\\Data\\shop.mdf", "D", "PRIMARY"}, {"shop_log", "E:\\Logs\\shop_log.ldf", "L", ""}});
  CHECK(restore_statement(files, {"C:\\Program Files\\MSSQL\\DATA\\", "C:\\Log"}, "new", "C:\\x.bak") ==
        "RESTORE DATABASE [new] FROM DISK = N'C:\\x.bak' WITH "
        "MOVE N'shop' TO N'C:\\Program Files\\MSSQL\\DATA\\new_1.mdf', "
        "MOVE N'shop_log' TO N'C:\\Log\\new_2.ldf', RECOVERY");
  CHECK(restore_statement(files, {}, "new", "x.bak") ==
        "RESTORE DATABASE [new] FROM DISK = N'x.bak' WITH MOVE N'shop' TO N'D:\\SQL\\Data\\new_1.mdf', "
        "MOVE N'shop_log' TO N'E:\\Logs\\new_2.ldf', RECOVERY");
}

TEST_CASE("A restore without a list of files is not supported") {
  CHECK(category_of([] { restore_statement(file_list({}), {}, "new", "x.bak"); }) == ErrorCategory::not_supported);
  CHECK(category_of([] { restore_statement(ResultSet({"Name"}), {}, "new", "x.bak"); }) ==
        ErrorCategory::not_supported);
}

TEST_CASE("Paths take the separator of their folder") {
  CHECK(path_in("/a/b", "c") == "/a/b/c");
  CHECK(path_in("/a/b/", "c") == "/a/b/c");
  CHECK(path_in("C:\\a", "c") == "C:\\a\\c");
  CHECK(path_in("C:\\a\\", "c") == "C:\\a\\c");
  CHECK(path_in("C:/a\\b", "c") == "C:/a\\b/c");
}

TEST_CASE("A backup leaves the chain of backups alone and asks for nothing that Express lacks") {
  CHECK(backup_statement("a]b", "/d/it's.bak") ==
        "BACKUP DATABASE \"a]b\" TO DISK = N'/d/it''s.bak' WITH COPY_ONLY, FORMAT, INIT, NO_COMPRESSION");
}

TEST_CASE("A database is copied by backup and restore, and the backup is removed") {
  FakeSession session = make_server("4");
  copy_database(session, "src", "new");
  REQUIRE(session.executed.size() == 5);
  CHECK(session.executed[1].starts_with("BACKUP DATABASE [src] TO DISK = N'/data/paripassu_clone_1.bak'"));
  CHECK(session.executed[2] == "RESTORE FILELISTONLY FROM DISK = N'/data/paripassu_clone_1.bak'");
  CHECK(session.executed[3].starts_with("RESTORE DATABASE [new] FROM DISK = N'/data/paripassu_clone_1.bak'"));
  CHECK(session.executed[4] == "EXEC master.sys.xp_delete_file 0, N'/data/paripassu_clone_1.bak'");
  CHECK(session.locked.empty());
}

TEST_CASE("Two clones at once use two backup files") {
  FakeSession session = make_server("3");
  session.locked_others = {"paripassu_clone_1.bak", "paripassu_clone_2.bak"};
  copy_database(session, "src", "new");
  CHECK(session.executed[1].find("paripassu_clone_3.bak") != std::string::npos);
}

TEST_CASE("A user who may not remove the backup has his clone all the same") {
  FakeSession session = make_server("2");
  session.on_execute = [](const std::string& sql) {
    if (sql.starts_with("EXEC master.sys.xp_delete_file")) throw Error(ErrorCategory::permission, "denied");
  };
  CHECK_NOTHROW(copy_database(session, "src", "new"));
  CHECK(session.locked.empty());
}

TEST_CASE("A restore that fails leaves no database behind") {
  FakeSession session = make_server("2");
  session.on_execute = [](const std::string& sql) {
    if (sql.starts_with("RESTORE DATABASE")) throw Error(ErrorCategory::resources, "the disk is full");
  };
  CHECK(category_of([&] { copy_database(session, "src", "new"); }) == ErrorCategory::resources);
  CHECK(session.executed_any("DROP DATABASE IF EXISTS [new]"));
  CHECK(session.executed_any("EXEC master.sys.xp_delete_file"));
  CHECK(session.locked.empty());
}

TEST_CASE("What hinders a backup is told: no right, or no folder that the server may write to") {
  FakeSession session = make_server("2");
  session.on_execute = [](const std::string& sql) {
    if (sql.starts_with("BACKUP")) throw error_of(262, ErrorCategory::permission);
  };
  CHECK(category_of([&] { copy_database(session, "src", "new"); }) == ErrorCategory::permission);
  session.on_execute = [](const std::string& sql) {
    if (sql.starts_with("BACKUP")) throw error_of(3201, ErrorCategory::unclassified);
  };
  CHECK(category_of([&] { copy_database(session, "src", "new"); }) == ErrorCategory::not_supported);
  CHECK_FALSE(session.executed_any("DROP DATABASE"));
}

TEST_CASE("Azure SQL Database copies a database itself, and its copy is waited for") {
  FakeSession session = make_server("5");
  copy_database(session, "src", "new");
  CHECK(session.executed_any("CREATE DATABASE [new] AS COPY OF [src]"));
  CHECK_FALSE(session.executed_any("BACKUP"));
}

TEST_CASE("A server that cannot copy a database says so before anything is done") {
  FakeSession stand_in = make_server("2");
  stand_in.info.genuine = false;
  CHECK(category_of([&] { copy_database(stand_in, "src", "new"); }) == ErrorCategory::not_supported);
  CHECK(stand_in.executed.empty());
  FakeSession managed_instance = make_server("8");
  CHECK(category_of([&] { copy_database(managed_instance, "src", "new"); }) == ErrorCategory::not_supported);
  CHECK_FALSE(managed_instance.executed_any("BACKUP"));
}

}  // namespace paripassu::sqlserver
