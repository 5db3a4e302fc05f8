// The conformance suite: what every engine must pass. Each case is written once and runs for the engine that the
// program was built for (one program per engine, CMakeLists.txt); no case asks which one it is.
#include <doctest/doctest.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <chrono>
#include <cstdlib>
#include <thread>

#include "backends/catalog/catalog_json.h"
#include "backends/interrupt.h"
#include "backends/ledger.h"
#include "backends/soci/soci_session.h"
#include "harness/parity/differ.h"
#include "tests/conformance/bench.h"

namespace paripassu::conformance {

namespace {

ScriptStatement one_statement(const std::string& text) {
  ScriptStatement statement;
  statement.text = text;
  statement.position = {"one.sql", 10, 3};
  return statement;
}

ScriptStatement sleep_of(const Session& session) {
  const bool other = !session.server().genuine && !quirks().sleep_statement_stand_in.empty();
  return one_statement(other ? quirks().sleep_statement_stand_in : quirks().sleep_statement);
}

std::vector<std::string> codes_of(const Comparison& comparison) {
  std::vector<std::string> codes;
  for (const Difference& one : comparison.differences) codes.push_back(one.code);
  return codes;
}

}  // namespace

TEST_CASE("connect: a session says what it is connected to") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const ServerInfo& server = bench.session->server();
  CHECK(server.engine == quirks().engine);
  CHECK(server.database == bench.database->name());
  CHECK_FALSE(server.version.empty());
  CHECK(server.version_major > 0);
  CHECK_FALSE(server.driver.empty());
  CHECK(server.genuine == server.deviations.empty());
  CHECK(bench.session->connected());
}

TEST_CASE("connect: a wrong password is an authentication error that does not repeat it") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  ConnectionUrl url = bench.database->url();
  if (!url.password) SKIP_TEST("the local server trusts its own socket: there is no password to get wrong");
  url.password = Secret("hunter2-not-the-password");
  try {
    backend().connect(url);
    FAIL("connected with a wrong password");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::authentication);
    CHECK(std::string(error.what()).find("hunter2") == std::string::npos);
    CHECK_FALSE(error.remedy().empty());
  }
}

TEST_CASE("connect: a database that does not exist is not found") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  CHECK(category_of([&] { backend().connect(bench.database->url().with_database("paripassu_no_such_database")); }) ==
        ErrorCategory::not_found);
}

TEST_CASE("connect: a port where nobody listens is a connection error, at once") {
  NEEDS_SERVER();
  ConnectionUrl url = *test::live_server(backend()).url;
  url.host = "127.0.0.1";
  url.port = "1";
  const auto begin = std::chrono::steady_clock::now();
  CHECK(category_of([&] { backend().connect(url); }) == ErrorCategory::connection);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(10));
}

TEST_CASE("errors: each constraint violation has its category, with the server's own words") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  Session& session = *bench.session;
  run_script(session, quirks().sample_schema);
  session.execute(quirks().insert_parent);
  CHECK(category_of([&] { session.execute(quirks().violate_unique); }) == ErrorCategory::unique_violation);
  CHECK(category_of([&] { session.execute(quirks().violate_not_null); }) == ErrorCategory::not_null_violation);
  CHECK(category_of([&] { session.execute(quirks().violate_check); }) == ErrorCategory::check_violation);
  CHECK(category_of([&] { session.execute(quirks().violate_foreign_key); }) == ErrorCategory::foreign_key_violation);
  CHECK(category_of([&] { session.query(quirks().missing_table); }) == ErrorCategory::not_found);
  CHECK(category_of([&] { session.query(quirks().division_by_zero); }) == ErrorCategory::data);
  CHECK(category_of([&] { session.query(quirks().syntax_error); }) == ErrorCategory::syntax);
  try {
    session.execute(quirks().violate_unique);
    FAIL("no error");
  } catch (const Error& error) {
    CHECK(error.engine() == quirks().engine);
    CHECK_FALSE(error.diagnostics().empty());
    CHECK_FALSE(error.sqlstate().empty());
    CHECK(error.statement() == quirks().violate_unique);
    CHECK_FALSE(error.retryable());
    CHECK_FALSE(error.poisons_connection());
  }
  CHECK(session.query("SELECT 1").row_count() == 1);
}

