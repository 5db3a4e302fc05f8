// Starts real servers: a PostgreSQL, and a Babelfish where one is installed.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <libpq-fe.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <chrono>
#include <cstdint>
#include <filesystem>
#include <iostream>
#include <memory>
#include <sstream>
#include <string>
#include <utility>
#include <vector>

#include "backends/error.h"
#include "backends/interrupt.h"
#include "backends/local_process/server_directory.h"
#include "backends/postgres/server.h"
#include "backends/sqlserver/server.h"
#include "tests/support/skip.h"
#include "tests/unit/backends/local_process/process_test_support.h"

namespace paripassu {
namespace {

namespace fs = std::filesystem;
using test::EnvironmentVariable;
using test::eventually;
using test::ForkedOwner;
using test::process_ended;
using test::read_file;
using test::TemporaryFolder;
using test::write_file;

using Provider = std::unique_ptr<ServerProvider>;

Provider postgres_provider() {
  return std::make_unique<postgres::PostgresServerProvider>();
}
Provider sqlserver_provider() {
  return std::make_unique<sqlserver::SqlServerServerProvider>();
}

bool has_local_server(const ServerProvider& provider) {
  const auto options = provider.options();
  return std::any_of(options.begin(), options.end(),
                     [](const ServerOption& option) { return option.kind == "local" && option.available; });
}

/// TMPDIR of one case, which a server that runs as another user can reach, and no container engine.
class Machine {
 public:
  Machine() { ::chmod(folder_.path().c_str(), 0755); }
  std::string parent() const { return ServerDirectory::default_parent(); }
  std::vector<std::string> server_folders() const {
    std::vector<std::string> folders;
    if (fs::exists(parent())) {
      for (const auto& entry : fs::directory_iterator(parent())) folders.push_back(entry.path().string());
    }
    return folders;
  }
  /// From its lock file: 1 process id, 4 PostgreSQL port.
  static int postmaster_line(const std::string& server_folder, int number) {
    std::istringstream lines(read_file(server_folder + "/data/postmaster.pid"));
    std::string line;
    for (int index = 0; index < number; ++index) std::getline(lines, line);
    return line.empty() ? -1 : std::stoi(line);
  }

 private:
  TemporaryFolder folder_;
  EnvironmentVariable temporary_folder_{"TMPDIR", folder_.path()};
};

struct CloseConnection {
  void operator()(PGconn* connection) const { PQfinish(connection); }
};
using Connection = std::unique_ptr<PGconn, CloseConnection>;

Connection connect(const std::string& host, const std::string& port, const std::string& user,
                   const std::string& password, const std::string& database) {
  const std::array<const char*, 8> keywords = {
      "host", "port", "user", "password", "dbname", "sslmode", "connect_timeout", nullptr};
  const std::array<const char*, 8> values = {host.c_str(),     port.c_str(), user.c_str(), password.c_str(),
                                             database.c_str(), "disable",    "10",         nullptr};
  return Connection(PQconnectdbParams(keywords.data(), values.data(), 0));
}

Connection connect(const ConnectionUrl& url) {
  return connect(url.host, url.port, url.user, url.password ? url.password->reveal() : "", url.database);
}

std::string ask(const Connection& connection, const std::string& sql) {
  PGresult* result = PQexec(connection.get(), sql.c_str());
  std::string answer = PQresultStatus(result) == PGRES_TUPLES_OK && PQntuples(result) > 0 ? PQgetvalue(result, 0, 0)
                       : PQresultStatus(result) == PGRES_COMMAND_OK                       ? "done"
                                                                    : PQresultErrorMessage(result);
  PQclear(result);
  return answer;
}

std::unique_ptr<LocalServer> start_and_print_time(const ServerProvider& provider) {
  const auto begin = std::chrono::steady_clock::now();
  auto server = provider.start();
  const std::chrono::duration<double> elapsed = std::chrono::steady_clock::now() - begin;
  std::cout << server->description() << " was ready after " << elapsed.count() << " s" << std::endl;
  return server;
}

/// A port of 127.0.0.1 on which somebody else listens.
class TakenPort {
 public:
  TakenPort() : fd_(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t length = sizeof address;
    REQUIRE(::bind(fd_, reinterpret_cast<sockaddr*>(&address), length) == 0);
    REQUIRE(::listen(fd_, 5) == 0);
    REQUIRE(::getsockname(fd_, reinterpret_cast<sockaddr*>(&address), &length) == 0);
    number_ = ntohs(address.sin_port);
  }
  TakenPort(const TakenPort&) = delete;
  TakenPort& operator=(const TakenPort&) = delete;
  ~TakenPort() { ::close(fd_); }
  std::string number() const { return std::to_string(number_); }

