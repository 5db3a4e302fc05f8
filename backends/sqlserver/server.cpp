#include "backends/sqlserver/server.h"

#include <arpa/inet.h>
#include <fmt/format.h>
#include <locale.h>
#include <netinet/in.h>
#include <poll.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <chrono>
#include <cstdint>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <iterator>
#include <optional>
#include <string_view>
#include <utility>

#include "backends/error.h"
#include "backends/limits.h"
#include "backends/local_process/child_process.h"
#include "backends/local_process/container.h"
#include "backends/local_process/server_candidates.h"
#include "backends/local_process/server_directory.h"
#include "backends/sqlserver/tds_prelogin.h"

namespace paripassu::sqlserver {
namespace {

constexpr const char* kEngine = "sqlserver";
constexpr const char* kHomeVariable = "PARIPASSU_BABELFISH_HOME";
constexpr const char* kDefaultHome = "/opt/babelfish";
constexpr const char* kImageVariable = "PARIPASSU_SQLSERVER_IMAGE";
constexpr const char* kDefaultImage = "mcr.microsoft.com/mssql/server:2022-latest";
constexpr const char* kLoopback = "127.0.0.1";
constexpr int kTdsPort = 1433;
/// Reaches the PostgreSQL side of Babelfish over the Unix socket; has no password and so no way in over the network.
constexpr const char* kAdministrator = "paripassu_admin";
constexpr const char* kUser = "paripassu";

/// How long an answer to the first TDS message may take, and how long a SQL Server that says it is ready is given
/// to finish its recovery.
constexpr int kTdsAnswerTimeout_ms = 2'000;
constexpr int kRecoveryGrace_ms = 10'000;

struct Babelfish {
  std::string home;
  std::string version;  ///< "4.4"
};

class Socket {
 public:
  explicit Socket(int fd) : fd_(fd) {}
  Socket(const Socket&) = delete;
  Socket& operator=(const Socket&) = delete;
  ~Socket() {
    if (fd_ >= 0) ::close(fd_);
  }
  int get() const { return fd_; }

