#include "backends/postgres/server.h"

#include <fmt/format.h>
#include <glob.h>
#include <libpq-fe.h>
#include <locale.h>
#include <signal.h>
#include <stdlib.h>
#include <sys/un.h>

#include <algorithm>
#include <array>
#include <optional>
#include <string_view>
#include <utility>

#include "backends/error.h"
#include "backends/limits.h"
#include "backends/local_process/child_process.h"
#include "backends/local_process/container.h"
#include "backends/local_process/server_candidates.h"
#include "backends/local_process/server_directory.h"

namespace paripassu::postgres {
namespace {

constexpr const char* kEngine = "postgres";
constexpr const char* kBinVariable = "PARIPASSU_POSTGRES_BIN";
constexpr const char* kImageVariable = "PARIPASSU_POSTGRES_IMAGE";
constexpr const char* kDefaultImage = "postgres:16";
constexpr const char* kUser = "paripassu";
constexpr const char* kMaintenanceDatabase = "postgres";
// Each server has a socket folder of its own, so that all may use the usual number.
constexpr int kPort = 5432;

struct Installation {
  std::string bin;
  std::string version;  ///< "15.20"
  std::string failure;  ///< why it cannot be used; otherwise empty
};

std::string trimmed(std::string_view text) {
  while (!text.empty() && (text.back() == '\n' || text.back() == ' ')) text.remove_suffix(1);
  return std::string(text);
}

bool has_server(const std::string& bin) {
  return is_executable(bin + "/postgres") && is_executable(bin + "/initdb");
}

/// "postgres (PostgreSQL) 15.20 (Debian 15.20-0+deb12u1)" → "15.20"; empty for anything else.
std::string parse_version(std::string_view output) {
  constexpr std::string_view kProduct = "(PostgreSQL) ";
  const std::size_t at = output.find(kProduct);
  if (at == std::string_view::npos) return {};
  output.remove_prefix(at + kProduct.size());
  return std::string(output.substr(0, output.find_first_of(" \n")));
}

Installation examine(std::string bin) {
  Installation installation{std::move(bin), {}, {}};
  ProcessOptions options;
  options.arguments = {installation.bin + "/postgres", "--version"};
  try {
    const ProcessResult result = run_process(options);
    installation.version = result.success() ? parse_version(result.output) : std::string();
    if (installation.version.empty()) installation.failure = "`postgres --version`: " + result.describe();
  } catch (const Error& error) {
    if (error.category() == ErrorCategory::interrupted) throw;
    installation.failure = error.message();
  }
  return installation;
}

// Numbers compare as numbers: 9 < 15.
bool newer(const std::string& left, const std::string& right) {
  return ::strverscmp(left.c_str(), right.c_str()) > 0;
}

std::vector<std::string> matching(const char* pattern) {
  glob_t found{};
  std::vector<std::string> result;
  if (::glob(pattern, GLOB_NOSORT, nullptr, &found) == 0)
    result.assign(found.gl_pathv, found.gl_pathv + found.gl_pathc);
  ::globfree(&found);
  std::sort(result.begin(), result.end(), newer);
  return result;
}

std::string pg_config_bin() {
  ProcessOptions options;
  options.arguments = {find_program("pg_config"), "--bindir"};
  if (options.arguments.front().empty()) return {};
  try {
    const ProcessResult result = run_process(options);
    return result.success() ? trimmed(result.output) : std::string();
  } catch (const Error& error) {
    if (error.category() == ErrorCategory::interrupted) throw;
    return {};
  }
}

std::string folder_of(const std::string& path) {
  return path.substr(0, path.rfind('/'));
}

std::vector<std::string> find_bins() {
  std::vector<std::string> candidates = {pg_config_bin()};
  for (const char* pattern :
       {"/usr/lib/postgresql/*/bin", "/usr/pgsql-*/bin", "/usr/local/pgsql/bin", "/opt/homebrew/opt/postgresql*/bin",
        "/usr/local/opt/postgresql*/bin", "/home/linuxbrew/.linuxbrew/opt/postgresql*/bin"}) {
    for (std::string& folder : matching(pattern)) candidates.push_back(std::move(folder));
  }
  candidates.push_back(folder_of(find_program("postgres")));

  std::vector<std::string> result;
  for (const std::string& candidate : candidates) {
    if (candidate.empty() || !has_server(candidate)) continue;
    // Programs on PATH are often links into one of the folders above.
    const std::unique_ptr<char, decltype(&::free)> resolved(::realpath((candidate + "/postgres").c_str(), nullptr),
                                                            &::free);
    const std::string real_folder = resolved != nullptr ? folder_of(resolved.get()) : candidate;
    const std::string& folder = has_server(real_folder) ? real_folder : candidate;
    if (std::find(result.begin(), result.end(), folder) == result.end()) result.push_back(folder);
  }
  return result;
}

// Written down by initdb and used for every database: the same order and the same case rules on every machine.
const char* installed_locale() {
  const locale_t utf8 = ::newlocale(LC_ALL_MASK, "C.UTF-8", nullptr);
  if (utf8 == nullptr) return "C";
  ::freelocale(utf8);
  return "C.UTF-8";
}

ProcessOptions server_process(std::vector<std::string> arguments, const ServerDirectory& directory,
                              const std::optional<SystemUser>& user) {
  ProcessOptions options;
  options.arguments = std::move(arguments);
  options.environment = {{"LC_ALL", "C"}, {"TZ", "UTC"}};
  options.environment_without = {"PG*", "LC_*", "LANG", "LANGUAGE"};
  options.run_as = user;
  options.pid_file = directory.pid_file();
  return options;
}

bool answers(const std::string& host, const std::string& port) {
  const std::array<const char*, 7> keywords = {"host", "port", "user", "dbname", "sslmode", "connect_timeout", nullptr};
  const std::array<const char*, 7> values = {host.c_str(), port.c_str(), kUser,  kMaintenanceDatabase,
                                             "disable",    "2",          nullptr};
  return PQpingParams(keywords.data(), values.data(), 0) == PQPING_OK;
}

const std::vector<std::string>& speed_settings() {
  static const std::vector<std::string> settings = {
      "fsync=off",      "synchronous_commit=off", "full_page_writes=off", "wal_level=minimal",   "max_wal_senders=0",
      "autovacuum=off", "shared_buffers=64MB",    "max_connections=100",  "log_min_messages=log"};
  return settings;
}

ConnectionUrl maintenance_url(std::string host, std::string port) {
  ConnectionUrl url;
  url.scheme = kEngine;
  url.user = kUser;
  url.host = std::move(host);
  url.port = std::move(port);
  url.database = kMaintenanceDatabase;
  return url;
}

class InstalledServer final : public LocalServer {
 public:
  InstalledServer(ServerDirectory directory, ChildProcess process, ConnectionUrl url, std::string version)
      : directory_(std::move(directory)),
        process_(std::move(process)),
        url_(std::move(url)),
        version_(std::move(version)) {}
  ConnectionUrl url() const override { return url_; }
  std::string description() const override { return "local PostgreSQL " + version_; }

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

std::unique_ptr<LocalServer> start_installed(const Installation& installation) {
  ServerDirectory::reap();
  const std::optional<SystemUser> user = unprivileged_user({"postgres"});
  ServerDirectory directory(user);
  const std::string data = directory.make_folder("data");
  const std::string socket_folder = directory.make_folder("run");
  const std::string socket = fmt::format("{}/.s.PGSQL.{}", socket_folder, kPort);
  if (socket.size() >= sizeof(sockaddr_un{}.sun_path)) {
    throw Error(ErrorCategory::server_unavailable,
                fmt::format("the path of the server's socket is too long for a Unix socket: {}", socket))
        .with_remedy("set TMPDIR to a folder with a shorter path, such as /tmp");
  }

  RunLimits initialize_limits;
  initialize_limits.timeout_ms = limits::kServerInitializeTimeout_ms;
  const ProcessResult initialized =
      run_process(server_process({installation.bin + "/initdb", "--no-sync", "--auth=trust", "--encoding=UTF8",
                                  fmt::format("--locale={}", installed_locale()), fmt::format("--username={}", kUser),
                                  "--pgdata", data},
                                 directory, user),
                  initialize_limits);
  if (!initialized.success()) {
    throw Error(ErrorCategory::server_unavailable,
                fmt::format("{}/initdb failed: {}", installation.bin, initialized.describe()));
  }

  // On the command line, where neither ALTER SYSTEM nor a migration can change them for the next start.
  std::vector<std::string> arguments = {installation.bin + "/postgres", "-D", data};
  for (const std::string& setting : speed_settings()) arguments.insert(arguments.end(), {"-c", setting});
  for (const std::string& setting :
       {std::string("listen_addresses="), fmt::format("port={}", kPort), std::string("unix_socket_permissions=0700"),
        fmt::format("unix_socket_directories=\"{}\"", socket_folder)}) {
    arguments.insert(arguments.end(), {"-c", setting});
  }
  // SIGQUIT is PostgreSQL's immediate shutdown: nothing in this folder needs a checkpoint.
  ChildProcess process = ChildProcess::start(server_process(std::move(arguments), directory, user),
                                             directory.log_file(), {SIGQUIT, SIGQUIT});
  const std::string port = std::to_string(kPort);
  wait_until_ready(process, directory.log_file(), [&] { return answers(socket_folder, port); });
  return std::make_unique<InstalledServer>(std::move(directory), std::move(process),
                                           maintenance_url(socket_folder, port), installation.version);
}

std::unique_ptr<LocalServer> start_container(const ContainerEngine& engine, const std::string& image) {
  Container::reap(engine);
  const std::string password = random_hex(16);
  ContainerOptions options;
  options.image = image;
  options.port = kPort;
  options.environment = {{"POSTGRES_USER", kUser},
                         {"POSTGRES_PASSWORD", password},
                         {"POSTGRES_DB", kMaintenanceDatabase},
                         {"POSTGRES_INITDB_ARGS", "--no-sync --encoding=UTF8 --locale=C.UTF-8"}};
  options.arguments = {"postgres"};
  for (const std::string& setting : speed_settings()) {
    options.arguments.insert(options.arguments.end(), {"-c", setting});
  }
  Container container = Container::start(engine, options);
  // The image's entry point initialises the database with a server that listens on no TCP port.
  container.wait_until_ready([&] { return answers("127.0.0.1", container.host_port()); });
  ConnectionUrl url = maintenance_url("127.0.0.1", container.host_port());
  url.password = Secret(password);
  url.parameters["sslmode"] = "disable";
  return std::make_unique<ContainerServer>(std::move(container), std::move(url),
                                           fmt::format("PostgreSQL in a {} container ({})", engine.name, image));
}

ServerCandidate installed_candidate(Installation installation) {
  ServerCandidate candidate;
  candidate.option.kind = "local";
  candidate.option.description = installation.version.empty()
                                     ? "PostgreSQL in " + installation.bin
                                     : fmt::format("PostgreSQL {} in {}", installation.version, installation.bin);
  candidate.option.available = installation.failure.empty();
  candidate.option.reason = installation.failure;
  if (!candidate.option.available)
    candidate.option.remedy = "repair the installation, or name another with " + std::string(kBinVariable);
  candidate.start = [installation = std::move(installation)] { return start_installed(installation); };
  return candidate;
}

ServerCandidate missing_candidate(std::string description, std::string reason, std::string remedy) {
  ServerCandidate candidate;
  candidate.option = {"local", std::move(description), false, std::move(reason), std::move(remedy)};
  return candidate;
}

std::vector<ServerCandidate> find_installed() {
  const std::string install = "install the server (Debian, Ubuntu: apt-get install postgresql)";
  if (const auto chosen = environment_setting(kBinVariable)) {
    if (*chosen == "none") {
      return {missing_candidate("installed PostgreSQL", fmt::format("{} is none", kBinVariable),
                                fmt::format("unset {}", kBinVariable))};
    }
    if (!has_server(*chosen)) {
      return {missing_candidate(fmt::format("PostgreSQL in {}", *chosen),
                                fmt::format("{} names it, but it does not hold postgres and initdb", kBinVariable),
                                fmt::format("set {} to the folder that does, or unset it", kBinVariable))};
    }
    return {installed_candidate(examine(*chosen))};
  }
  std::vector<ServerCandidate> candidates;
  for (std::string& bin : find_bins()) candidates.push_back(installed_candidate(examine(std::move(bin))));
  if (candidates.empty()) {
    candidates.push_back(missing_candidate("installed PostgreSQL",
                                           "postgres and initdb are neither in the usual folders nor on PATH",
                                           fmt::format("{}, or set {}", install, kBinVariable)));
  }
  return candidates;
}

std::vector<ServerCandidate> find_container() {
  const std::string image = environment_setting(kImageVariable).value_or(kDefaultImage);
  const ContainerEngineSearch search = find_container_engine();
  ServerCandidate candidate;
  candidate.option.kind = "container";
  candidate.option.description = "PostgreSQL in a container (" + image + ")";
  candidate.option.available = search.engine.has_value();
  candidate.option.reason = search.reason;
  candidate.option.remedy = search.remedy;
  if (search.engine) candidate.start = [engine = *search.engine, image] { return start_container(engine, image); };
  return {candidate};
}

std::vector<CandidateSource> sources() {
  const auto chosen = environment_setting(kBinVariable);
  return {CandidateSource{find_installed, chosen && *chosen != "none"}, CandidateSource{find_container, false}};
}

}  // namespace

std::vector<ServerOption> PostgresServerProvider::options() const {
  return list_server_options(sources());
}

std::unique_ptr<LocalServer> PostgresServerProvider::start() const {
  return start_first_server(sources(), kEngine, "PostgreSQL");
}

}  // namespace paripassu::postgres
