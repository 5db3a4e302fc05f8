#include "backends/sqlserver/scratch_databases.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <string_view>

#include "backends/interrupt.h"
#include "backends/limits.h"
#include "backends/sqlserver/dialect.h"
#include "backends/sqlserver/session.h"

namespace paripassu::sqlserver {

namespace {

constexpr std::int64_t kDatabaseInUse = 3702;     ///< "Cannot drop database because it is currently in use"
constexpr std::int64_t kCannotOpenDevice = 3201;  ///< "Cannot open backup device … Operating system error …"

/// SERVERPROPERTY('EngineEdition').
constexpr auto kEditionsWithFiles = std::to_array<int>({1, 2, 3, 4, 9});  ///< Personal … Express; Azure SQL Edge
constexpr int kAzureSqlDatabase = 5;

constexpr const char* kInstanceQuery =
    "SELECT CAST(SERVERPROPERTY('EngineEdition') AS int), "
    "CAST(SERVERPROPERTY('InstanceDefaultDataPath') AS nvarchar(4000)), "
    "CAST(SERVERPROPERTY('InstanceDefaultLogPath') AS nvarchar(4000))";

std::size_t find_column(const ResultSet& rows, std::string_view name) {
  const auto& columns = rows.columns();
  const auto found = std::find(columns.begin(), columns.end(), name);
  if (found == columns.end())
    throw Error(ErrorCategory::not_supported,
                fmt::format("RESTORE FILELISTONLY gives no column {}: this server cannot restore a backup", name))
        .with_engine("sqlserver");
  return static_cast<std::size_t>(found - columns.begin());
}

/// "/var/opt/mssql/data" of "/var/opt/mssql/data/shop.mdf"
std::string folder_of(const std::string& path) {
  const std::size_t last = path.find_last_of("/\\");
  return last == std::string::npos ? std::string{} : path.substr(0, last + 1);
}

/// One of the backup files, which nobody else writes to while this object lives.
class BackupFile {
 public:
  BackupFile(Session& maintenance, const Cell& folder) : maintenance_(maintenance) {
    const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(limits::kBackupFileWaitMax_ms);
    for (int wait_ms = limits::kLockPollFirst_ms;; wait_ms = std::min(wait_ms * 2, limits::kLockPollMax_ms)) {
      for (int i = 1; i <= limits::kBackupFiles; ++i) {
        name_ = fmt::format("paripassu_clone_{}.bak", i);
        if (!maintenance_.try_lock(name_)) continue;
        path_ = folder && !folder->empty() ? path_in(*folder, name_) : name_;
        return;
      }
      if (std::chrono::steady_clock::now() > deadline)
        throw Error(ErrorCategory::lock_timeout,
                    fmt::format("all {} files for backups of scratch databases are in use", limits::kBackupFiles))
            .with_engine("sqlserver");
      Interrupt::throw_if_requested();
      Interrupt::sleep_ms(wait_ms);
    }
  }
  ~BackupFile() {
    const Interrupt::Shield shield;
    try {
      remove();
      maintenance_.unlock(name_);
    } catch (const std::exception&) {
      // The lock goes with the session.
    }
  }
  BackupFile(const BackupFile&) = delete;
  BackupFile& operator=(const BackupFile&) = delete;

  const std::string& path() const { return path_; }

 private:
  /// Not documented, but what the maintenance plans of SQL Server call: it removes a file only when it is a backup. A
  /// user who is no sysadmin may be refused; the file then stays and is written over by the next clone.
  void remove() {
    if (path_ == name_) return;  // relative to a folder that is not known
    try {
      maintenance_.execute("EXEC master.sys.xp_delete_file 0, " + SqlServerDialect().quote_literal(path_));
    } catch (const Error& error) {
      if (error.poisons_connection()) throw;
    }
  }

