// Comparing data, beside the slower of the two raw reads, in one run.
//
//   bench_data PARIPASSU_PROGRAM [postgres|sqlserver] [ROWS] [CASE …]
//
// The left side is PostgreSQL, the right one the named engine. Cases: equal, different, uuid, text, wide, long, small.
// The raw reads are `psql -c "COPY … TO STDOUT (FORMAT binary)"` into nowhere and a bare ODBC block fetch into buffers
// that nobody looks at, one after the other, each with the machine to itself.
#include <fmt/format.h>
#include <sql.h>
#include <sqlext.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <functional>
#include <set>
#include <string>
#include <vector>

#include "backends/sqlserver/session.h"
#include "cli/register_backends.h"
#include "tests/bench/bench_support.h"

namespace {

using namespace paripassu;         // NOLINT
using namespace paripassu::bench;  // NOLINT

constexpr int kDataRounds = 3;
constexpr long kRowsPerInsert = 100'000;
constexpr int kDifferentOf = 10'000;  ///< one row in so many
constexpr SQLULEN kBlockRows = 1'000;

/// How an engine spells what the tables are filled with.
struct Spelling {
  std::string numbers;  ///< a query of one column n, 0 … kRowsPerInsert - 1, that is called s
  std::string text, timestamp, boolean, uuid, floating;
  std::function<std::string(const std::string&number)> as_text, as_uuid, as_moment, as_truth;
};

Spelling spelling_of_postgres() {
  return {fmt::format("(SELECT generate_series(0, {}) AS n) AS s", kRowsPerInsert - 1),
          "text",
          "timestamp",
          "boolean",
          "uuid",
          "double precision",
          [](const std::string& n) { return "(" + n + ")::text"; },
          [](const std::string& n) { return "('00000000-0000-4000-8000-' || lpad((" + n + ")::text, 12, '0'))::uuid"; },
          [](const std::string& n) { return "timestamp '2020-01-01' + (" + n + ") * interval '1 second'"; },
          [](const std::string& n) { return "(" + n + ") % 2 = 1"; }};
}

Spelling spelling_of_sqlserver() {
  std::string digits;
  for (int digit = 0; digit < 10; ++digit)
    digits += (digit == 0 ? "SELECT 0 AS n" : fmt::format(" UNION ALL SELECT {}", digit));
  std::string sum;
  std::string joins;
  long factor = 1;
  for (int i = 0; i < 5; ++i, factor *= 10) {
    sum += fmt::format("{}d{}.n * {}", i == 0 ? "" : " + ", i, factor);
    joins += fmt::format("{}({}) AS d{}", i == 0 ? "" : " CROSS JOIN ", digits, i);
  }
  return {
      "(SELECT " + sum + " AS n FROM " + joins + ") AS s",
      "nvarchar(max)",
      "datetime2(6)",
      "bit",
      "uniqueidentifier",
      "float",
      [](const std::string& n) { return "CONVERT(varchar(20), " + n + ")"; },
      [](const std::string& n) {
        return "CONVERT(uniqueidentifier, '00000000-0000-4000-8000-' + RIGHT('000000000000' + CONVERT(varchar(12), " +
               n + "), 12))";
      },
      [](const std::string& n) { return "DATEADD(second, " + n + ", CONVERT(datetime2(6), '2020-01-01'))"; },
      [](const std::string& n) { return "CONVERT(bit, (" + n + ") % 2)"; }};
}

enum class KeyKind { number, uuid, text };

std::string join(const std::vector<std::string>& words, const std::string& separator) {
  std::string result;
  for (const std::string& word : words) result += (result.empty() ? "" : separator) + word;
  return result;
}

struct Side {
  const Backend* backend = nullptr;
  Spelling spelling;
  std::unique_ptr<LocalServer> server;
  std::unique_ptr<ScratchDatabase> database;
  std::unique_ptr<Session> session;

  bool is_tsql() const { return spelling.boolean == "bit"; }
  std::string concatenated(const std::string& one, const std::string& other) const {
    return one + (is_tsql() ? " + " : " || ") + other;
  }

