#pragma once

#include <span>
#include <string>
#include <vector>

#include "backends/backend.h"

namespace paripassu::conformance {

/// One type of an engine, with values that a batch must bring over unharmed.
struct TypeSample {
  struct Value {
    std::string literal;    ///< an SQL expression of the type
    std::string formatted;  ///< what ColumnBatch::format makes of it
  };
  std::string type;  ///< as in CREATE TABLE
  ColumnLayout layout = ColumnLayout::text;
  std::vector<Value> values;  ///< NULL is added by the cases
};

/// What the cases need to know of an engine.
struct BatchSamples {
  std::vector<TypeSample> types;
  std::string long_text_type;  ///< holds at least 5 MB
  std::string long_bytes_type;
  std::string bytes_literal_begin;  ///< what stands around hexadecimal digits
  std::string bytes_literal_end;
  /// A reader that is abandoned leaves the transaction around it open.
  bool abandoning_keeps_transaction = false;
  /// The server stops sending soon after it was asked to. Babelfish 4.4 runs the query to its end first.
  bool stops_when_cancelled = true;
};

/// Samples of the two engines; of SQL Server only what Babelfish accepts as well.
BatchSamples postgres_batch_samples();
BatchSamples sqlserver_batch_samples();

struct BatchCase {
  const char* name;  ///< a sentence about the reader
  void (*run)(const Backend& backend, Session& session, const BatchSamples& samples);
};

/// Every case; each makes the tables it needs, drops them, and leaves the session as it found it. `session` may write
/// to its database. To be called from a doctest case:
///
///     for (const BatchCase& batch_case : batch_cases()) {
///       SUBCASE(batch_case.name) { batch_case.run(backend, session, samples); }
///     }
std::span<const BatchCase> batch_cases();

/// A cell of the row path in the words of ColumnBatch::format, so that both paths can be compared. Understands what the
/// sessions of this program get from libpq, FreeTDS and msodbcsql18.
std::string canonical_cell(const Cell& cell, ColumnLayout layout);

}  // namespace paripassu::conformance