TEST_CASE("errors: a script statement that fails says where in its file") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  try {
    bench.session->run(one_statement(quirks().syntax_error));
    FAIL("no error");
  } catch (const Error& error) {
    INFO(error.what());
    CHECK(error.position().file == "one.sql");
    CHECK(error.position().line == 10 + quirks().syntax_error_line - 1);
    CHECK(error.category() == ErrorCategory::syntax);
  }
  CHECK(bench.session->query("SELECT 1").row_count() == 1);
}

TEST_CASE("transactions: what is rolled back is gone, tables too; what is committed stays") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  Session& session = *bench.session;
  CHECK(session.transaction_state() == TransactionState::none);
  {
    const Transaction transaction(session);
    session.execute("CREATE TABLE rolled_back (a int)");
    CHECK(session.transaction_state() == TransactionState::open);
  }
  CHECK(session.transaction_state() == TransactionState::none);
  CHECK(category_of([&] { session.query("SELECT * FROM rolled_back"); }) == ErrorCategory::not_found);
  {
    Transaction transaction(session);
    session.execute("CREATE TABLE kept (a int)");
    transaction.commit();
  }
  CHECK(session.query("SELECT * FROM kept").row_count() == 0);
  session.rollback();
  CHECK(session.transaction_state() == TransactionState::none);
}

TEST_CASE("transactions: after an error the transaction cannot be committed") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  Session& session = *bench.session;
  session.execute("CREATE TABLE t (a int NOT NULL)");
  Transaction transaction(session);
  session.execute("INSERT INTO t VALUES (1)");
  category_of([&] { session.execute("INSERT INTO t VALUES (NULL)"); });
  CHECK(session.transaction_state() != TransactionState::open);
  CHECK(category_of([&] { transaction.commit(); }) == ErrorCategory::transaction);
  session.rollback();
  CHECK(session.query("SELECT * FROM t").row_count() == 0);
}

TEST_CASE("transactions: a statement that refuses them fails inside one and works outside") {
  NEEDS_SERVER();
  if (quirks().outside_transaction.empty())
    SKIP_TEST("no harmless statement of that kind runs on every server of this engine");
  const Bench bench = make_bench();
  const Script script = backend().script_reader().read(quirks().outside_transaction + ";", "x.sql", {});
  REQUIRE(script.statements.size() == 1);
  CHECK_FALSE(script.statements[0].outside_transaction.empty());
  {
    const Transaction transaction(*bench.session);
    CHECK(category_of([&] { bench.session->run(script.statements[0]); }) == ErrorCategory::transaction);
  }
  bench.session->run(script.statements[0]);
}

TEST_CASE("statements: parameters arrive as they were given") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  std::string long_text;
  for (int i = 0; i < 20'000; ++i) long_text += "ä€𝄞x";
  for (const std::string& text : {std::string(), std::string(" "), std::string("it's"), std::string("a;b--c/*"),
                                  std::string("😀 Ünïcödé"), std::string("trailing  "), long_text}) {
    const std::array<Cell, 1> parameters = {text};
    const ResultSet rows = bench.session->query(quirks().echo_text, parameters);
    REQUIRE(rows.row_count() == 1);
    CHECK(rows.row(0)[0] == text);
  }
  const std::array<Cell, 1> null = {std::nullopt};
  CHECK(bench.session->query(quirks().echo_text, null).row(0)[0] == std::nullopt);
}

TEST_CASE("statements: names of any shape survive quoting") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const Dialect& dialect = backend().dialect();
  std::string longest(static_cast<std::size_t>(dialect.identifier_length_max()), 'x');
  for (const std::string& name : {std::string("we\"ird]name 😀"), std::string("select"), std::string("a.b"),
                                  std::string("semi;colon"), std::string("it's"), std::string("tab\there"), longest}) {
    INFO(name);
    bench.session->execute("CREATE TABLE " + dialect.quote_identifier(name) + " (" + dialect.quote_identifier(name) +
                           " int)");
    const catalog::Catalog read = inspect(*bench.session);
    const catalog::Schema* schema = read.find_schema(dialect.default_schema());
    REQUIRE(schema != nullptr);
    REQUIRE(schema->tables.size() == 1);
    REQUIRE(schema->tables[0].columns.size() == 1);
    // A deviation that is gone must be taken off the list.
    const bool hashed = name.size() > 63 && deviates(*bench.session, "long-names-hashed");
    CHECK((schema->tables[0].name == name) == !hashed);
    CHECK((schema->tables[0].columns[0].name == name) == !hashed);
    bench.session->execute("DROP TABLE " + dialect.quote_identifier(name));
  }
}

