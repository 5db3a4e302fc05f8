#include "tests/end_to_end/project.h"

#include <sys/wait.h>

#include <algorithm>
#include <cctype>
#include <condition_variable>
#include <csignal>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <mutex>
#include <sstream>
#include <thread>

namespace paripassu::test {

namespace {

std::string read_file(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

/// What the developer's shell may have set, and would change what a run does.
constexpr const char* kForeignVariables[] = {"PARIPASSU_MIGRATIONS_DIR",  "PARIPASSU_MIGRATIONS_LAYOUT",
                                             "PARIPASSU_PARITY_NAMES",    "PARIPASSU_PARITY_COLUMN_ORDER",
                                             "PARIPASSU_POSTGRES_SCHEMA", "PARIPASSU_SQLSERVER_SCHEMA"};

std::map<std::string, std::string> cleaned(std::map<std::string, std::string> environment) {
  // An empty variable counts as unset; insert keeps what the case itself wants.
  for (const char* name : kForeignVariables) environment.insert({name, ""});
  return environment;
}

std::string shell_quoted(const std::string& text) {
  std::string quoted = "'";
  for (const char c : text) quoted += c == '\'' ? std::string("'\\''") : std::string(1, c);
  return quoted + "'";
}

}  // namespace

std::string transcript(const ProgramResult& result) {
  return "; exit code " + std::to_string(result.exit_code) + "\n--- output\n" + result.output + "--- errors\n" +
         result.errors + "---";
}

void check_invariants(const ProgramResult& result, const std::vector<std::string>& secrets) {
  for (const std::string* text : {&result.output, &result.errors}) {
    for (const std::string& secret : secrets)
      if (!secret.empty()) CHECK_MESSAGE(!contains(*text, secret), "a password was printed", transcript(result));
    for (const char* words : {"Sanitizer", "runtime error:", "paripassu: internal error"})
      CHECK_SILENT_ON(*text, words);
    CHECK_SILENT_ON(*text, "\x1b");
  }
  CHECK_MESSAGE(result.exit_code != 4, "an internal error", transcript(result));
  CHECK_MESSAGE((result.exit_code < 128 || result.exit_code == 130 || result.exit_code == 143), "died of a signal",
                transcript(result));
}

ProgramResult wait_at_most(RunningProgram& program, int timeout_s) {
  std::mutex mutex;
  std::condition_variable ended;
  bool has_ended = false;
  std::thread watchdog([&] {
    std::unique_lock lock(mutex);
    if (!ended.wait_for(lock, std::chrono::seconds(timeout_s), [&] { return has_ended; })) program.signal(SIGKILL);
  });
  ProgramResult result = program.wait();
  {
    std::lock_guard lock(mutex);
    has_ended = true;
  }
  ended.notify_one();
  watchdog.join();
  return result;
}

ProgramResult run_checked(const std::vector<std::string>& arguments, const std::string& directory,
                          const std::map<std::string, std::string>& environment,
                          const std::vector<std::string>& secrets, int timeout_s) {
  RunningProgram program(arguments, directory, cleaned(environment));
  ProgramResult result = wait_at_most(program, timeout_s);
  check_invariants(result, secrets);
  return result;
}

ProgramResult run_shell(const std::string& command, const std::string& directory,
                        const std::map<std::string, std::string>& environment) {
  const TemporaryFolder folder;
  std::string line = "cd " + shell_quoted(directory);
  for (const auto& [name, value] : cleaned(environment)) line += "; export " + name + "=" + shell_quoted(value);
  line += "; ( " + command + "\n) >" + shell_quoted(folder.path() + "/out") + " 2>" +
          shell_quoted(folder.path() + "/err") + " </dev/null";
  const int status = std::system(line.c_str());
  ProgramResult result;
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
  result.output = read_file(folder.path() + "/out");
  result.errors = read_file(folder.path() + "/err");
  return result;
}

std::string url_variable(const Backend& backend) {
  std::string name = "PARIPASSU_" + std::string(backend.name()) + "_URL";
  std::transform(name.begin(), name.end(), name.begin(),
                 [](unsigned char c) { return static_cast<char>(std::toupper(c)); });
  return name;
}

nlohmann::json parse_json(const ProgramResult& result) {
  nlohmann::json document = nlohmann::json::parse(result.output, nullptr, false);
  REQUIRE_MESSAGE(!document.is_discarded(), "the output is not JSON", transcript(result));
  return document;
}

bool contains(const std::string& text, const std::string& part) {
  return text.find(part) != std::string::npos;
}

int line_of(const std::string& text, const std::string& part) {
  const std::size_t at = text.find(part);
  if (at == std::string::npos) return 0;
  return 1 + static_cast<int>(std::count(text.begin(), text.begin() + static_cast<std::ptrdiff_t>(at), '\n'));
}

std::vector<std::string> codes_of(const nlohmann::json& comparison) {
  std::vector<std::string> codes;
  for (const auto& difference : comparison.at("differences")) codes.push_back(difference.at("code"));
  return codes;
}

Database::Database(const Target& target)
    : target_(target), scratch_(target.backend->scratch_databases().create(target.server)) {}

Session& Database::session() {
  if (!session_) session_ = target_.backend->connect(url());
  return *session_;
}

std::vector<std::string> Database::tables() {
  const ResultSet rows = session().query(
      "SELECT table_name FROM information_schema.tables WHERE table_schema NOT IN "
      "('pg_catalog', 'information_schema', 'sys')");
  std::vector<std::string> names;
  for (std::size_t i = 0; i < rows.row_count(); ++i) names.push_back(rows.row(i)[0].value_or(""));
  std::sort(names.begin(), names.end());
  return names;
}

bool Database::has_table(const std::string& name) {
  const std::vector<std::string> names = tables();
  return std::find(names.begin(), names.end(), name) != names.end();
}

std::string Database::value(const std::string& query) {
  const ResultSet rows = session().query(query);
  REQUIRE_MESSAGE(rows.row_count() > 0, "no row from ", query);
  return rows.row(0)[0].value_or("");
}

std::vector<LedgerEntry> Database::ledger() {
  return Ledger(session(), target_.backend->dialect(), "").read();
}

Project::Project(const Target& target) : database_(target) {}

void Project::remove(const std::string& name) {
  std::filesystem::remove(path() + "/" + name);
}

std::map<std::string, std::string> Project::environment() const {
  return {{url_variable(*database_.target().backend), url_with_password(database_.url())}};
}

std::vector<std::string> Project::secrets() const {
  const ConnectionUrl url = database_.url();
  return url.password ? std::vector<std::string>{url.password->reveal()} : std::vector<std::string>{};
}

ProgramResult Project::run(std::vector<std::string> arguments, std::map<std::string, std::string> more) const {
  more.merge(environment());
  return run_checked(arguments, path(), more, secrets());
}

ProgramResult Project::migrate(std::vector<std::string> arguments, std::map<std::string, std::string> more) const {
  arguments.insert(arguments.begin(), {"--engine", std::string(database_.target().backend->name()), "migrate"});
  return run(std::move(arguments), std::move(more));
}

std::map<std::string, std::string> Project::status() const {
  const nlohmann::json document = parse_json(migrate({"status", "--format", "json"}));
  std::map<std::string, std::string> states;
  for (const auto& migration : document.at("engines").at(0).at("migrations"))
    states[migration.at("version")] = migration.at("state");
  return states;
}

}  // namespace paripassu::test
