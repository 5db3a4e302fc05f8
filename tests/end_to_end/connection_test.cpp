// Servers that cannot be reached, refuse the user, or do not let him do what is asked: exit code 3, quickly, with a
// remedy, and never with the password.
#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <chrono>

#include "tests/end_to_end/project.h"

namespace paripassu::test {

namespace {

using Clock = std::chrono::steady_clock;

constexpr const char* kPassword = "Tr0ub4dor_and_3";
constexpr const char* kWrongPassword = "c0rrect_horse_battery";

double seconds_since(Clock::time_point begin) {
  return std::chrono::duration<double>(Clock::now() - begin).count();
}

/// A TCP port on this machine that takes connections and never answers; closed, it is one where nobody listens.
class SilentPort {
 public:
  SilentPort() : socket_(socket(AF_INET, SOCK_STREAM, 0)) {
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    REQUIRE(bind(socket_, reinterpret_cast<sockaddr*>(&address), sizeof address) == 0);
    REQUIRE(getsockname(socket_, reinterpret_cast<sockaddr*>(&address), &size) == 0);
    port_ = ntohs(address.sin_port);
  }
  ~SilentPort() { close(socket_); }
  SilentPort(const SilentPort&) = delete;
  SilentPort& operator=(const SilentPort&) = delete;

  void listen() { REQUIRE(::listen(socket_, 8) == 0); }
  std::string port() const { return std::to_string(port_); }

 private:
  int socket_;
  int port_ = 0;
};

/// `inspect` and `migrate` of this URL: exit code 3 with all of `words`, a remedy and no password, within
/// `seconds_max`. A scratch database needs the server only, not the database that the URL names.
void check_unreachable(const ConnectionUrl& url, const std::vector<std::string>& words, double seconds_max = 10,
                       bool refuses_scratch = true) {
  const Backend& backend = *registry().find_by_scheme(url.scheme);
  const TemporaryFolder folder;
  folder.write("migrations/0001_a.up.sql", "CREATE TABLE a (id int);\n");
  const std::string text = url_with_password(url);
  const std::vector<std::string> secrets =
      url.password ? std::vector<std::string>{url.password->reveal()} : std::vector<std::string>{};
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"inspect", text},
        {"--engine", std::string(backend.name()), "--" + std::string(backend.name()), text, "migrate", "up"},
        {"--engine", std::string(backend.name()), "--" + std::string(backend.name()), text, "-v", "inspect",
         std::string(backend.name()) + ":migrations"}}) {
    if (arguments.back() != text && arguments.back() != "up" && !refuses_scratch) continue;
    const auto begin = Clock::now();
    const ProgramResult result = run_checked(arguments, folder.path(), {}, secrets);
    CHECK_EXIT(result, 3);
    CHECK_MESSAGE(seconds_since(begin) < seconds_max, seconds_since(begin), " s");
    CHECK(result.output.empty());
    for (const std::string& part : words) CHECK_SAYS(result.errors, part);
    CHECK_SAYS(result.errors, "→");
  }
}

ConnectionUrl url_to(const Target& target, const std::string& host, const std::string& port) {
  ConnectionUrl url;
  url.scheme = target.server.scheme;
  url.user = "somebody";
  url.password = Secret(kWrongPassword);
  url.host = host;
  url.port = port;
  url.database = "somewhere";
  return url;
}