  /// Eight columns. Rows are inserted in the order of a number; uuid and text keys follow from it, scattered.
  void fill_rows(const std::string& table, long rows, KeyKind key) {
    const Spelling& s = spelling;
    const auto key_suffix = [&](KeyKind kind) {
      return std::string(kind == key ? " NOT NULL PRIMARY KEY" : " NOT NULL");
    };
    session->execute(fmt::format(
        "CREATE TABLE {} (id bigint{}, quantity int NOT NULL, amount decimal(12, 2), name varchar(20) "
        "NOT NULL, placed_at {} NOT NULL, paid {} NOT NULL, code {}{}, {}{}{})",
        table, key_suffix(KeyKind::number), s.timestamp, s.boolean, s.uuid, key_suffix(KeyKind::uuid), "note ",
        key == KeyKind::text ? "varchar(60)" : s.text, key == KeyKind::text ? " NOT NULL PRIMARY KEY" : ""));
    for (long begin = 0; begin < rows; begin += kRowsPerInsert) {
      const std::string number = fmt::format("(n + CAST({} AS bigint))", begin);
      // 7,919 is prime to every number of rows that is used, so that this is a permutation.
      const std::string scattered = fmt::format("({} * 7919 % {})", number, rows);
      session->execute(
          fmt::format("INSERT INTO {} SELECT {}, CAST({} % 1000 AS int), CAST({} % 1000000 AS decimal(12, 2)) / 100, "
                      "{}, {}, {}, {}, {} FROM "
                      "{} WHERE n < {}",
                      table, number, number, number, concatenated("'name '", s.as_text(number)),
                      s.as_moment("CAST(n + " + std::to_string(begin) + " AS int)"), s.as_truth("CAST(n AS int)"),
                      s.as_uuid(key == KeyKind::number ? number : scattered),
                      concatenated(key == KeyKind::text ? "'row '" : "'the note of row '",
                                   concatenated(s.as_text(scattered), "' and some more'")),
                      s.numbers, std::min(kRowsPerInsert, rows - begin)));
    }
    settle(table);
  }

  void fill_wide(const std::string& table, long rows) {
    std::vector<std::string> columns = {"id bigint NOT NULL PRIMARY KEY"};
    std::vector<std::string> values = {"n"};
    for (int i = 1; i < 100; ++i) {
      columns.push_back(fmt::format("c{} {}", i, i % 3 == 0 ? "varchar(20)" : i % 3 == 1 ? "int" : "decimal(12, 2)"));
      const std::string number = fmt::format("(n + {})", i);
      values.push_back(i % 3 == 0   ? concatenated("'value '", spelling.as_text(number))
                       : i % 3 == 1 ? number
                                    : "CAST(" + number + " AS decimal(12, 2)) / 100");
    }
    session->execute(fmt::format("CREATE TABLE {} ({})", table, join(columns, ", ")));
    session->execute(fmt::format("INSERT INTO {} SELECT {} FROM {} WHERE n < {}", table, join(values, ", "),
                                 spelling.numbers, rows));
    settle(table);
  }

  void fill_long(const std::string& table, long rows) {
    session->execute(fmt::format("CREATE TABLE {} (id bigint NOT NULL PRIMARY KEY, body {})", table, spelling.text));
    const std::string body = is_tsql() ? "REPLICATE(CONVERT(nvarchar(max), N'0123456789abcdef'), 65536)"
                                       : "repeat('0123456789abcdef', 65536)";
    session->execute(
        fmt::format("INSERT INTO {} SELECT n, {} FROM {} WHERE n < {}", table, body, spelling.numbers, rows));
    settle(table);
  }

  /// Statistics, and nothing left for a background worker to do during the measurement.
  void settle(const std::string& table) {
    try {
      session->execute(is_tsql() ? "UPDATE STATISTICS " + table : "VACUUM (ANALYZE, FREEZE) " + table);
    } catch (const Error& error) {
      // Babelfish refuses it; its own workers look after statistics.
      if (session->server().genuine) throw;
    }
  }

  void change_one_in(const std::string& table, int of) {
    session->execute(fmt::format("UPDATE {} SET quantity = quantity + 1 WHERE id % {} = 17", table, of));
    settle(table);
  }

  double raw_read(const std::string& table) {
    if (!is_tsql()) {
      const ConnectionUrl& url = database->url();
      return run({newest_client("psql"), "-q", "-X", "-h", url.host, "-p", url.port.empty() ? "5432" : url.port, "-U",
                  url.user, "-c", "COPY (SELECT * FROM " + table + ") TO STDOUT (FORMAT binary)", url.database})
          .seconds;
    }
    return raw_block_fetch(table);
  }

