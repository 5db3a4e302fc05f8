#pragma once

#include <cstddef>
#include <cstdint>

/// The bounds of the program's work, by name: queues, batches, polls, time limits, sizes of what is read. Those of
/// local servers are in backends/local_process/child_process.h. What a grammar or an engine bounds (the depth of an
/// expression, the length of a name) stands with the code that knows it.
namespace paripassu::limits {

inline constexpr std::size_t kScriptBytesMax = 512u << 20;       ///< largest script file that is read
inline constexpr std::size_t kErrorStatementBytesMax = 2'000;    ///< how much of a statement an error shows
inline constexpr std::size_t kLedgerErrorBytesMax = 1'500;       ///< how much of an error the ledger keeps
inline constexpr std::size_t kMessagesPerStatementMax = 1'000;   ///< notices kept per statement; the rest are counted
inline constexpr int kGoRepeatMax = 100'000;                     ///< `GO n`
inline constexpr int kFilePathDepthMax = 64;                     ///< parents searched for paripassu.toml
inline constexpr std::size_t kConfigurationBytesMax = 4u << 20;  ///< largest TOML file

inline constexpr int kLockPollFirst_ms = 25;                     ///< migration lock: first wait between two tries
inline constexpr int kLockPollMax_ms = 2'000;                    ///< … and the longest
inline constexpr int kMigrationLockTimeoutDefault_ms = 600'000;  ///< … and how long in all, unless told

inline constexpr int kServerStartTimeout_ms = 60'000;      ///< local server: from exec to first connection
inline constexpr int kServerStopTimeout_ms = 10'000;       ///< … from SIGINT until it is killed
inline constexpr int kContainerStartTimeout_ms = 180'000;  ///< a container with SQL Server needs about a minute
inline constexpr int kServerStartAttempts = 5;             ///< a free port can be taken between choosing and binding
inline constexpr int kConnectTimeout_s = 15;               ///< unless the URL says otherwise

inline constexpr int kDropRetryMax_ms = 2'000;  ///< scratch database still in use: longest wait between tries
inline constexpr int kBackupFiles = 16;         ///< SQL Server: used in turn, so no more stay where none can be removed
inline constexpr int kBackupFileWaitMax_ms = 300'000;  ///< … until one of them is free
inline constexpr int kAzureCopyMax_ms = 1'800'000;     ///< Azure SQL Database: an empty database takes minutes there

inline constexpr std::size_t kRevisionsMax = 100'000;                 ///< listed by the command of [migrator]
inline constexpr std::size_t kRevisionBytesMax = 200;                 ///< one identifier; what the ledger holds
inline constexpr std::size_t kInspectedStatementBytesMax = 1u << 20;  ///< a larger one is not searched for words
inline constexpr std::size_t kCommandOutputBytesMax = 4u << 20;  ///< kept of a command's stdout, and as much of stderr
inline constexpr std::size_t kCommandTailBytesMax = 4'000;       ///< how much of it an error shows
inline constexpr int kCommandStopTimeout_ms = 5'000;             ///< from SIGTERM until it is killed
inline constexpr int kCommandListTimeout_ms = 120'000;           ///< listing revisions
inline constexpr int kCommandPoll_ms = 50;                       ///< longest wait between two looks at a command

inline constexpr std::size_t kBatchBytesDefault = 4u << 20;  ///< ColumnBatch: byte budget
inline constexpr std::size_t kBatchRowsMax = 65'536;         ///< ColumnBatch: rows
inline constexpr std::size_t kCellBytesMax = 1u << 30;       ///< one value; PostgreSQL's own limit
inline constexpr std::size_t kInsertRowsMax = 1'000;         ///< one INSERT; SQL Server takes no more (error 10738)
inline constexpr std::size_t kInsertBytesMax = 1u << 20;     ///< one INSERT; exceeded by at most one row

// migration tests
inline constexpr std::size_t kTestRowsMax = 1'000'000;  ///< rows of one table or query in test data
inline constexpr std::size_t kReadyDatabasesMax = 8;    ///< stairway with data: copies kept for the steps below
inline constexpr std::size_t kTablesAskedMax = 200;     ///< by one query for those with rows; servers bound its parts
inline constexpr std::size_t kLostRowsShownMax = 20;    ///< of one table, per kind of loss
inline constexpr std::size_t kExpectationRowsShownMax = 20;  ///< rows that differ, of one expectation
inline constexpr std::size_t kExpectationDiffLinesMax = 40;  ///< what --accept would change in one file
inline constexpr std::size_t kCatalogChangesShownMax = 50;   ///< of one skipped version

// data comparison
inline constexpr std::size_t kDataMemoryDefault_bytes = 256u << 20;  ///< --memory
inline constexpr std::size_t kDataMemoryMin_bytes = 16u << 20;       ///< … and the least it may be
inline constexpr int kDataJobsMax = 64;                              ///< --jobs
inline constexpr std::size_t kDataKeysPerFetch = 500;                ///< rows fetched by key in one statement
inline constexpr std::size_t kDataDifferencesShownDefault = 20;      ///< --limit
inline constexpr std::size_t kCheckOffendersShownMax = 20;           ///< rows that break one check
inline constexpr std::size_t kQueryRowsMax = 1'000'000;              ///< rows of one query that is compared

}  // namespace paripassu::limits
