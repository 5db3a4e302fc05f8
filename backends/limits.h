#pragma once

#include <cstddef>
#include <cstdint>

/// Every bound of the program, by name. A queue, a batch, a poll or a time limit that is not here does not exist.
namespace paripassu::limits {

inline constexpr std::size_t kScriptBytesMax = 512u << 20;      ///< largest script file that is read
inline constexpr std::size_t kErrorStatementBytesMax = 2'000;   ///< how much of a statement an error shows
inline constexpr std::size_t kLedgerErrorBytesMax = 1'500;      ///< how much of an error the ledger keeps
inline constexpr std::size_t kMessagesPerStatementMax = 1'000;  ///< notices kept per statement; the rest are counted
inline constexpr int kGoRepeatMax = 100'000;                    ///< `GO n`
inline constexpr int kFilePathDepthMax = 64;                    ///< parents searched for paripassu.toml

inline constexpr int kLockPollFirst_ms = 25;                     ///< migration lock: first wait between two tries
inline constexpr int kLockPollMax_ms = 2'000;                    ///< … and the longest
inline constexpr int kMigrationLockTimeoutDefault_ms = 600'000;  ///< … and how long in all, unless told

inline constexpr int kServerStartTimeout_ms = 60'000;      ///< local server: from exec to first connection
inline constexpr int kServerStopTimeout_ms = 10'000;       ///< … from SIGINT until it is killed
inline constexpr int kContainerStartTimeout_ms = 180'000;  ///< a container with SQL Server needs about a minute
inline constexpr int kServerStartAttempts = 5;             ///< a free port can be taken between choosing and binding
inline constexpr int kConnectTimeout_s = 15;               ///< unless the URL says otherwise

inline constexpr int kDropRetryMax_ms = 2'000;  ///< scratch database still in use: longest wait between tries

inline constexpr std::size_t kBatchBytesDefault = 4u << 20;  ///< ColumnBatch: byte budget
inline constexpr std::size_t kBatchRowsMax = 65'536;         ///< ColumnBatch: rows
inline constexpr std::size_t kCellBytesMax = 1u << 30;       ///< one value; PostgreSQL's own limit
inline constexpr std::size_t kTestRowsMax = 1'000'000;       ///< rows of one table or query in test data

}  // namespace paripassu::limits