 private:
  /// Every column bound to the C type that is cheapest for it, long ones read in parts; nothing is looked at.
  double raw_block_fetch(const std::string& table) {
    auto& native = dynamic_cast<sqlserver::SqlServerSession&>(*session);
    const auto begin = Clock::now();
    odbc::Statement statement(native.native(), native.error_builder());
    statement.execute_direct("SELECT * FROM " + table);
    const int count = statement.column_count();
    SQLHSTMT const handle = statement.handle();
    std::vector<std::vector<char>> slots;
    std::vector<std::vector<SQLLEN>> lengths(static_cast<std::size_t>(count), std::vector<SQLLEN>(kBlockRows));
    int bound = 0;
    for (int i = 1; i <= count; ++i) {
      SQLSMALLINT type = 0;
      SQLSMALLINT digits = 0;
      SQLSMALLINT nullable = 0;
      SQLSMALLINT name_length = 0;
      SQLULEN size = 0;
      SQLCHAR name[8];
      SQLDescribeCol(handle, static_cast<SQLUSMALLINT>(i), name, sizeof name, &name_length, &type, &size, &digits,
                     &nullable);
      if (size == 0 || size > 8'000) break;
      SQLSMALLINT c_type = SQL_C_CHAR;
      SQLLEN width = static_cast<SQLLEN>(size) * 4 + 4;
      if (type == SQL_BIGINT) c_type = SQL_C_SBIGINT, width = 8;
      if (type == SQL_INTEGER) c_type = SQL_C_SLONG, width = 4;
      if (type == SQL_BIT) c_type = SQL_C_BIT, width = 1;
      if (type == SQL_GUID) c_type = SQL_C_GUID, width = sizeof(SQLGUID);
      if (type == SQL_TYPE_TIMESTAMP) c_type = SQL_C_TYPE_TIMESTAMP, width = sizeof(SQL_TIMESTAMP_STRUCT);
      slots.emplace_back(static_cast<std::size_t>(width) * kBlockRows);
      SQLBindCol(handle, static_cast<SQLUSMALLINT>(i), c_type, slots.back().data(), width,
                 lengths[static_cast<std::size_t>(i - 1)].data());
      bound = i;
    }
    const SQLULEN block = bound == count ? kBlockRows : 1;
    SQLSetStmtAttr(handle, SQL_ATTR_ROW_ARRAY_SIZE, reinterpret_cast<SQLPOINTER>(block), 0);  // NOLINT
    std::vector<char> part(1 << 16);
    for (SQLRETURN code = SQLFetch(handle); code != SQL_NO_DATA; code = SQLFetch(handle)) {
      statement.check(code);
      for (int i = bound + 1; i <= count; ++i) {
        SQLLEN length = 0;
        while (SQLGetData(handle, static_cast<SQLUSMALLINT>(i), SQL_C_WCHAR, part.data(),
                          static_cast<SQLLEN>(part.size()), &length) == SQL_SUCCESS_WITH_INFO) {
        }
      }
    }
    SQLFreeStmt(handle, SQL_UNBIND);
    SQLSetStmtAttr(handle, SQL_ATTR_ROW_ARRAY_SIZE, reinterpret_cast<SQLPOINTER>(1), 0);  // NOLINT
    return seconds_since(begin);
  }
};

struct Bench {
  std::string program;
  Side left;
  Side right;

  void open(Side& side, const BackendRegistry& registry, const std::string& engine) const {
    side.backend = &registry.get(engine);
    side.spelling = engine == "postgres" ? spelling_of_postgres() : spelling_of_sqlserver();
    if (&side == &right && engine == "postgres") {
      side.database = side.backend->scratch_databases().create(left.server->url());
    } else {
      side.server = side.backend->servers().start();
      side.database = side.backend->scratch_databases().create(side.server->url());
    }
    side.session = side.backend->connect(side.database->url());
  }

  void drop(const std::vector<std::string>& tables) {
    for (Side* side : {&left, &right})
      for (const std::string& table : tables) side->session->execute("DROP TABLE " + table);
  }