  Session& maintenance_;
  std::string name_;
  std::string path_;
};

/// A restore or copy that failed leaves its database in a state that DROP DATABASE alone can be said to.
void drop_unfinished(Session& maintenance, const std::string& name) {
  const Interrupt::Shield shield;
  try {
    maintenance.execute("DROP DATABASE IF EXISTS " + SqlServerDialect().quote_identifier(name));
  } catch (const std::exception&) {
    // What stopped the work is what its caller is told.
  }
}

void copy_by_backup(Session& maintenance, const InstanceFolders& folders, const std::string& source,
                    const std::string& name) {
  const BackupFile file(maintenance, folders.data);
  try {
    maintenance.execute(backup_statement(source, file.path()));
  } catch (const Error& error) {
    const bool no_device = std::any_of(error.diagnostics().begin(), error.diagnostics().end(),
                                       [](const Diagnostic& one) { return one.native_code == kCannotOpenDevice; });
    if (!no_device) throw;
    throw Error(ErrorCategory::not_supported, "the server cannot write a backup to " + file.path())
        .with_engine("sqlserver")
        .with_diagnostics(error.diagnostics());
  }
  const ResultSet files =
      maintenance.query("RESTORE FILELISTONLY FROM DISK = " + SqlServerDialect().quote_literal(file.path()));
  const std::string restore = restore_statement(files, folders, name, file.path());
  try {
    maintenance.execute(restore);
  } catch (const Error&) {
    drop_unfinished(maintenance, name);
    throw;
  }
}

/// The statement returns while the copy has only begun.
void copy_on_azure(Session& maintenance, const std::string& source, const std::string& name) {
  const SqlServerDialect dialect;
  maintenance.execute("CREATE DATABASE " + dialect.quote_identifier(name) + " AS COPY OF " +
                      dialect.quote_identifier(source));
  const std::array<Cell, 1> parameters = {name};
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::milliseconds(limits::kAzureCopyMax_ms);
  try {
    for (std::string state = "COPYING"; state != "ONLINE"; Interrupt::sleep_ms(limits::kLockPollMax_ms)) {
      Interrupt::throw_if_requested();
      if (state != "COPYING" || std::chrono::steady_clock::now() > deadline)
        throw Error(ErrorCategory::resources,
                    fmt::format("the copy of {} did not become usable: it is {}", source, state))
            .with_engine("sqlserver");
      const ResultSet rows = maintenance.query("SELECT state_desc FROM sys.databases WHERE name = ?", parameters);
      state = rows.row_count() == 1 ? rows.row(0)[0].value_or("") : "gone";
    }
  } catch (const Error&) {
    drop_unfinished(maintenance, name);
    throw;
  }
}

}  // namespace

std::string path_in(const std::string& folder, const std::string& name) {
  if (folder.ends_with('/') || folder.ends_with('\\')) return folder + name;
  const bool windows = folder.find('\\') != std::string::npos && folder.find('/') == std::string::npos;
  return folder + (windows ? "\\" : "/") + name;
}

std::string backup_statement(const std::string& database, const std::string& file) {
  const SqlServerDialect dialect;
  // FORMAT, since what an interrupted backup left in the file has no header to append to. Express has no COMPRESSION,
  // and an instance may have it as its default.
  return fmt::format("BACKUP DATABASE {} TO DISK = {} WITH COPY_ONLY, FORMAT, INIT, NO_COMPRESSION",
                     dialect.quote_identifier(database), dialect.quote_literal(file));
}

std::string restore_statement(const ResultSet& files, const InstanceFolders& folders, const std::string& database,
                              const std::string& file) {
  const SqlServerDialect dialect;
  const std::size_t logical_name = find_column(files, "LogicalName");
  const std::size_t physical_name = find_column(files, "PhysicalName");
  const std::size_t type = find_column(files, "Type");
  std::string moves;
  bool primary = true;
  for (std::size_t i = 0; i < files.row_count(); ++i) {
    const std::span<const Cell> row = files.row(i);
    const std::string kind = row[type].value_or("");
    const bool log = kind == "L";
    const Cell& folder = log ? folders.log : folders.data;
    const std::string where = folder && !folder->empty() ? *folder : folder_of(row[physical_name].value_or(""));
    std::string name = fmt::format("{}_{}", database, i + 1);
    // Full-text catalogs and FILESTREAM containers are folders.
    if (log) name += ".ldf";
    if (kind == "D") name += primary ? ".mdf" : ".ndf";
    if (kind == "D") primary = false;
    moves +=
        fmt::format("{}MOVE {} TO {}", moves.empty() ? "" : ", ", dialect.quote_literal(row[logical_name].value_or("")),
                    dialect.quote_literal(path_in(where, name)));
  }
  if (moves.empty())
    throw Error(ErrorCategory::not_supported, "RESTORE FILELISTONLY lists no file in " + file).with_engine("sqlserver");
  return fmt::format("RESTORE DATABASE {} FROM DISK = {} WITH {}, RECOVERY", dialect.quote_identifier(database),
                     dialect.quote_literal(file), moves);
}

void copy_database(Session& maintenance, const std::string& source, const std::string& name) {
  const ServerInfo& server = maintenance.server();
  const auto refuse = [&](const std::string& product) {
    throw Error(ErrorCategory::not_supported, product + " cannot copy a database")
        .with_engine("sqlserver")
        .with_remedy("make a second scratch database and run what made the first");
  };
  if (!server.genuine) refuse(server.label());
  const ResultSet instance = maintenance.query(kInstanceQuery);
  const int edition = instance.row_count() == 1 ? std::atoi(instance.row(0)[0].value_or("0").c_str()) : 0;
  if (edition == kAzureSqlDatabase) {
    copy_on_azure(maintenance, source, name);
  } else if (std::find(kEditionsWithFiles.begin(), kEditionsWithFiles.end(), edition) != kEditionsWithFiles.end()) {
    copy_by_backup(maintenance, {instance.row(0)[1], instance.row(0)[2]}, source, name);
  } else {
    // Managed Instance (8) backs up to a URL only; Synapse (6, 11) not at all.
    refuse(fmt::format("{} (engine edition {})", server.label(), edition));
  }
}

std::unique_ptr<Session> SqlServerScratchDatabases::connect(const ConnectionUrl& url) const {
  return std::make_unique<SqlServerSession>(url);
}

void SqlServerScratchDatabases::create_database(Session& maintenance, const std::string& name) const {
  // Babelfish cannot create two databases at once: one of them fails with PostgreSQL's "tuple concurrently updated".
  for (int attempt = 1;; ++attempt) {
    try {
      maintenance.execute("CREATE DATABASE " + SqlServerDialect().quote_identifier(name));
      return;
    } catch (const Error& error) {
      const bool collided = error.message().find("concurrently updated") != std::string::npos;
      if (!collided || attempt >= limits::kServerStartAttempts) throw;
      Interrupt::sleep_ms(limits::kLockPollFirst_ms * attempt * attempt);
    }
  }
}

void SqlServerScratchDatabases::copy_database(Session& maintenance, const std::string& source,
                                              const std::string& name) const {
  sqlserver::copy_database(maintenance, source, name);
}

void SqlServerScratchDatabases::in_database(Session& maintenance, const ConnectionUrl& database,
                                            const std::function<void(Session&)>& work) const {
  const std::string home = maintenance.server().database;
  if (!maintenance.enter_database(database.database)) {
    work(*connect(database));
    return;
  }
  // Locks belong to the database they were taken in, and one that a session is in cannot be dropped.
  const auto return_home = [&] {
    const Interrupt::Shield shield;
    maintenance.enter_database(home);
  };
  try {
    work(maintenance);
  } catch (...) {
    try {
      return_home();
    } catch (const std::exception&) {
      // What stopped the work is what its caller is told.
    }
    throw;
  }
  return_home();
}

void SqlServerScratchDatabases::mark(Session& maintenance, const ConnectionUrl& database,
                                     const std::string& text) const {
  // A restored database has the mark of the one it is a copy of.
  const std::string arguments = "N'paripassu_scratch', " + SqlServerDialect().quote_literal(text);
  in_database(maintenance, database, [&](Session& session) {
    session.execute(
        "IF EXISTS (SELECT 1 FROM sys.extended_properties WHERE class = 0 AND name = N'paripassu_scratch') "
        "EXEC sp_updateextendedproperty " +
        arguments + " ELSE EXEC sp_addextendedproperty " + arguments);
  });
}

bool SqlServerScratchDatabases::is_marked(Session& maintenance, const ConnectionUrl& database) const {
  bool marked = false;
  in_database(maintenance, database, [&](Session& session) {
    marked = session.query("SELECT 1 FROM sys.extended_properties WHERE class = 0 AND name = N'paripassu_scratch'")
                 .row_count() == 1;
  });
  return marked;
}

void SqlServerScratchDatabases::drop_database(Session& maintenance, const std::string& name) const {
  const std::string quoted = SqlServerDialect().quote_identifier(name);
  if (maintenance.server().genuine)
    maintenance.execute("ALTER DATABASE " + quoted + " SET SINGLE_USER WITH ROLLBACK IMMEDIATE");
  // A session that has just been closed counts as a user of the database until the server has noticed.
  for (int wait_ms = limits::kLockPollFirst_ms;; wait_ms *= 2) {
    try {
      maintenance.execute("DROP DATABASE IF EXISTS " + quoted);
      return;
    } catch (const Error& error) {
      const bool in_use = error.native_code() == kDatabaseInUse || error.message().find("in use") != std::string::npos;
      if (!in_use || wait_ms > limits::kDropRetryMax_ms) throw;
      Interrupt::sleep_ms(wait_ms);
    }
  }
}

std::vector<std::string> SqlServerScratchDatabases::idle_candidates(Session& maintenance) const {
  const std::array<Cell, 2> parameters = {std::to_string(std::string(kNamePrefix).size()), std::string(kNamePrefix)};
  const ResultSet rows = maintenance.query(
      "SELECT d.name FROM sys.databases d WHERE LEFT(d.name, CAST(? AS int)) = ? "
      "AND NOT EXISTS (SELECT 1 FROM sys.dm_exec_sessions s WHERE s.database_id = d.database_id)",
      parameters);
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rows.row_count(); ++i) names.push_back(rows.row(i)[0].value_or(""));
  return names;
}

}  // namespace paripassu::sqlserver
