#pragma once

#include <memory>
#include <string>
#include <vector>

#include "harness/datacheck/data_comparison.h"
#include "harness/dataset/row_set.h"

/// Reading small results without leaving a trace, for `query` and `check`. Private to the room.
namespace paripassu::datacheck {

/// The beginning of a result.
struct FirstRows {
  std::vector<std::string> columns;
  std::vector<std::vector<Cell>> rows;
  std::uint64_t count = 0;  ///< of all rows
};

/// Runs statements on one side, each in a transaction that reads, sees one moment where the database allows it, and is
/// rolled back; a lost connection is opened anew for the next one. One thread at a time.
class Reader {
 public:
  /// `side` must outlive the reader.
  explicit Reader(const DataSide& side) : side_(side) {}

  const Backend& backend() const { return *side_.backend; }
  /// Connects, unless that was done before. Throws Error.
  ServerInfo open();
  /// All rows of a query. Throws Error: what the server says; resources beyond limits::kQueryRowsMax rows.
  RowSet read(const std::string& sql, const std::string& name);
  /// The first `rows_max` rows, as canonical texts, and how many there are; counting ends beyond limits::kQueryRowsMax.
  FirstRows read_first(const std::string& sql, std::size_t rows_max);
  /// "PostgreSQL: read without a consistent snapshot: …", each once.
  const std::vector<std::string>& notes() const { return notes_; }

 private:
  /// Calls `body` with a session in a transaction.
  template <typename Body>
  auto in_snapshot(const Body& body);

  const DataSide& side_;
  std::unique_ptr<Session> session_;
  std::vector<std::string> notes_;
};

/// Neither a finding nor a fault of a query: the run is being stopped.
bool ends_the_run(const Error& error);

/// What the server said beside the message, and the remedy, a line each.
void append_words(const Error& error, std::vector<std::string>& lines);

}  // namespace paripassu::datacheck
