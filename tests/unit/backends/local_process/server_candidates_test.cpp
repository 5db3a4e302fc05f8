#include "backends/local_process/server_candidates.h"

#include <doctest/doctest.h>

#include <memory>
#include <string>
#include <utility>
#include <vector>

#include "backends/error.h"
#include "tests/unit/backends/local_process/process_test_support.h"

namespace paripassu {
namespace {

class NamedServer final : public LocalServer {
 public:
  explicit NamedServer(std::string name) : name_(std::move(name)) {}
  ConnectionUrl url() const override { return {}; }
  std::string description() const override { return name_; }

 private:
  std::string name_;
};

ServerCandidate working(const std::string& name) {
  ServerCandidate candidate;
  candidate.option = {"local", name, true, "", ""};
  candidate.start = [name] { return std::make_unique<NamedServer>(name); };
  return candidate;
}

ServerCandidate failing(const std::string& name, ErrorCategory category) {
  ServerCandidate candidate = working(name);
  candidate.start = [name, category]() -> std::unique_ptr<LocalServer> {
    throw Error(category, name + " broke").with_remedy("mend it");
  };
  return candidate;
}

ServerCandidate unavailable(const std::string& name) {
  ServerCandidate candidate;
  candidate.option = {"container", name, false, name + " is missing", "install " + name};
  return candidate;
}

CandidateSource source(std::vector<ServerCandidate> candidates, bool binding = false) {
  return {[candidates = std::move(candidates)] { return candidates; }, binding};
}

}  // namespace

TEST_CASE("start_first_server takes the first candidate that works, and looks no further") {
  bool looked_further = false;
  const std::vector<CandidateSource> sources = {
      source({unavailable("first"), failing("second", ErrorCategory::server_unavailable), working("third"),
              working("fourth")}),
      {[&]() -> std::vector<ServerCandidate> {
         looked_further = true;
         return {};
       },
       false}};
  CHECK(start_first_server(sources, "engine", "Engine")->description() == "third");
  CHECK(!looked_further);
}

TEST_CASE("start_first_server lists all that was tried, and each remedy once") {
  const std::vector<CandidateSource> sources = {source({failing("one", ErrorCategory::server_unavailable)}),
                                                source({failing("two", ErrorCategory::resources)}),
                                                source({unavailable("three")})};
  try {
    start_first_server(sources, "engine", "Engine");
    FAIL("nothing works, but something was started");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::server_unavailable);
    CHECK(error.engine() == "engine");
    CHECK(error.message() ==
          "no Engine can be started here:\n  one: one broke\n  two: two broke\n  three: three is missing");
    CHECK(error.remedy() == "mend it; or install three; or give the URL of a server (--engine)");
  }
}

TEST_CASE("start_first_server starts nothing in place of what the user named") {
  const std::vector<CandidateSource> sources = {source({unavailable("named")}, true), source({working("other")})};
  CHECK_THROWS_AS(start_first_server(sources, "engine", "Engine"), Error);
  CHECK(list_server_options(sources).size() == 2);
}

TEST_CASE("start_first_server stops when a stop is requested") {
  const std::vector<CandidateSource> sources = {source({failing("first", ErrorCategory::interrupted)}),
                                                source({working("second")})};
  try {
    start_first_server(sources, "engine", "Engine");
    FAIL("it went on");
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::interrupted);
  }
}

TEST_CASE("list_server_options keeps the order, available or not") {
  const auto options = list_server_options({source({unavailable("a"), working("b")}), source({unavailable("c")})});
  REQUIRE(options.size() == 3);
  CHECK(options[0].description == "a");
  CHECK(!options[0].available);
  CHECK(options[1].available);
  CHECK(options[2].remedy == "install c");
}

TEST_CASE("environment_setting takes an empty variable for one that is not set") {
  const test::EnvironmentVariable set("PARIPASSU_TEST_SETTING", "value");
  const test::EnvironmentVariable empty("PARIPASSU_TEST_EMPTY", "");
  CHECK(environment_setting("PARIPASSU_TEST_SETTING") == "value");
  CHECK(!environment_setting("PARIPASSU_TEST_EMPTY").has_value());
  CHECK(!environment_setting("PARIPASSU_TEST_ABSENT").has_value());
}

}  // namespace paripassu