 private:
  int fd_;
  int number_ = 0;
};

bool accepts_tcp(const std::string& port) {
  const int fd = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  address.sin_port = htons(static_cast<std::uint16_t>(std::stoi(port)));
  const bool accepted = ::connect(fd, reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
  ::close(fd);
  return accepted;
}

void check_life_and_death(const Provider& provider) {
  const Machine machine;
  auto server = start_and_print_time(*provider);
  REQUIRE(machine.server_folders().size() == 1);
  const std::string folder = machine.server_folders().front();
  const pid_t postmaster = Machine::postmaster_line(folder, 1);
  REQUIRE(postmaster > 1);
  CHECK(!process_ended(postmaster));
  CHECK(ServerDirectory::reap(machine.parent()).empty());
  CHECK(!process_ended(postmaster));
  server.reset();
  CHECK(process_ended(postmaster));
  CHECK(machine.server_folders().empty());
}

void check_killed_owner(const Provider& provider) {
  const Machine machine;
  ForkedOwner owner([&] { return provider->start().release()->description(); });
  REQUIRE_MESSAGE(machine.server_folders().size() == 1, owner.said());
  const std::string folder = machine.server_folders().front();
  const pid_t postmaster = Machine::postmaster_line(folder, 1);
  REQUIRE(postmaster > 1);
  CHECK(!process_ended(postmaster));
  owner.kill_now();
  CHECK(eventually([&] { return process_ended(postmaster); }));
  CHECK(ServerDirectory::reap(machine.parent()) == std::vector<std::string>{folder});
  CHECK(machine.server_folders().empty());
}

}  // namespace

TEST_CASE("a local PostgreSQL is ready for its user, on a Unix socket only") {
  const Provider provider = postgres_provider();
  if (!has_local_server(*provider)) SKIP_TEST("no PostgreSQL server is installed");
  const Machine machine;
  const auto server = start_and_print_time(*provider);
  const ConnectionUrl url = server->url();
  CHECK(url.scheme == "postgres");
  CHECK(url.user == "paripassu");
  CHECK(url.database == "postgres");
  CHECK(url.host == machine.server_folders().front() + "/run");
  CHECK(server->description().rfind("local PostgreSQL ", 0) == 0);

  const Connection connection = connect(url);
  REQUIRE_MESSAGE(PQstatus(connection.get()) == CONNECTION_OK, PQerrorMessage(connection.get()));
  CHECK(ask(connection, "SHOW listen_addresses") == "");
  CHECK(ask(connection, "SHOW server_encoding") == "UTF8");
  CHECK(ask(connection, "SHOW timezone") == "UTC");
  CHECK(ask(connection, "SHOW fsync") == "off");
  CHECK(ask(connection, "CREATE DATABASE scratch") == "done");
  CHECK(ask(connection, "DROP DATABASE scratch") == "done");

  struct stat status {};
  REQUIRE(::stat(url.host.c_str(), &status) == 0);
  CHECK((status.st_mode & 0777) == 0700);
}

TEST_CASE("a local PostgreSQL ends with its object, and so does its folder") {
  const Provider provider = postgres_provider();
  if (!has_local_server(*provider)) SKIP_TEST("no PostgreSQL server is installed");
  check_life_and_death(provider);
}

TEST_CASE("a local PostgreSQL dies with its killed owner, and its folder is reaped") {
  const Provider provider = postgres_provider();
  if (!has_local_server(*provider)) SKIP_TEST("no PostgreSQL server is installed");
  check_killed_owner(provider);
}

TEST_CASE("two local PostgreSQL servers do not meet") {
  const Provider provider = postgres_provider();
  if (!has_local_server(*provider)) SKIP_TEST("no PostgreSQL server is installed");
  const Machine machine;
  const auto first = provider->start();
  const auto second = provider->start();
  CHECK(first->url().host != second->url().host);
  CHECK(ask(connect(first->url()), "CREATE DATABASE only_here") == "done");
  const std::string count = "SELECT count(*) FROM pg_database WHERE datname = 'only_here'";
  CHECK(ask(connect(first->url()), count) == "1");
  CHECK(ask(connect(second->url()), count) == "0");
}

TEST_CASE("a local PostgreSQL ignores the environment of the user's own client") {
  const Provider provider = postgres_provider();
  if (!has_local_server(*provider)) SKIP_TEST("no PostgreSQL server is installed");
  const Machine machine;
  const EnvironmentVariable data("PGDATA", "/nonexistent");
  const EnvironmentVariable port("PGPORT", "9");
  const EnvironmentVariable user("PGUSER", "somebody");
  const EnvironmentVariable locale("LC_ALL", "xx_YY.nonsense");
  const EnvironmentVariable zone("TZ", "Nowhere/Else");
  const auto server = provider->start();
  CHECK(ask(connect(server->url()), "SELECT current_user::text") == "paripassu");
}

TEST_CASE("PARIPASSU_POSTGRES_BIN is binding") {
  const Machine machine;
  const Provider provider = postgres_provider();
  {
    const EnvironmentVariable bin("PARIPASSU_POSTGRES_BIN", "/nonexistent/bin");
    const auto options = provider->options();
    REQUIRE(!options.empty());
    CHECK(!options.front().available);
    CHECK(!options.front().remedy.empty());
    try {
      provider->start();
      FAIL("another server was started in its place");
    } catch (const Error& error) {
      CHECK(error.category() == ErrorCategory::server_unavailable);
      CHECK(error.message().find("PARIPASSU_POSTGRES_BIN") != std::string::npos);
    }
  }
  const EnvironmentVariable bin("PARIPASSU_POSTGRES_BIN", "none");
  CHECK(!has_local_server(*provider));
  CHECK(provider->options().size() == 2);
}

TEST_CASE("a PostgreSQL that dies while it starts is reported with the end of its log, and leaves nothing") {
  const Machine machine;
  const TemporaryFolder binaries;
  ::chmod(binaries.path().c_str(), 0755);
  const auto script = [&](const std::string& name, const std::string& text) {
    write_file(binaries.path(name), "#!/bin/sh\n" + text);
    ::chmod(binaries.path(name).c_str(), 0755);
  };
  script("postgres",
         "[ \"$1\" = --version ] && { echo 'postgres (PostgreSQL) 99.1 (Test)'; exit 0; }\n"
         "echo 'FATAL:  shared memory is out'\nexit 1\n");
  script("initdb", "exit 0\n");
  const EnvironmentVariable bin("PARIPASSU_POSTGRES_BIN", binaries.path());
  const Provider provider = postgres_provider();
  CHECK(provider->options().front().description == "PostgreSQL 99.1 in " + binaries.path());
  const auto message = [&] {
    try {
      provider->start();
    } catch (const Error& error) {
      return error.message();
    }
    return std::string("nothing was thrown");
  };
  CHECK_MESSAGE(message().find("FATAL:  shared memory is out") != std::string::npos, message());
  CHECK(machine.server_folders().empty());

  script("initdb", "echo 'initdb: error: no space' >&2\nexit 1\n");
  CHECK_MESSAGE(message().find("initdb: error: no space") != std::string::npos, message());
  CHECK(machine.server_folders().empty());
}

TEST_CASE("a stop that is requested while a PostgreSQL starts ends the start, and leaves nothing") {
  const Provider provider = postgres_provider();
  if (!has_local_server(*provider)) SKIP_TEST("no PostgreSQL server is installed");
  const Machine machine;
  Interrupt::reset();
  std::thread request([] {
    std::this_thread::sleep_for(std::chrono::milliseconds(100));
    Interrupt::request();
  });
  try {
    provider->start();
    Interrupt::throw_if_requested();
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::interrupted);
  }
  request.join();
  Interrupt::reset();
  CHECK(machine.server_folders().empty());
}

TEST_CASE("a local Babelfish is ready on a port of 127.0.0.1, for whom knows the password") {
  const Provider provider = sqlserver_provider();
  if (!has_local_server(*provider)) SKIP_TEST("no Babelfish is installed");
  const Machine machine;
  const auto server = start_and_print_time(*provider);
  const ConnectionUrl url = server->url();
  CHECK(url.scheme == "sqlserver");
  CHECK(url.host == "127.0.0.1");
  CHECK(url.database == "master");
  CHECK(url.parameter("encrypt") == "no");
  CHECK(server->description().find("(stands in for SQL Server)") != std::string::npos);
  REQUIRE(url.password.has_value());
  CHECK(url.password->reveal().size() >= 32);
  CHECK(accepts_tcp(url.port));

  // Its PostgreSQL side shares users and passwords with the T-SQL side, and can be asked from here.
  const std::string folder = machine.server_folders().front();
  const std::string port = std::to_string(Machine::postmaster_line(folder, 4));
  const Connection connection = connect("127.0.0.1", port, url.user, url.password->reveal(), "babelfish_db");
  REQUIRE_MESSAGE(PQstatus(connection.get()) == CONNECTION_OK, PQerrorMessage(connection.get()));
  CHECK(ask(connection,
            "SELECT count(*) FROM pg_settings WHERE name LIKE 'babelfishpg_tsql.escape_hatch_%' "
            "AND setting <> 'ignore'") == "0");
  CHECK(ask(connection, "SHOW babelfishpg_tsql.migration_mode") == "multi-db");
  CHECK(PQstatus(connect("127.0.0.1", port, url.user, "wrong", "babelfish_db").get()) == CONNECTION_BAD);
  CHECK(PQstatus(connect("127.0.0.1", port, "paripassu_admin", "", "babelfish_db").get()) == CONNECTION_BAD);

  for (const char* file : {"/server.log", "/processes"}) {
    CHECK(read_file(folder + file).find(url.password->reveal()) == std::string::npos);
  }
}

TEST_CASE("a local Babelfish ends with its object, and so does its folder") {
  const Provider provider = sqlserver_provider();
  if (!has_local_server(*provider)) SKIP_TEST("no Babelfish is installed");
  check_life_and_death(provider);
}

TEST_CASE("a local Babelfish dies with its killed owner, and its folder is reaped") {
  const Provider provider = sqlserver_provider();
  if (!has_local_server(*provider)) SKIP_TEST("no Babelfish is installed");
  check_killed_owner(provider);
}

TEST_CASE("two local Babelfish servers do not meet") {
  const Provider provider = sqlserver_provider();
  if (!has_local_server(*provider)) SKIP_TEST("no Babelfish is installed");
  const Machine machine;
  const auto first = provider->start();
  const auto second = provider->start();
  CHECK(first->url().port != second->url().port);
  CHECK(first->url().password != second->url().password);
}

TEST_CASE("a local Babelfish whose port is taken meanwhile starts on another") {
  const Provider provider = sqlserver_provider();
  if (!has_local_server(*provider)) SKIP_TEST("no Babelfish is installed");
  const char* set = ::getenv("PARIPASSU_BABELFISH_HOME");
  const std::string real_home = set != nullptr && *set != '\0' ? set : "/opt/babelfish";
  const Machine machine;
  const TakenPort taken;
  // The same installation, but its first server is told to use a port that somebody has.
  const TemporaryFolder home;
  ::chmod(home.path().c_str(), 0777);
  fs::create_directory(home.path("bin"));
  for (const char* folder : {"lib", "share"}) fs::create_directory_symlink(real_home + "/" + folder, home.path(folder));
  for (const char* program : {"initdb", "psql", "pg_isready"}) {
    fs::create_symlink(real_home + "/bin/" + program, home.path("bin/") + program);
  }
  std::string setting;
  SUBCASE("the TDS port, without which it would go on with a warning") {
    setting = "babelfishpg_tds.port";
  }
  SUBCASE("the port of its PostgreSQL side, without which it ends") {
    setting = "port";
  }
  write_file(home.path("bin/postgres"), "#!/bin/sh\nif [ ! -e " + home.path("tried") + " ]; then touch " +
                                            home.path("tried") + "; exec " + real_home + "/bin/postgres \"$@\" -c " +
                                            setting + "=" + taken.number() + "; fi\nexec " + real_home +
                                            "/bin/postgres \"$@\"\n");
  ::chmod(home.path("bin/postgres").c_str(), 0755);
  const EnvironmentVariable variable("PARIPASSU_BABELFISH_HOME", home.path());
  const auto server = provider->start();
  CHECK(fs::exists(home.path("tried")));
  CHECK(server->url().port != taken.number());
  CHECK(accepts_tcp(server->url().port));
  CHECK(machine.server_folders().size() == 1);
}

TEST_CASE("PARIPASSU_BABELFISH_HOME is binding, and an installation without its extension is refused") {
  const Machine machine;
  const TemporaryFolder home;
  fs::create_directories(home.path("bin"));
  for (const char* program : {"postgres", "initdb", "psql", "pg_isready"}) {
    write_file(home.path("bin/") + program, "#!/bin/sh\n");
    ::chmod((home.path("bin/") + program).c_str(), 0755);
  }
  const EnvironmentVariable variable("PARIPASSU_BABELFISH_HOME", home.path());
  const Provider provider = sqlserver_provider();
  const auto options = provider->options();
  REQUIRE(options.size() == 2);
  CHECK(!options.front().available);
  CHECK(options.front().reason == "there is no " + home.path("lib/babelfishpg_tds.so"));
  CHECK_THROWS_AS(provider->start(), Error);
}

}  // namespace paripassu