 private:
  int fd_;
};

sockaddr_in loopback_address(int port) {
  sockaddr_in address{};
  address.sin_family = AF_INET;
  address.sin_port = htons(static_cast<std::uint16_t>(port));
  address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
  return address;
}

int bound_port(const Socket& socket) {
  sockaddr_in address = loopback_address(0);
  socklen_t length = sizeof address;
  if (socket.get() < 0 || ::bind(socket.get(), reinterpret_cast<sockaddr*>(&address), sizeof address) != 0 ||
      ::getsockname(socket.get(), reinterpret_cast<sockaddr*>(&address), &length) != 0) {
    throw Error(ErrorCategory::resources, fmt::format("no free port on {}: {}", kLoopback, std::strerror(errno)));
  }
  return ntohs(address.sin_port);
}

struct Ports {
  int tds;
  int postgres;
};

// Both are bound at the same time, so that they differ. Another process may take one before the server does.
Ports free_ports() {
  const Socket first(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  const Socket second(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0));
  return {bound_port(first), bound_port(second)};
}

bool wait_for(const Socket& socket, short events) {
  pollfd wait{socket.get(), events, 0};
  return ::poll(&wait, 1, kTdsAnswerTimeout_ms) == 1 && (wait.revents & events) != 0;
}

/// True when something that speaks TDS answers. A connection alone says little: the proxy of a container engine
/// accepts long before the server does.
bool tds_answers(int port) {
  const Socket socket(::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (socket.get() < 0) return false;
  const sockaddr_in address = loopback_address(port);
  if (::connect(socket.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0 &&
      (errno != EINPROGRESS || !wait_for(socket, POLLOUT))) {
    return false;
  }
  if (::send(socket.get(), kTdsPrelogin.data(), kTdsPrelogin.size(), MSG_NOSIGNAL) !=
      static_cast<ssize_t>(kTdsPrelogin.size())) {
    return false;
  }
  unsigned char type = 0;
  return wait_for(socket, POLLIN) && ::recv(socket.get(), &type, 1, 0) == 1 && type == kTdsTabularResult;
}

std::string read_file(const std::string& path) {
  std::ifstream file(path, std::ios::binary);
  return {std::istreambuf_iterator<char>(file), std::istreambuf_iterator<char>()};
}

/// "default_version = '4.4.0'" of the extension's control file → "4.4"; empty when there is none.
std::string parse_version(const std::string& control) {
  const std::size_t key = control.find("default_version");
  const std::size_t begin = key == std::string::npos ? key : control.find('\'', key);
  const std::size_t end = begin == std::string::npos ? begin : control.find('\'', begin + 1);
  if (end == std::string::npos) return {};
  std::string version = control.substr(begin + 1, end - begin - 1);
  if (version.size() > 2 && version.compare(version.size() - 2, 2, ".0") == 0) version.resize(version.size() - 2);
  return version;
}

// With a prefix that does not contain "postgres", PostgreSQL installs into a subfolder of lib and share.
constexpr std::array<const char*, 2> kInstallSubfolders = {"", "/postgresql"};

/// The first file that a complete installation below `home` lacks, or nothing.
std::optional<std::string> missing_file(const std::string& home) {
  for (const char* program : {"postgres", "initdb", "psql", "pg_isready"}) {
    if (const std::string path = fmt::format("{}/bin/{}", home, program); !is_executable(path)) return path;
  }
  for (const char* subfolder : kInstallSubfolders) {
    if (::access(fmt::format("{}/lib{}/babelfishpg_tds.so", home, subfolder).c_str(), R_OK) == 0) {
      const std::string control = fmt::format("{}/share{}/extension/babelfishpg_tsql.control", home, subfolder);
      if (::access(control.c_str(), R_OK) == 0) return std::nullopt;
      return control;
    }
  }
  return home + "/lib/babelfishpg_tds.so";
}

std::string installed_version(const std::string& home) {
  for (const char* subfolder : kInstallSubfolders) {
    const std::string version =
        parse_version(read_file(fmt::format("{}/share{}/extension/babelfishpg_tsql.control", home, subfolder)));
    if (!version.empty()) return version;
  }
  return "of unknown version";
}

const char* installed_locale() {
  const locale_t utf8 = ::newlocale(LC_ALL_MASK, "C.UTF-8", nullptr);
  if (utf8 == nullptr) return "C";
  ::freelocale(utf8);
  return "C.UTF-8";
}

class BabelfishServer final : public LocalServer {
 public:
  BabelfishServer(ServerDirectory directory, ChildProcess process, ConnectionUrl url, std::string version)
      : directory_(std::move(directory)),
        process_(std::move(process)),
        url_(std::move(url)),
        version_(std::move(version)) {}
  ConnectionUrl url() const override { return url_; }
  std::string description() const override {
    return fmt::format("local Babelfish for PostgreSQL {} (stands in for SQL Server)", version_);
  }

 private:
  // Destroyed in the opposite order: the server stops before its folder goes.
  ServerDirectory directory_;
  ChildProcess process_;
  ConnectionUrl url_;
  std::string version_;
};

class ContainerServer final : public LocalServer {
 public:
  ContainerServer(Container container, ConnectionUrl url, std::string description)
      : container_(std::move(container)), url_(std::move(url)), description_(std::move(description)) {}
  ConnectionUrl url() const override { return url_; }
  std::string description() const override { return description_; }

 private:
  Container container_;
  ConnectionUrl url_;
  std::string description_;
};

ConnectionUrl master_url(std::string user, const std::string& password, std::string port) {
  ConnectionUrl url;
  url.scheme = kEngine;
  url.user = std::move(user);
  url.password = Secret(password);
  url.host = kLoopback;
  url.port = std::move(port);
  url.database = "master";
  url.parameters["encrypt"] = "no";
  return url;
}

/// Makes one Babelfish, step by step.
class BabelfishStarter {
 public:
  explicit BabelfishStarter(const Babelfish& babelfish)
      : babelfish_(babelfish),
        user_(unprivileged_user({"postgres"})),
        directory_(user_),
        data_(directory_.make_folder("data")),
        socket_folder_(directory_.make_folder("run")) {
    if (const std::string socket = socket_folder_ + "/.s.PGSQL.65535";
        socket.size() >= sizeof(sockaddr_un{}.sun_path)) {
      throw Error(ErrorCategory::server_unavailable,
                  fmt::format("the path of the server's socket is too long for a Unix socket: {}", socket))
          .with_remedy("set TMPDIR to a folder with a shorter path, such as /tmp");
    }
  }

  std::unique_ptr<LocalServer> start() {
    initialize();
    for (int attempt = 1;; ++attempt) {
      const Ports ports = free_ports();
      std::optional<ChildProcess> process = launch(ports, attempt == limits::kServerStartAttempts);
      if (!process) continue;
      const std::string password = random_hex(16);
      prepare(ports, password);
      wait_until_ready(*process, directory_.log_file(), [&] { return tds_answers(ports.tds); });
      return std::make_unique<BabelfishServer>(std::move(directory_), std::move(*process),
                                               master_url(kUser, password, std::to_string(ports.tds)),
                                               babelfish_.version);
    }
  }

 private:
  ProcessOptions process_options(std::vector<std::string> arguments) const {
    ProcessOptions options;
    arguments.front() = fmt::format("{}/bin/{}", babelfish_.home, arguments.front());
    options.arguments = std::move(arguments);
    // For libantlr4-runtime, which the T-SQL parser needs and whose folder not every build writes down.
    std::string libraries = babelfish_.home + "/lib";
    if (const auto inherited = environment_setting("LD_LIBRARY_PATH")) libraries += ":" + *inherited;
    options.environment = {{"LC_ALL", "C"}, {"TZ", "UTC"}, {"LD_LIBRARY_PATH", libraries}};
    options.environment_without = {"PG*", "PSQL*", "LC_*", "LANG", "LANGUAGE"};
    options.run_as = user_;
    options.pid_file = directory_.pid_file();
    return options;
  }

  void initialize() {
    RunLimits run_limits;
    run_limits.timeout_ms = limits::kServerInitializeTimeout_ms;
    // TDS sends the password itself and refuses an entry scram-sha-256; md5 accepts one stored as SCRAM.
    const ProcessResult result =
        run_process(process_options({"initdb", "--no-sync", "--auth-local=trust", "--auth-host=md5", "--encoding=UTF8",
                                     fmt::format("--locale={}", installed_locale()),
                                     fmt::format("--username={}", kAdministrator), "--pgdata", data_}),
                    run_limits);
    if (!result.success()) {
      throw Error(ErrorCategory::server_unavailable,
                  fmt::format("{}/bin/initdb failed: {}", babelfish_.home, result.describe()));
    }
  }

  /// Nothing when one of the ports was taken meanwhile, unless this is the last attempt.
  std::optional<ChildProcess> launch(const Ports& ports, bool is_last_attempt) {
    const std::string log_file = directory_.log_file();
    ::unlink(log_file.c_str());
    std::vector<std::string> arguments = {"postgres", "-D", data_};
    for (const std::string& setting :
         {std::string("fsync=off"), std::string("synchronous_commit=off"), std::string("full_page_writes=off"),
          std::string("wal_level=minimal"), std::string("max_wal_senders=0"), std::string("autovacuum=off"),
          std::string("shared_buffers=64MB"), std::string("max_connections=100"),
          // All databases of Babelfish are schemas of one PostgreSQL database; dropping one locks all it holds.
          std::string("max_locks_per_transaction=512"),
          // A failing statement may be the one that sets the password.
          std::string("log_min_error_statement=panic"), fmt::format("listen_addresses={}", kLoopback),
          fmt::format("port={}", ports.postgres), fmt::format("unix_socket_directories=\"{}\"", socket_folder_),
          std::string("unix_socket_permissions=0700"), std::string("shared_preload_libraries=babelfishpg_tds"),
          fmt::format("babelfishpg_tds.port={}", ports.tds),
          fmt::format("babelfishpg_tds.listen_addresses={}", kLoopback),
          std::string("babelfishpg_tsql.database_name=babelfish_db"),
          std::string("babelfishpg_tsql.migration_mode=multi-db")}) {
      arguments.insert(arguments.end(), {"-c", setting});
    }
    // SIGQUIT is the immediate shutdown: nothing in this folder needs a checkpoint.
    ChildProcess process = ChildProcess::start(process_options(std::move(arguments)), log_file, {SIGQUIT, SIGQUIT});
    const auto port_was_taken = [&] { return read_file(log_file).find("could not bind") != std::string::npos; };
    try {
      wait_until_ready(process, log_file, [&] { return accepts_connections(ports.postgres); });
    } catch (const Error& error) {
      if (error.category() == ErrorCategory::interrupted || is_last_attempt || !port_was_taken()) throw;
      return std::nullopt;
    }
    // Without its TDS port Babelfish goes on with a warning, and whoever took the port would get our password.
    const std::string listening = fmt::format("listening on IPv4 address \"{}\", port {}\n", kLoopback, ports.tds);
    if (read_file(log_file).find(listening) != std::string::npos) return process;
    if (is_last_attempt || !port_was_taken()) {
      throw Error(ErrorCategory::server_unavailable,
                  fmt::format("Babelfish does not listen for TDS on port {}; its log ends with:\n{}", ports.tds,
                              file_tail(log_file)));
    }
    return std::nullopt;
  }

  bool accepts_connections(int port) const {
    ProcessOptions options =
        process_options({"pg_isready", "--quiet", "--host", socket_folder_, "--port", std::to_string(port),
                         "--username", kAdministrator, "--dbname", "postgres", "--timeout", "2"});
    options.pid_file.clear();
    return run_process(options).success();
  }

  void prepare(const Ports& ports, const std::string& password) const {
    ProcessOptions options = process_options(
        {"psql", "--no-psqlrc", "--quiet", "--no-password", "--set=ON_ERROR_STOP=1", "--host", socket_folder_, "--port",
         std::to_string(ports.postgres), "--username", kAdministrator, "--dbname", "postgres", "--file", "-"});
    options.input = fmt::format(
        "CREATE USER {0} WITH SUPERUSER CREATEDB CREATEROLE INHERIT PASSWORD '{1}';\n"
        "CREATE DATABASE babelfish_db OWNER {0};\n"
        "\\connect babelfish_db\n"
        "CREATE EXTENSION babelfishpg_tds CASCADE;\n"
        "GRANT ALL ON SCHEMA sys TO {0};\n"
        "CALL sys.initialize_babelfish('{0}');\n"
        "CALL sys.sp_babelfish_configure('%', 'ignore', 'server');\n"
        // Babelfish logs a line for every use of some functions.
        "ALTER SYSTEM SET log_min_messages = 'fatal';\n"
        "SELECT pg_reload_conf() \\g /dev/null\n",
        kUser, password);
    RunLimits run_limits;
    run_limits.timeout_ms = limits::kServerInitializeTimeout_ms;
    const ProcessResult result = run_process(options, run_limits);
    if (result.success()) return;
    std::string said = result.describe();
    for (std::size_t at; (at = said.find(password)) != std::string::npos;) said.replace(at, password.size(), "***");
    throw Error(ErrorCategory::server_unavailable, fmt::format("Babelfish cannot be initialised: {}", said));
  }

  Babelfish babelfish_;
  std::optional<SystemUser> user_;
  ServerDirectory directory_;
  std::string data_;
  std::string socket_folder_;
};

std::unique_ptr<LocalServer> start_babelfish(const Babelfish& babelfish) {
  ServerDirectory::reap();
  return BabelfishStarter(babelfish).start();
}

std::unique_ptr<LocalServer> start_container(const ContainerEngine& engine, const std::string& image) {
  using Clock = std::chrono::steady_clock;
  Container::reap(engine);
  // SQL Server asks for three of: upper case, lower case, digits, others.
  const std::string password = "Pp1!" + random_hex(16);
  ContainerOptions options;
  options.image = image;
  options.port = kTdsPort;
  options.environment = {{"ACCEPT_EULA", "Y"}, {"MSSQL_SA_PASSWORD", password}, {"MSSQL_PID", "Developer"}};
  Container container = Container::start(engine, options);
  const int port = std::atoi(container.host_port().c_str());
  std::optional<Clock::time_point> ready_since;
  container.wait_until_ready([&] {
    // It answers before master is recovered and logins are let in; the log says when.
    if (!tds_answers(port)) return false;
    const std::string log = container.log(limits::kProcessOutputBytesMax);
    if (log.find("Recovery is complete") != std::string::npos) return true;
    if (!ready_since && log.find("SQL Server is now ready for client connections") != std::string::npos) {
      ready_since = Clock::now();
    }
    return ready_since && Clock::now() - *ready_since > std::chrono::milliseconds(kRecoveryGrace_ms);
  });
  ConnectionUrl url = master_url("sa", password, container.host_port());
  return std::make_unique<ContainerServer>(std::move(container), std::move(url),
                                           fmt::format("SQL Server in a {} container ({})", engine.name, image));
}

std::vector<ServerCandidate> find_babelfish() {
  ServerCandidate candidate;
  ServerOption& option = candidate.option;
  option.kind = "local";
  const auto chosen = environment_setting(kHomeVariable);
  const std::string home = chosen.value_or(kDefaultHome);
  if (home == "none") {
    option.description = "installed Babelfish";
    option.reason = fmt::format("{} is none", kHomeVariable);
    option.remedy = fmt::format("unset {}", kHomeVariable);
    return {candidate};
  }
  if (const auto missing = missing_file(home)) {
    option.description = "Babelfish in " + home;
    option.reason = "there is no " + *missing;
    option.remedy =
        fmt::format("install Babelfish for PostgreSQL in {}, or set {} to where it is", kDefaultHome, kHomeVariable);
    return {candidate};
  }
  Babelfish babelfish{home, installed_version(home)};
  option.description =
      fmt::format("Babelfish for PostgreSQL {} in {} (stands in for SQL Server)", babelfish.version, home);
  option.available = true;
  candidate.start = [babelfish] { return start_babelfish(babelfish); };
  return {candidate};
}

std::vector<ServerCandidate> find_container() {
  const std::string image = environment_setting(kImageVariable).value_or(kDefaultImage);
  const ContainerEngineSearch search = find_container_engine();
  ServerCandidate candidate;
  candidate.option.kind = "container";
  candidate.option.description = "SQL Server in a container (" + image + ")";
  candidate.option.available = search.engine.has_value();
  candidate.option.reason = search.reason;
  candidate.option.remedy = search.remedy;
  if (search.engine) candidate.start = [engine = *search.engine, image] { return start_container(engine, image); };
  return {candidate};
}

std::vector<CandidateSource> sources() {
  const auto chosen = environment_setting(kHomeVariable);
  return {CandidateSource{find_babelfish, chosen && *chosen != "none"}, CandidateSource{find_container, false}};
}

}  // namespace

std::vector<ServerOption> SqlServerServerProvider::options() const {
  return list_server_options(sources());
}

std::unique_ptr<LocalServer> SqlServerServerProvider::start() const {
  return start_first_server(sources(), kEngine, "SQL Server");
}

}  // namespace paripassu::sqlserver