TEST_CASE("statements: messages of the server are collected, and counted beyond the bound") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const StatementOutcome outcome = bench.session->run(one_statement(quirks().message_statement));
  REQUIRE(outcome.messages.size() == 1);
  CHECK(outcome.messages[0].message.find("hello") != std::string::npos);
  CHECK(outcome.messages_dropped == 0);
}

TEST_CASE("statements: an error behind the first statement of a batch is not lost") {
  NEEDS_SERVER();
  if (quirks().two_results_then_error.empty()) SKIP_TEST("a script statement of this engine is one statement");
  const Bench bench = make_bench();
  CHECK(category_of([&] { bench.session->run(one_statement(quirks().two_results_then_error)); }) ==
        ErrorCategory::not_found);
  CHECK(bench.session->query("SELECT 1").row_count() == 1);
}

TEST_CASE("statements: a time limit ends a statement") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  bench.session->set_statement_timeout_ms(1000);
  const auto begin = std::chrono::steady_clock::now();
  CHECK(category_of([&] { bench.session->run(sleep_of(*bench.session)); }) == ErrorCategory::statement_timeout);
  CHECK(std::chrono::steady_clock::now() - begin < std::chrono::seconds(20));
  // Where a cancel is answered late, the driver gives the connection up.
  if (deviates(*bench.session, "late-cancel")) return;
  bench.session->set_statement_timeout_ms(0);
  bench.session->rollback();
  CHECK(bench.session->query("SELECT 1").row_count() == 1);
}

TEST_CASE("statements: a cancel from another thread ends a statement") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  std::atomic<bool> done = false;
  std::thread canceller([&] {
    while (!done) {
      std::this_thread::sleep_for(std::chrono::milliseconds(200));
      bench.session->cancel();
    }
  });
  const auto begin = std::chrono::steady_clock::now();
  const ErrorCategory category = category_of([&] { bench.session->run(sleep_of(*bench.session)); });
  done = true;
  canceller.join();
  CHECK(category == ErrorCategory::cancelled);
  const bool at_once = std::chrono::steady_clock::now() - begin < std::chrono::seconds(6);
  CHECK(at_once == !deviates(*bench.session, "late-cancel"));
}

TEST_CASE("locks: one session at a time, and a lost session lets go") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  std::unique_ptr<Session> other = bench.connect();
  CHECK(bench.session->try_lock("it's a lock"));
  CHECK_FALSE(other->try_lock("it's a lock"));
  CHECK(other->try_lock("another lock"));
  bench.session->unlock("it's a lock");
  CHECK(other->try_lock("it's a lock"));
  other.reset();
  bool got = false;
  for (int i = 0; i < 100 && !got; ++i) {
    got = bench.session->try_lock("it's a lock");
    if (!got) std::this_thread::sleep_for(std::chrono::milliseconds(20));
  }
  CHECK(got);
}

TEST_CASE("connect: a session enters another database, or says that it cannot") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const std::string name = bench.database->name();
  bench.session->execute("CREATE TABLE entered (id int NOT NULL)");
  const std::unique_ptr<Session> session = backend().connect(*test::live_server(backend()).url);
  const std::string home = session->server().database;
  const auto read = [&] { session->query("SELECT id FROM entered"); };
  if (!session->enter_database(name)) {
    CHECK(session->server().database == home);
    CHECK(category_of(read) == ErrorCategory::not_found);
    return;
  }
  CHECK(session->server().database == name);
  CHECK_NOTHROW(read());
  CHECK(inspect(*session) == inspect(*bench.session));
  CHECK(category_of([&] { session->enter_database("paripassu_not_there"); }) == ErrorCategory::not_found);
  CHECK(session->server().database == name);
  CHECK_NOTHROW(read());
  CHECK(session->enter_database(home));
  CHECK(session->server().database == home);
  CHECK(category_of(read) == ErrorCategory::not_found);
}

