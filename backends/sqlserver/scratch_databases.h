#pragma once

#include "backends/scratch.h"

namespace paripassu::sqlserver {

/// The folders of an instance for new files; absent where the server does not say.
struct InstanceFolders {
  Cell data;
  Cell log;
};

/// `folder`, which may end in a separator or not, with `name` in it: with the separator that the folder has itself.
std::string path_in(const std::string& folder, const std::string& name);

/// A backup that leaves no trace in the chain of backups, over whatever is in the file.
std::string backup_statement(const std::string& database, const std::string& file);

/// Restores the backup in `file` as `database`, each file of it under a new name in the instance's folders, else in the
/// folder that it was in. `files` is what RESTORE FILELISTONLY gave (LogicalName, PhysicalName, Type, …). Throws
/// Error(not_supported) when that is no list of files.
std::string restore_statement(const ResultSet& files, const InstanceFolders& folders, const std::string& database,
                              const std::string& file);

/// What ScratchDatabases::clone does on SQL Server: backup and restore; on Azure SQL Database CREATE DATABASE … AS COPY
/// OF. Leaves nothing behind when it throws.
void copy_database(Session& maintenance, const std::string& source, const std::string& name);

/// The mark is an extended property of the database.
class SqlServerScratchDatabases final : public MarkedScratchDatabases {
 protected:
  std::string maintenance_database() const override { return "master"; }
  std::unique_ptr<Session> connect(const ConnectionUrl& url) const override;
  void create_database(Session& maintenance, const std::string& name) const override;
  void copy_database(Session& maintenance, const std::string& source, const std::string& name) const override;
  void mark(Session& maintenance, const ConnectionUrl& database, const std::string& text) const override;
  bool is_marked(Session& maintenance, const ConnectionUrl& database) const override;
  void drop_database(Session& maintenance, const std::string& name) const override;
  std::vector<std::string> idle_candidates(Session& maintenance) const override;

 private:
  /// Runs `work` in `database`, by the maintenance session where it can change over: on Babelfish a session of its own
  /// costs ten times what is done in it.
  void in_database(Session& maintenance, const ConnectionUrl& database,
                   const std::function<void(Session&)>& work) const;
};

}  // namespace paripassu::sqlserver