/// Somebody who may connect to one database and do nothing in it.
class PowerlessUser {
 public:
  explicit PowerlessUser(Database& database)
      : database_(database), name_("poor_" + database.url().database.substr(database.url().database.size() - 12)) {
    const bool is_postgres = database.target().name() == "postgres";
    const std::unique_ptr<Session> server = database.target().backend->connect(database.target().server);
    if (is_postgres) {
      server->execute("CREATE ROLE " + name_ + " LOGIN PASSWORD '" + kPassword + "'");
      database.session().execute("REVOKE CREATE ON SCHEMA public FROM PUBLIC");
      drop_ = {"DROP ROLE " + name_};
    } else {
      server->execute("CREATE LOGIN " + name_ + " WITH PASSWORD = '" + kPassword + "'");
      database.session().execute("CREATE USER " + name_ + " FOR LOGIN " + name_);
      drop_ = {"DROP USER " + name_, "DROP LOGIN " + name_};
    }
  }
  ~PowerlessUser() {
    for (const std::string& statement : drop_) {
      try {
        database_.session().execute(statement);
      } catch (const std::exception&) {
        // A connection of the program may not have ended yet; the server is thrown away with the test.
      }
    }
  }
  PowerlessUser(const PowerlessUser&) = delete;
  PowerlessUser& operator=(const PowerlessUser&) = delete;

  ConnectionUrl url() const {
    ConnectionUrl url = database_.url();
    url.user = name_;
    url.password = Secret(kPassword);
    return url;
  }
  const std::string& name() const { return name_; }

 private:
  Database& database_;
  std::string name_;
  std::vector<std::string> drop_;
};

}  // namespace

ENGINE_CASE("a closed port is said at once") {
  const SilentPort nobody;
  check_unreachable(url_to(target, "127.0.0.1", nobody.port()),
                    {"127.0.0.1:" + nobody.port(), "efused", "host and port"});
}

ENGINE_CASE("a host name that does not exist is said") {
  // RFC 2606: no name below .invalid ever exists.
  check_unreachable(url_to(target, "no-such-host.invalid", "5999"), {"no-such-host.invalid", "host and port"}, 30);
}

ENGINE_CASE("a server that takes the connection and never answers is given up after 15 seconds") {
  SilentPort silent;
  silent.listen();
  const ConnectionUrl url = url_to(target, "127.0.0.1", silent.port());
  const TemporaryFolder folder;
  // limits::kConnectTimeout_s, and some for a slow machine.
  constexpr int kSecondsMax = 25;
  const ProgramResult result =
      run_checked({"inspect", url_with_password(url)}, folder.path(), {}, {kWrongPassword}, kSecondsMax);
  CHECK_EXIT(result, 3);
  CHECK_SAYS(result.errors, "→");
}

ENGINE_CASE("a database that does not exist is named, and is not created") {
  ConnectionUrl url = target.server.with_database("no_such_database_here");
  check_unreachable(url, {"no_such_database_here", "does not exist", "create the database"}, 30, false);
  CHECK_THROWS_AS(target.backend->connect(url), Error);
}

ONE_ENGINE_CASE("sqlserver", "a wrong password is refused and not shown (sqlserver)") {
  ConnectionUrl url = target.server;
  url.password = Secret(kWrongPassword);
  check_unreachable(url, {"ogin failed", url.user, "check user and password"}, 30);
}