  /// The tables are filled. Prints a line per method.
  void measure(const std::string& what, const std::vector<std::string>& tables, const std::vector<std::string>& methods,
               int status_max) {
    std::vector<double> left_raw;
    std::vector<double> right_raw;
    std::map<std::string, std::vector<double>> ours;
    std::map<std::string, double> peak;
    for (int round = 0; round < kDataRounds; ++round) {
      double left_sum = 0;
      double right_sum = 0;
      for (const std::string& table : tables) {
        left_sum += left.raw_read(table);
        right_sum += right.raw_read(table);
      }
      left_raw.push_back(left_sum);
      right_raw.push_back(right_sum);
      for (const std::string& method : methods) {
        const Run one = run({program, "-q", "data-diff", "--method", method, url_text(left.database->url()),
                             url_text(right.database->url())},
                            ".", status_max);
        if (status_max == 1 && one.status != 1) {
          fmt::print(stderr, "{} found no difference in {}\n", method, what);
          std::exit(1);
        }
        ours[method].push_back(one.seconds);
        peak[method] = std::max(peak[method], one.peak_mb);
      }
    }
    const double reference = std::max(median(left_raw), median(right_raw));
    fmt::print("{}: raw reads {:.2f} s and {:.2f} s\n", what, median(left_raw), median(right_raw));
    for (const std::string& method : methods)
      fmt::print("  {:<10} {:.2f} s, {:.2f} of the slower raw read, peak {:.0f} MB\n", method, median(ours[method]),
                 median(ours[method]) / reference, peak[method]);
    std::fflush(stdout);
  }
};

}  // namespace

int main(int argc, char** argv) {
  if (argc < 2) {
    fmt::print(stderr, "usage: bench_data PARIPASSU_PROGRAM [postgres|sqlserver] [ROWS] [CASE …]\n");
    return 2;
  }
  const std::string engine = argc > 2 ? argv[2] : "postgres";
  const long rows = argc > 3 ? std::atol(argv[3]) : 1'000'000;
  std::set<std::string> cases(argv + std::min(argc, 4), argv + argc);
  const auto chosen = [&](const char* name) { return cases.empty() || cases.count(name) > 0; };

  BackendRegistry registry;
  cli::register_backends(registry);
  Bench bench;
  bench.program = fs::absolute(argv[1]).string();
  bench.open(bench.left, registry, "postgres");
  bench.open(bench.right, registry, engine);
  const std::string pair =
      fmt::format("{} against {}", bench.left.session->server().label(), bench.right.session->server().label());
  const auto both = [&](const std::function<void(Side&)>& fill) {
    fill(bench.left);
    fill(bench.right);
  };

  if (chosen("equal") || chosen("different")) {
    both([&](Side& side) { side.fill_rows("orders", rows, KeyKind::number); });
    if (chosen("equal"))
      bench.measure(fmt::format("{}, {} rows, equal", pair, rows), {"orders"}, {"merge", "reconcile", "checksum"}, 0);
    bench.right.change_one_in("orders", kDifferentOf);
    if (chosen("different"))
      bench.measure(fmt::format("{}, {} rows, 1 in {} different", pair, rows, kDifferentOf), {"orders"},
                    {"merge", "reconcile", "checksum"}, 1);
    bench.drop({"orders"});
  }
  for (const auto& [name, key] : {std::pair("uuid", KeyKind::uuid), std::pair("text", KeyKind::text)}) {
    if (!chosen(name)) continue;
    both([&, key = key](Side& side) { side.fill_rows("orders", rows, key); });
    bench.measure(fmt::format("{}, {} rows, {} key", pair, rows, name), {"orders"}, {"merge", "reconcile"}, 0);
    bench.drop({"orders"});
  }
  if (chosen("wide")) {
    both([](Side& side) { side.fill_wide("wide", 100'000); });
    bench.measure(pair + ", 100,000 rows of 100 columns", {"wide"}, {"merge", "reconcile"}, 0);
    bench.drop({"wide"});
  }
  if (chosen("long")) {
    both([](Side& side) { side.fill_long("bodies", 200); });
    bench.measure(pair + ", 200 values of 1 MiB", {"bodies"}, {"merge", "reconcile"}, 0);
    bench.drop({"bodies"});
  }
  if (chosen("small")) {
    std::vector<std::string> tables;
    for (int i = 0; i < 100; ++i) tables.push_back(fmt::format("small{}", i));
    both([&](Side& side) {
      for (const std::string& table : tables) side.fill_rows(table, 100, KeyKind::number);
    });
    bench.measure(pair + ", 100 tables of 100 rows", tables, {"auto"}, 0);
    bench.drop(tables);
  }
  return 0;
}