TEST_CASE("soci: its session and ours are one connection and one transaction") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  auto& session = dynamic_cast<SociSession&>(*bench.session);
  session.execute("CREATE TABLE soci_table (a int, b varchar(20))");
  {
    const Transaction transaction(session);
    int number = 7;
    std::string word = "seven";
    session.soci() << "INSERT INTO soci_table VALUES (:a, :b)", soci::use(number), soci::use(word);
    CHECK(session.query("SELECT b FROM soci_table WHERE a = 7").row(0)[0] == "seven");
    int read = 0;
    session.soci() << "SELECT a FROM soci_table WHERE b = :b", soci::use(word), soci::into(read);
    CHECK(read == 7);
  }
  CHECK(session.query("SELECT * FROM soci_table").row_count() == 0);
}

TEST_CASE("inspect: the sample schema is read completely") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  run_script(*bench.session, quirks().sample_schema);
  const catalog::Catalog read = inspect(*bench.session);
  CHECK(read.engine == quirks().engine);
  CHECK(read.unknown.empty());
  const catalog::Schema* schema = read.find_schema(backend().dialect().default_schema());
  REQUIRE(schema != nullptr);
  REQUIRE(schema->tables.size() == 2);
  const catalog::Table& child = schema->tables[0];
  const catalog::Table& parent = schema->tables[1];
  CHECK(parent.name == "parent");
  CHECK(parent.comment == "the parent's comment");
  REQUIRE(parent.columns.size() == 7);
  const catalog::Column& id = parent.columns[0];
  CHECK(id.name == "id");
  CHECK(id.type.family == catalog::TypeFamily::integer);
  CHECK(id.type.bits == 64);
  CHECK_FALSE(id.nullable);
  REQUIRE(id.identity);
  CHECK(id.identity->options.increment == "1");
  const catalog::Column& email = parent.columns[1];
  CHECK(email.type.family == catalog::TypeFamily::text);
  CHECK(email.type.length == 40);
  CHECK(email.comment == "where it is sent");
  CHECK_FALSE(email.default_value);
  CHECK(parent.columns[2].default_value);
  CHECK(parent.columns[3].type.precision == 10);
  CHECK(parent.columns[3].type.scale == 2);
  CHECK(parent.columns[4].type.family == catalog::TypeFamily::boolean);
  CHECK(parent.columns[5].type.family == catalog::TypeFamily::timestamp);
  CHECK(parent.columns[5].type.precision == 3);
  REQUIRE(parent.columns[6].computed);
  CHECK_FALSE(parent.columns[6].computed->expression.printed.empty());
  REQUIRE(parent.primary_key);
  CHECK(parent.primary_key->columns == std::vector<std::string>{"id"});
  REQUIRE(parent.unique_constraints.size() == 1);
  CHECK(parent.unique_constraints[0].columns == std::vector<std::string>{"email"});
  REQUIRE(parent.checks.size() == 1);
  CHECK(parent.checks[0].name == "parent_amount_check");
  CHECK_FALSE(parent.checks[0].expression.printed.empty());
  REQUIRE(parent.indexes.size() == 1);
  const catalog::Index& index = parent.indexes[0];
  CHECK(index.name == "parent_created");
  REQUIRE(index.columns.size() == 2);
  CHECK(index.columns[0].column == "created");
  CHECK(index.columns[0].descending);
  CHECK_FALSE(index.columns[1].descending);
  CHECK(index.included == std::vector<std::string>{"amount"});
  REQUIRE(index.predicate);
  CHECK(index.predicate->printed.find("NULL") != std::string::npos);
  CHECK_FALSE(index.unique);
  REQUIRE(child.primary_key);
  CHECK(child.primary_key->columns == std::vector<std::string>{"parent_id", "line"});
  REQUIRE(child.foreign_keys.size() == 1);
  CHECK(child.foreign_keys[0].referenced_table == "parent");
  CHECK(child.foreign_keys[0].referenced_columns == std::vector<std::string>{"id"});
  CHECK(child.foreign_keys[0].on_delete == catalog::ReferentialAction::cascade);
  REQUIRE(schema->views.size() == 1);
  CHECK(schema->views[0].columns.size() == 2);
  REQUIRE(schema->sequences.size() == 1);
  CHECK(schema->sequences[0].name == "numbers");
  CHECK(schema->sequences[0].options.start == "5");
  CHECK(schema->sequences[0].options.increment == "2");
}