ONE_ENGINE_CASE("postgres", "a wrong password is refused and not shown (postgres)") {
  Database database(target);
  const PowerlessUser user(database);
  ConnectionUrl url = user.url();
  url.password = Secret(kWrongPassword);
  // A local server trusts everybody on its socket; this one must come with a password.
  const std::string file = database.value("SHOW hba_file");
  const std::string before = database.value("SELECT pg_read_file(current_setting('hba_file'))");
  const auto write = [&](const std::string& query) {
    database.session().execute("COPY (" + query + ") TO " + target.backend->dialect().quote_literal(file));
    database.session().execute("SELECT pg_reload_conf()");
  };
  const std::string old_lines =
      "SELECT unnest(string_to_array(" + target.backend->dialect().quote_literal(before) + ", E'\\n'))";
  write("SELECT 'local all " + user.name() + " scram-sha-256' UNION ALL SELECT 'host all " + user.name() +
        " all scram-sha-256' UNION ALL " + old_lines);
  bool refused = false;
  for (int i = 0; i < 50 && !refused; ++i) {
    try {
      target.backend->connect(url);
      usleep(100'000);
    } catch (const Error& error) {
      refused = true;
    }
  }
  REQUIRE_MESSAGE(refused, "the server takes any password");
  check_unreachable(url, {"password authentication failed", user.name(), "check user and password"}, 30);
  // The right one is taken, from the URL and from the client's own variable.
  const TemporaryFolder folder;
  CHECK_EXIT(run_checked({"inspect", url_with_password(user.url())}, folder.path(), {}, {kPassword}), 0);
  url.password.reset();
  CHECK_EXIT(run_checked({"inspect", url_with_password(url)}, folder.path(), {{"PGPASSWORD", kPassword}}, {kPassword}),
             0);
  write(old_lines);
}

ONE_ENGINE_CASE("sqlserver", "an ODBC driver that is not installed is named, with what to install (sqlserver)") {
  ConnectionUrl url = target.server;
  url.parameters["driver"] = "Nope 99";
  check_unreachable(url, {"Nope 99", "install the driver", "doctor"}, 30);
}

ONE_ENGINE_CASE("postgres", "a parameter that libpq does not know is wrong usage (postgres)") {
  ConnectionUrl url = target.server;
  url.parameters["sslmoed"] = "require";
  const TemporaryFolder folder;
  const ProgramResult result = run_checked({"inspect", url_with_password(url)}, folder.path());
  CHECK_EXIT(result, 2);
  CHECK_SAYS(result.errors, "sslmoed");
  CHECK_SAYS(result.errors, "→");
}

ENGINE_CASE("migrate up without the right to create tables fails with the server's words and changes nothing") {
  Project project(target);
  const PowerlessUser user(project.database());
  project.migration("0001_a.up.sql", "CREATE TABLE a (id int NOT NULL);\n");
  const ProgramResult up = project.migrate({"up"}, {{url_variable(*target.backend), url_with_password(user.url())}});
  check_invariants(up, {kPassword});
  CHECK_MESSAGE((up.exit_code == 3 || up.exit_code == 1), transcript(up));
  CHECK_SAYS(up.errors, "permission");
  CHECK_SAYS(up.errors, "0001_a.up.sql:1");
  CHECK(project.database().tables().empty());
  CHECK(project.status()["0001"] == "pending");
}

ENGINE_CASE("a scratch database that the user may not create is refused with a remedy") {
  Project project(target);
  const PowerlessUser user(project.database());
  project.migration("0001_a.up.sql", "CREATE TABLE a (id int NOT NULL);\n");
  for (const std::vector<std::string>& arguments :
       {std::vector<std::string>{"inspect", target.name() + ":migrations"},
        {"diff", target.name() + ":migrations", target.name() + ":migrations"}}) {
    const ProgramResult result =
        project.run(arguments, {{url_variable(*target.backend), url_with_password(user.url())}});
    check_invariants(result, {kPassword});
    CHECK_EXIT(result, 3);
    CHECK_SAYS(result.errors, "scratch database");
    CHECK_SAYS(result.errors, "→");
    CHECK_SAYS(result.errors, "a local server is then started");
  }
}

ENGINE_CASE("what permission hides is never reported as missing") {
  Project project(target);
  const PowerlessUser user(project.database());
  project.migration(
      "0001_a.up.sql",
      "CREATE TABLE hidden_away (id int NOT NULL PRIMARY KEY, state int NOT NULL DEFAULT 7, CHECK (state > 0));\n");
  REQUIRE_EXIT(project.migrate({"up"}), 0);
  const ProgramResult diff =
      project.run({"--format", "json", "diff", target.name() + ":migrations", url_with_password(user.url())});
  check_invariants(diff, {kPassword});
  const nlohmann::json document = parse_json(diff);
  const bool sees_all = document.at("differences").empty() && document.at("summary").at("unknown") == 0;
  const bool says_unknown = document.at("summary").at("unknown") > 0;
  CHECK_MESSAGE((sees_all || says_unknown), transcript(diff));
  for (const auto& difference : document.at("differences"))
    CHECK_SILENT_ON(difference.at("code").get<std::string>(), "missing");
  CHECK_EXIT(diff, says_unknown ? 5 : 0);
}

}  // namespace paripassu::test
