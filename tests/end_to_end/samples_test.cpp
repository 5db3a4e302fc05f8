// The projects of migrations-samples: each planted fault is found by the test that should find it, and by no other.
#include <doctest/doctest.h>

#include <algorithm>
#include <cstdlib>
#include <filesystem>
#include <map>
#include <set>
#include <string>
#include <vector>

#include "tests/end_to_end/engine_pair.h"

namespace paripassu::test {

namespace {

struct Sample {
  const char* folder;
  /// Tests that must fail; "*/" in front stands for each engine of the run.
  std::vector<std::string> failing;
};

const std::vector<Sample>& samples() {
  static const std::vector<Sample> all = {
      {"orders/failing", {"both/parity/0005_add_quantity"}},
      {"orders/failing-model", {"*/model/newest"}},
      {"orders/mended", {}},
      {"lists/failing", {"*/case/duplicates"}},
      {"lists/failing-order", {"*/case/duplicates", "*/case/order"}},
      {"lists/mended", {}},
      {"users/failing", {"*/model/newest"}},
      {"users/mended", {}},
      {"sessions/failing", {"*/ladder/newest"}},
      {"sessions/mended", {}},
      {"staff/failing", {"*/stairway/0002_add_rank"}},
      {"staff/mended", {}},
  };
  return all;
}

std::string source_folder() {
  const char* folder = std::getenv("PARIPASSU_SOURCE_DIR");
  REQUIRE(folder != nullptr);
  return std::string(folder) + "/migrations-samples/";
}

std::vector<std::string> with_outcome(const nlohmann::json& report, const std::string& outcome) {
  std::vector<std::string> names;
  for (const nlohmann::json& test : report.at("tests"))
    if (test.at("outcome") == outcome) names.push_back(test.at("test").get<std::string>());
  return names;
}

std::vector<std::string> expected_failures(const Sample& sample, const std::set<std::string>& engines) {
  std::vector<std::string> names;
  for (const std::string& name : sample.failing) {
    if (name.rfind("both/", 0) == 0) {
      if (engines.size() == 2) names.push_back(name);
      continue;
    }
    for (const std::string& engine : engines) names.push_back(engine + name.substr(1));
  }
  return names;
}

void check_sample(const Sample& sample, const std::set<std::string>& engines) {
  CAPTURE(sample.folder);
  std::map<std::string, std::string> environment;
  std::vector<std::string> secrets;
  std::vector<std::string> arguments = {"-C", source_folder() + sample.folder, "--format", "json"};
  for (const std::string& engine : engines) {
    const Backend& backend = registry().get(engine);
    const LiveServer& server = live_server(backend);
    REQUIRE_MESSAGE(server.url.has_value(), server.reason);
    environment[url_variable(backend)] = url_with_password(*server.url);
    if (server.url->password) secrets.push_back(server.url->password->reveal());
    arguments.insert(arguments.end(), {"--engine", engine});
  }
  arguments.push_back("test");
  std::vector<std::string> expected = expected_failures(sample, engines);
  const ProgramResult result = run_checked(arguments, ".", environment, secrets);
  REQUIRE_EXIT(result, expected.empty() ? 0 : 1);
  const nlohmann::json report = parse_json(result);
  std::vector<std::string> failed = with_outcome(report, "failed");
  const std::string found = sorted_and_joined(failed);
  const std::string wanted = sorted_and_joined(expected);
  CHECK_MESSAGE(found == wanted, transcript(result));
  // What a run leaves undone would be no proof.
  const std::string incomplete = sorted_and_joined(with_outcome(report, "incomplete"));
  if (expected.empty()) CHECK(incomplete == "");
  CHECK(with_outcome(report, "passed").size() > 3);
}

void check_samples(const std::string& project, const std::set<std::string>& engines) {
  for (const Sample& sample : samples())
    if (std::string(sample.folder).rfind(project + "/", 0) == 0) check_sample(sample, engines);
}

void check_on_both(const std::string& project) {
  for (const auto& backend : registry().all())
    if (!live_server(*backend).url) SKIP_TEST(live_server(*backend).reason);
  check_samples(project, {"postgres", "sqlserver"});
}

}  // namespace

TEST_CASE("sample orders: the missing column and the missing field are found (postgres)") {
  check_samples("orders", {"postgres"});
}
TEST_CASE("sample orders: the missing column and the missing field are found (both engines)") {
  check_on_both("orders");
}
TEST_CASE("sample lists: duplicates before a unique constraint are found (postgres)") {
  check_samples("lists", {"postgres"});
}
TEST_CASE("sample lists: duplicates before a unique constraint are found (both engines)") {
  check_on_both("lists");
}
TEST_CASE("sample users: a forgotten column is found, its order does not matter (postgres)") {
  check_samples("users", {"postgres"});
}
TEST_CASE("sample users: a forgotten column is found, its order does not matter (both engines)") {
  check_on_both("users");
}
TEST_CASE("sample sessions: a wrong value in old rows is found (postgres)") {
  check_samples("sessions", {"postgres"});
}
TEST_CASE("sample sessions: a wrong value in old rows is found (both engines)") {
  check_on_both("sessions");
}
TEST_CASE("sample staff: a type that the down leaves behind is found (postgres)") {
  check_samples("staff", {"postgres"});
}
TEST_CASE("sample staff: a type that the down leaves behind is found (both engines)") {
  check_on_both("staff");
}

TEST_CASE("every folder of a sample is in the list above") {
  std::set<std::string> listed;
  for (const Sample& sample : samples()) listed.insert(sample.folder);
  // These two have a test of their own: end_to_end_command_migrator.
  const std::set<std::string> elsewhere = {"alembic", "django"};
  for (const auto& project : std::filesystem::directory_iterator(source_folder())) {
    if (!project.is_directory() || elsewhere.count(project.path().filename().string()) != 0) continue;
    for (const auto& form : std::filesystem::directory_iterator(project.path()))
      if (form.is_directory())
        CHECK_MESSAGE(listed.count(project.path().filename().string() + "/" + form.path().filename().string()) == 1,
                      form.path().string());
  }
}

}  // namespace paripassu::test