TEST_CASE("inspect: two inspections are equal, and so is a snapshot that is read back") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  run_script(*bench.session, quirks().sample_schema);
  const catalog::Catalog first = inspect(*bench.session);
  const catalog::Catalog second = inspect(*bench.session);
  CHECK(first == second);
  CHECK(catalog::from_json(catalog::to_json(first), "snapshot.json") == first);
}

TEST_CASE("inspect: the number of round trips does not grow with the number of tables") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  const auto trips = [&] {
    const std::uint64_t before = bench.session->round_trips();
    inspect(*bench.session);
    return bench.session->round_trips() - before;
  };
  const std::uint64_t empty = trips();
  for (int i = 0; i < 20; ++i)
    bench.session->execute("CREATE TABLE t" + std::to_string(i) + " (a int PRIMARY KEY, b int UNIQUE)");
  CHECK(trips() == empty);
  CHECK(empty <= 17);
}

TEST_CASE("diff: a database against itself has no difference") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  run_script(*bench.session, quirks().sample_schema);
  const catalog::Catalog read = inspect(*bench.session);
  CHECK(codes_of(compare(read, read, {})).empty());
}

TEST_CASE("diff: one alteration gives exactly one difference") {
  NEEDS_SERVER();
  Bench bench = make_bench();
  run_script(*bench.session, quirks().sample_schema);
  catalog::Catalog before = inspect(*bench.session);
  for (const Quirks::Alteration& alteration : quirks().alterations) {
    INFO(alteration.statement);
    bench.session->execute(alteration.statement);
    const catalog::Catalog after = inspect(*bench.session);
    const std::vector<std::string> codes = codes_of(compare(before, after, {}));
    CHECK(codes == std::vector<std::string>{alteration.code});
    if (!alteration.undo.empty()) {
      bench.session->execute(alteration.undo);
      CHECK(codes_of(compare(before, inspect(*bench.session), {})).empty());
    } else {
      before = after;
    }
  }
}

TEST_CASE("ledger: entries come back as they were written") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  Ledger ledger(*bench.session, backend().dialect(), "");
  CHECK_FALSE(ledger.exists());
  CHECK(ledger.read().empty());
  ledger.create_if_missing();
  ledger.create_if_missing();
  CHECK(ledger.exists());
  LedgerEntry entry;
  entry.version = "0001";
  entry.name = "it's a \"name\" 😀";
  entry.checksum = "0123456789abcdef";
  entry.applied_checksum = "fedcba9876543210";
  entry.applied_statements = 2;
  entry.total_statements = 3;
  entry.started = "2026-11-20T09:11:02.123456Z";
  entry.duration_ms = 5'000'000'000;
  entry.applied_by = "user@host";
  entry.tool_version = "0.1.0";
  entry.error = "what the server said: 'no'";
  entry.in_flight_statement = 3;
  ledger.insert(entry);
  LedgerEntry repeatable = entry;
  repeatable.kind = LedgerEntry::Kind::repeatable;
  repeatable.error.reset();
  ledger.insert(repeatable);
  std::vector<LedgerEntry> read = ledger.read();
  REQUIRE(read.size() == 2);
  CHECK(read[0].version == entry.version);
  CHECK(read[0].name == entry.name);
  CHECK(read[0].checksum == entry.checksum);
  CHECK(read[0].applied_checksum == entry.applied_checksum);
  CHECK(read[0].applied_statements == 2);
  CHECK(read[0].total_statements == 3);
  CHECK(read[0].started == entry.started);
  CHECK(read[0].duration_ms == entry.duration_ms);
  CHECK(read[0].error == entry.error);
  CHECK(read[0].in_flight_statement == 3);
  CHECK_FALSE(read[0].complete());
  CHECK(read[1].kind == LedgerEntry::Kind::repeatable);
  CHECK(read[1].error == std::nullopt);
  entry.error.reset();
  entry.applied_statements = 3;
  entry.in_flight_statement = 0;
  ledger.update(entry);
  read = ledger.read();
  CHECK(read[0].complete());
  CHECK_FALSE(read[1].complete());
  ledger.erase(LedgerEntry::Kind::versioned, "0001");
  read = ledger.read();
  REQUIRE(read.size() == 1);
  CHECK(read[0].kind == LedgerEntry::Kind::repeatable);
}

