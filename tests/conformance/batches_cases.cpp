#include "tests/conformance/batches_cases.h"

#include <doctest/doctest.h>
#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <thread>

namespace paripassu::conformance {

namespace {

constexpr int kNumbers = 8'192;
constexpr const char* kNumbersTable = "batch_numbers";
constexpr const char* kValuesTable = "batch_values";

/// The sizes at which the batch path must equal the row path.
std::vector<BatchOptions> batch_sizes() {
  const BatchOptions usual;
  return {{usual.batch_bytes_max, 1}, {usual.batch_bytes_max, 7}, {1u << 20, usual.batch_rows_max}, {1, 1'000}};
}

/// A table that is dropped at the end, whatever happens.
class Table {
 public:
  Table(Session& session, std::string name, const std::string& columns) : session_(session), name_(std::move(name)) {
    session_.execute("DROP TABLE IF EXISTS " + name_);
    session_.execute(fmt::format("CREATE TABLE {} ({})", name_, columns));
  }
  ~Table() {
    try {
      session_.rollback();
      session_.execute("DROP TABLE IF EXISTS " + name_);
    } catch (const Error& error) {
      MESSAGE("a table could not be dropped: ", std::string(error.what()));
    }
  }
  Table(const Table&) = delete;
  Table& operator=(const Table&) = delete;

 private:
  Session& session_;
  std::string name_;
};

/// 1 … kNumbers, in that order, clustered by the key.
class Numbers : public Table {
 public:
  explicit Numbers(Session& session) : Table(session, kNumbersTable, "n int NOT NULL PRIMARY KEY") {
    session.execute(fmt::format("INSERT INTO {} VALUES (1)", kNumbersTable));
    for (int count = 1; count < kNumbers; count *= 2)
      session.execute(fmt::format("INSERT INTO {0} SELECT n + {1} FROM {0}", kNumbersTable, count));
  }
};

template <class Action>
class Finally {
 public:
  explicit Finally(Action action) : action_(std::move(action)) {}
  ~Finally() { action_(); }
  Finally(const Finally&) = delete;
  Finally& operator=(const Finally&) = delete;

 private:
  Action action_;
};

/// For messages.
std::string shortened(const std::string& text) {
  return text.size() <= 200 ? text : fmt::format("{}… ({} bytes)", text.substr(0, 200), text.size());
}

using Rows = std::vector<std::vector<std::string>>;

/// Reads all and checks what every batch must keep to.
Rows read_all(const Backend& backend, Session& session, const std::string& sql, const BatchOptions& options,
              ColumnBatch& batch) {
  Rows rows;
  const auto reader = backend.read_batches(session, sql, options);
  while (const std::size_t count = reader->next(batch)) {
    REQUIRE(count == batch.rows);
    CHECK(count <= options.batch_rows_max);
    for (const ColumnVector& column : batch.columns) REQUIRE(column.size() == count);
    if (count > 1) {
      // The rows but the last one were below the budget.
      CHECK(batch.byte_size() / count * (count - 1) < options.batch_bytes_max + batch.byte_size() / count);
    }
    for (std::size_t row = 0; row < count; ++row) {
      std::vector<std::string>& cells = rows.emplace_back();
      for (std::size_t column = 0; column < batch.columns.size(); ++column) cells.push_back(batch.format(column, row));
    }
  }
  CHECK(batch.rows == 0);
  CHECK(reader->next(batch) == 0);
  return rows;
}

Rows read_all(const Backend& backend, Session& session, const std::string& sql) {
  ColumnBatch batch;
  return read_all(backend, session, sql, {}, batch);
}

void check_usable(Session& session) {
  const ResultSet rows = session.query("SELECT 42 AS answer");
  REQUIRE(rows.row_count() == 1);
  CHECK(rows.row(0)[0] == "42");
}

/// The batch path against the row path.
void check_paths_equal(const Backend& backend, Session& session, const std::string& sql) {
  CAPTURE(sql);
  const ResultSet expected = session.query(sql);
  for (const BatchOptions& options : batch_sizes()) {
    CAPTURE(options.batch_rows_max);
    CAPTURE(options.batch_bytes_max);
    ColumnBatch batch;
    const Rows rows = read_all(backend, session, sql, options, batch);
    REQUIRE(batch.columns.size() == expected.columns().size());
    for (std::size_t column = 0; column < batch.columns.size(); ++column)
      CHECK(batch.columns[column].name == expected.columns()[column]);
    REQUIRE(rows.size() == expected.row_count());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      for (std::size_t column = 0; column < batch.columns.size(); ++column) {
        const std::string cell = canonical_cell(expected.row(row)[column], batch.columns[column].layout);
        // CHECK is slow where hundreds of thousands of cells agree.
        if (rows[row][column] == cell) continue;
        CAPTURE(row);
        CAPTURE(batch.columns[column].name);
        FAIL_CHECK("the batch path has ", shortened(rows[row][column]), ", the row path ", shortened(cell));
      }
    }
  }
}

/// A table with one column per sample: first and last a row of NULLs, between them a row per value, where columns with
/// fewer values have NULL.
class Values : public Table {
 public:
  Values(Session& session, const BatchSamples& samples) : Table(session, kValuesTable, columns(samples)) {
    std::size_t rows = 0;
    for (const TypeSample& sample : samples.types) rows = std::max(rows, sample.values.size());
    for (std::size_t row = 0; row < rows + 2; ++row) {
      std::string list = std::to_string(row);
      for (const TypeSample& sample : samples.types) {
        list += ", ";
        list += row > 0 && row <= sample.values.size() ? sample.values[row - 1].literal : "NULL";
      }
      session.execute(fmt::format("INSERT INTO {} VALUES ({})", kValuesTable, list));
    }
  }

 private:
  static std::string columns(const BatchSamples& samples) {
    std::string list = "id int NOT NULL PRIMARY KEY";
    for (std::size_t i = 0; i < samples.types.size(); ++i)
      fmt::format_to(std::back_inserter(list), ", c{} {} NULL", i, samples.types[i].type);
    return list;
  }
};

void reads_every_type(const Backend& backend, Session& session, const BatchSamples& samples) {
  const Values values(session, samples);
  ColumnBatch batch;
  const Rows rows = read_all(backend, session, fmt::format("SELECT * FROM {} ORDER BY id", kValuesTable), {}, batch);
  REQUIRE(batch.columns.size() == samples.types.size() + 1);
  for (std::size_t i = 0; i < samples.types.size(); ++i) {
    const TypeSample& sample = samples.types[i];
    CAPTURE(sample.type);
    CHECK(batch.columns[i + 1].layout == sample.layout);
    CHECK_FALSE(batch.columns[i + 1].type_name.empty());
    for (std::size_t row = 0; row < rows.size(); ++row) {
      const bool has_value = row > 0 && row <= sample.values.size();
      CAPTURE(has_value ? sample.values[row - 1].literal : "NULL");
      CHECK(rows[row][i + 1] == (has_value ? sample.values[row - 1].formatted : "NULL"));
    }
  }
}

void equals_row_path(const Backend& backend, Session& session, const BatchSamples& samples) {
  const Values values(session, samples);
  check_paths_equal(backend, session, fmt::format("SELECT * FROM {} ORDER BY id", kValuesTable));
  // One by one, since a long column changes how its neighbours are read.
  for (std::size_t i = 0; i < samples.types.size(); ++i)
    check_paths_equal(backend, session, fmt::format("SELECT c{0}, id, c{0} FROM {1} ORDER BY id", i, kValuesTable));
}

void equals_row_path_over_many_rows(const Backend& backend, Session& session, const BatchSamples&) {
  const Numbers numbers(session);
  check_paths_equal(backend, session,
                    fmt::format("SELECT n, CASE WHEN n % 3 = 0 THEN NULL ELSE n * 2 END AS m, "
                                "CAST(n AS varchar(20)) AS t, NULLIF(n, 5000) AS u FROM {} ORDER BY n",
                                kNumbersTable));
}

void describes_empty_results(const Backend& backend, Session& session, const BatchSamples& samples) {
  const Values values(session, samples);
  ColumnBatch batch;
  const Rows rows = read_all(backend, session, fmt::format("SELECT * FROM {} WHERE id < 0", kValuesTable), {}, batch);
  CHECK(rows.empty());
  REQUIRE(batch.columns.size() == samples.types.size() + 1);
  CHECK(batch.columns[0].name == "id");
  for (std::size_t i = 0; i < samples.types.size(); ++i) CHECK(batch.columns[i + 1].layout == samples.types[i].layout);
  check_usable(session);
}

void keeps_odd_names(const Backend& backend, Session& session, const BatchSamples&) {
  const auto& dialect = backend.dialect();
  const std::string odd = "a\"b 'c' -- \xC3\xA9";
  ColumnBatch batch;
  const Rows rows = read_all(backend, session,
                             fmt::format("SELECT 1 AS {0}, 2 AS {0}, 3 AS {1} -- with a comment at the end",
                                         dialect.quote_identifier("same"), dialect.quote_identifier(odd)),
                             {}, batch);
  REQUIRE(rows == Rows{{"1", "2", "3"}});
  CHECK(batch.columns[0].name == "same");
  CHECK(batch.columns[1].name == "same");
  CHECK(batch.columns[2].name == odd);
}

void returns_nothing_without_result(const Backend& backend, Session& session, const BatchSamples&) {
  const Table table(session, kValuesTable, "id int");
  ColumnBatch batch;
  batch.columns.resize(3);
  CHECK(read_all(backend, session, fmt::format("INSERT INTO {} VALUES (1)", kValuesTable), {}, batch).empty());
  CHECK(batch.columns.empty());
  CHECK(session.query(fmt::format("SELECT count(*) FROM {}", kValuesTable)).row(0)[0] == "1");
}

void starts_anew_in_a_used_batch(const Backend& backend, Session& session, const BatchSamples&) {
  ColumnBatch batch;
  CHECK(read_all(backend, session, "SELECT 1 AS a, 2 AS b", {}, batch) == Rows{{"1", "2"}});
  CHECK(read_all(backend, session, "SELECT 'x' AS c", {}, batch) == Rows{{"x"}});
  REQUIRE(batch.columns.size() == 1);
  CHECK(batch.columns[0].name == "c");
}

void reports_errors_at_once(const Backend& backend, Session& session, const BatchSamples&) {
  for (const char* sql : {"SELECT * FROM no_such_table_anywhere", "SELEKT 1"}) {
    CAPTURE(sql);
    bool thrown = false;
    try {
      read_all(backend, session, sql);
    } catch (const Error& error) {
      thrown = true;
      CHECK_FALSE(error.diagnostics().empty());
    }
    CHECK(thrown);
    check_usable(session);
  }
}

void reports_errors_between_rows(const Backend& backend, Session& session, const BatchSamples&) {
  const Numbers numbers(session);
  for (const BatchOptions& options : batch_sizes()) {
    CAPTURE(options.batch_rows_max);
    bool thrown = false;
    std::size_t rows = 0;
    {
      const auto reader = backend.read_batches(
          session, fmt::format("SELECT n, 1 / (5000 - n) AS q FROM {} ORDER BY n", kNumbersTable), options);
      ColumnBatch batch;
      try {
        while (const std::size_t count = reader->next(batch)) rows += count;
      } catch (const Error& error) {
        thrown = true;
        CHECK(error.message().find("zero") != std::string::npos);
        CHECK_FALSE(error.diagnostics().empty());
      }
    }
    // A short result that looks complete would be the worst.
    CHECK(thrown);
    CHECK(rows < 5'000);
    check_usable(session);
  }
}

/// Many millions of rows, at best.
std::string endless_query(const BatchSamples& samples) {
  return fmt::format("SELECT a.n, b.n FROM {0} a CROSS JOIN {0} b WHERE a.n <= {1}", kNumbersTable,
                     samples.stops_when_cancelled ? kNumbers : 256);
}

void can_be_abandoned(const Backend& backend, Session& session, const BatchSamples& samples) {
  const Numbers numbers(session);
  const std::string sql = endless_query(samples);
  for (const std::size_t batches : {0u, 1u, 3u}) {
    CAPTURE(batches);
    const auto start = std::chrono::steady_clock::now();
    {
      const auto reader = backend.read_batches(session, sql, {1u << 16, 1'000});
      ColumnBatch batch;
      for (std::size_t i = 0; i < batches; ++i) CHECK(reader->next(batch) > 0);
    }
    check_usable(session);
    CHECK(read_all(backend, session, fmt::format("SELECT max(n) FROM {}", kNumbersTable)) ==
          Rows{{std::to_string(kNumbers)}});
    // 67 million rows were not read to get there.
    if (samples.stops_when_cancelled) CHECK(std::chrono::steady_clock::now() - start < std::chrono::seconds(5));
  }
}

void can_be_abandoned_in_a_transaction(const Backend& backend, Session& session, const BatchSamples& samples) {
  const Numbers numbers(session);
  session.begin();
  session.execute(fmt::format("DELETE FROM {} WHERE n = 1", kNumbersTable));
  {
    const auto reader = backend.read_batches(session, endless_query(samples), {1u << 16, 1'000});
    ColumnBatch batch;
    CHECK(reader->next(batch) > 0);
  }
  if (samples.abandoning_keeps_transaction) {
    CHECK(session.transaction_state() == TransactionState::open);
    CHECK(read_all(backend, session, fmt::format("SELECT min(n) FROM {}", kNumbersTable)) == Rows{{"2"}});
    CHECK(session.transaction_state() == TransactionState::open);
  }
  session.rollback();
  CHECK(session.transaction_state() == TransactionState::none);
  CHECK(read_all(backend, session, fmt::format("SELECT min(n) FROM {}", kNumbersTable)) == Rows{{"1"}});
}

void can_be_cancelled(const Backend& backend, Session& session, const BatchSamples& samples) {
  const Numbers numbers(session);
  bool thrown = false;
  {
    const auto reader = backend.read_batches(session, endless_query(samples), {1u << 16, 1'000});
    ColumnBatch batch;
    REQUIRE(reader->next(batch) > 0);
    // Again and again, since a request between two fetches may have no effect.
    std::atomic<bool> done = false;
    std::thread canceller([&] {
      while (!done) {
        session.cancel();
        std::this_thread::sleep_for(std::chrono::milliseconds(20));
      }
    });
    const Finally join([&] {
      done = true;
      canceller.join();
    });
    try {
      while (reader->next(batch) > 0) {
      }
    } catch (const Error& error) {
      thrown = true;
      CAPTURE(std::string(error.what()));
      CHECK(error.category() == ErrorCategory::cancelled);
    }
  }
  CHECK(thrown);
  check_usable(session);
}

void reads_huge_values(const Backend& backend, Session& session, const BatchSamples& samples) {
  // Odd offsets put the four bytes, or the two code units, of a supplementary character across any inner boundary.
  std::string text;
  for (const char* prefix : {"", "a", "ab"}) {
    text += prefix;
    for (int i = 0; i < 250'000; ++i) text += i % 2 == 0 ? "\xF0\x9F\x90\x98" : "\xC3\xA9z";
  }
  REQUIRE(text.size() > 2'600'000);
  text += text;
  const Table table(session, kValuesTable,
                    fmt::format("id int NOT NULL PRIMARY KEY, t {} NULL, u varchar(10)", samples.long_text_type));
  const std::array<Cell, 1> parameters = {text};
  session.execute(fmt::format("INSERT INTO {} VALUES (1, {}, 'after')", kValuesTable, backend.dialect().placeholder(1)),
                  parameters);
  session.execute(fmt::format("INSERT INTO {} VALUES (2, NULL, NULL)", kValuesTable));
  session.execute(fmt::format("INSERT INTO {} VALUES (3, '', '')", kValuesTable));
  for (const BatchOptions& options : batch_sizes()) {
    ColumnBatch batch;
    const Rows rows =
        read_all(backend, session, fmt::format("SELECT id, t, u FROM {} ORDER BY id", kValuesTable), options, batch);
    REQUIRE(rows.size() == 3);
    CHECK(rows[0][1].size() == text.size());
    CHECK_MESSAGE(rows[0][1] == text, "a text of 5 MB was changed on its way");
    CHECK(rows[0][2] == "after");
    CHECK(rows[1] == std::vector<std::string>{"2", "NULL", "NULL"});
    CHECK(rows[2] == std::vector<std::string>{"3", "", ""});
  }
}

void reads_huge_bytes(const Backend& backend, Session& session, const BatchSamples& samples) {
  // No period that a buffer could have.
  std::string digits;
  for (unsigned i = 0; i < 300'000; ++i) digits += "0123456789abcdef"[(i * i / 7 + i / 11) % 16];
  digits.replace(0, 8, "00ff0000");
  const Table table(session, kValuesTable,
                    fmt::format("id int NOT NULL PRIMARY KEY, b {}, n int", samples.long_bytes_type));
  session.execute(fmt::format("INSERT INTO {} VALUES (1, {}{}{}, 5)", kValuesTable, samples.bytes_literal_begin, digits,
                              samples.bytes_literal_end));
  const Rows rows = read_all(backend, session, fmt::format("SELECT b, n FROM {}", kValuesTable));
  REQUIRE(rows.size() == 1);
  CHECK(rows[0][0].size() == digits.size() + 2);
  CHECK_MESSAGE(rows[0][0] == "0x" + digits, "bytes were changed on their way");
  CHECK(rows[0][1] == "5");
}

void reads_text_of_every_length(const Backend& backend, Session& session, const BatchSamples& samples) {
  // Around the sizes of buffers: powers of two, and what is left of them without an end mark.
  std::vector<std::size_t> lengths;
  for (const std::size_t power : {1u << 10, 1u << 12, 1u << 13, 1u << 15, 1u << 16, 1u << 17})
    for (std::size_t length = power - 3; length <= power + 3; ++length) lengths.push_back(length);
  const Table table(session, kValuesTable, fmt::format("id int NOT NULL PRIMARY KEY, t {}", samples.long_text_type));
  for (const std::size_t length : lengths) {
    const std::array<Cell, 1> parameters = {std::string(length - 1, 'x') + "\xF0\x9F\x90\x98"};
    session.execute(
        fmt::format("INSERT INTO {} VALUES ({}, {})", kValuesTable, length, backend.dialect().placeholder(1)),
        parameters);
  }
  const Rows rows = read_all(backend, session, fmt::format("SELECT id, t FROM {} ORDER BY id", kValuesTable));
  REQUIRE(rows.size() == lengths.size());
  for (std::size_t i = 0; i < rows.size(); ++i) {
    CAPTURE(lengths[i]);
    CHECK_MESSAGE(rows[i][1] == std::string(lengths[i] - 1, 'x') + "\xF0\x9F\x90\x98", shortened(rows[i][1]));
  }
}

constexpr std::array kCases = {
    BatchCase{"reads every type and its extreme values", reads_every_type},
    BatchCase{"equals the row path at any batch size", equals_row_path},
    BatchCase{"equals the row path over many rows", equals_row_path_over_many_rows},
    BatchCase{"describes the columns of an empty result", describes_empty_results},
    BatchCase{"keeps odd and repeated column names", keeps_odd_names},
    BatchCase{"returns nothing for a statement without result", returns_nothing_without_result},
    BatchCase{"starts anew in a batch that was used before", starts_anew_in_a_used_batch},
    BatchCase{"reports an error of the statement", reports_errors_at_once},
    BatchCase{"reports an error that comes after thousands of rows", reports_errors_between_rows},
    BatchCase{"can be abandoned half way", can_be_abandoned},
    BatchCase{"can be abandoned in a transaction", can_be_abandoned_in_a_transaction},
    BatchCase{"can be cancelled", can_be_cancelled},
    BatchCase{"reads huge values", reads_huge_values},
    BatchCase{"reads huge binary values", reads_huge_bytes},
    BatchCase{"reads text of lengths around buffer sizes", reads_text_of_every_length},
};

}  // namespace

std::span<const BatchCase> batch_cases() {
  return kCases;
}

}  // namespace paripassu::conformance