TEST_CASE("ledger: an entry goes with the transaction it was written in") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  Ledger ledger(*bench.session, backend().dialect(), "");
  LedgerEntry entry;
  entry.version = "1";
  entry.started = "2026-11-20T09:11:02.000000Z";
  {
    const Transaction transaction(*bench.session);
    ledger.create_if_missing();
    ledger.insert(entry);
  }
  CHECK_FALSE(ledger.exists());
}

TEST_CASE("scratch: a scratch database is gone when its owner goes") {
  NEEDS_SERVER();
  std::string name;
  ConnectionUrl url;
  {
    Bench bench = make_bench();
    name = bench.database->name();
    url = bench.database->url();
    bench.session.reset();
  }
  CHECK(category_of([&] { backend().connect(url); }) == ErrorCategory::not_found);
}

TEST_CASE("scratch: a database left behind is reaped, one in use and one without the mark are not") {
  NEEDS_SERVER();
  const ConnectionUrl server = *test::live_server(backend()).url;
  std::string left_behind;
  {
    const std::unique_ptr<ScratchDatabase> database = backend().scratch_databases().create(server);
    left_behind = database->name();
    database->keep();  // as after a crash: the database stays, its owner's lock does not
  }
  const Bench in_use = make_bench();
  const std::string unmarked = "paripassu_scratch_unmarked_" + left_behind.substr(left_behind.size() - 8);
  const std::unique_ptr<Session> maintenance = backend().connect(server);
  maintenance->execute("CREATE DATABASE " + backend().dialect().quote_identifier(unmarked));
  std::vector<std::string> reaped;
  for (int i = 0; i < 100 && std::find(reaped.begin(), reaped.end(), left_behind) == reaped.end(); ++i) {
    if (i > 0) std::this_thread::sleep_for(std::chrono::milliseconds(50));
    const std::vector<std::string> now = backend().scratch_databases().reap(server);
    reaped.insert(reaped.end(), now.begin(), now.end());
  }
  CHECK(std::find(reaped.begin(), reaped.end(), left_behind) != reaped.end());
  CHECK(std::find(reaped.begin(), reaped.end(), in_use.database->name()) == reaped.end());
  CHECK(std::find(reaped.begin(), reaped.end(), unmarked) == reaped.end());
  CHECK_NOTHROW(in_use.connect());
  CHECK_NOTHROW(backend().connect(server.with_database(unmarked)));
  for (int i = 0; i < 50; ++i) {
    try {
      maintenance->execute("DROP DATABASE " + backend().dialect().quote_identifier(unmarked));
      break;
    } catch (const Error&) {
      std::this_thread::sleep_for(std::chrono::milliseconds(50));
    }
  }
}

TEST_CASE("batches: the column path equals the row path") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  BatchSamples samples = quirks().batches;
  samples.stops_when_cancelled = !deviates(*bench.session, "late-cancel");
  for (const BatchCase& one : batch_cases()) {
    SUBCASE(one.name) {
      one.run(backend(), *bench.session, samples);
    }
  }
}

TEST_CASE("interrupt: a stop request ends what a session does, and a shield lets it clean up") {
  NEEDS_SERVER();
  const Bench bench = make_bench();
  struct Reset {
    ~Reset() { Interrupt::reset(); }
  } reset;
  Interrupt::request();
  CHECK(category_of([&] { bench.session->query("SELECT 1"); }) == ErrorCategory::interrupted);
  {
    const Interrupt::Shield shield;
    CHECK(bench.session->query("SELECT 1").row_count() == 1);
  }
}

}  // namespace paripassu::conformance
