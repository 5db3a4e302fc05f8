#include "tests/end_to_end/engine_pair.h"

#include <algorithm>
#include <fstream>
#include <sstream>
#include <utility>

namespace paripassu::test {

EnginePair::EnginePair() {
  for (const auto& backend : registry().all()) {
    const LiveServer& server = live_server(*backend);
    if (!server.url) {
      missing_ = server.reason;
      continue;
    }
    environment_[url_variable(*backend)] = url_with_password(*server.url);
    if (server.url->password) secrets_.push_back(server.url->password->reveal());
  }
}

void EnginePair::migrations(const std::string& postgres, const std::string& sqlserver) const {
  write("migrations/0001_shop.postgres.up.sql", postgres);
  write("migrations/0001_shop.sqlserver.up.sql", sqlserver);
}

ProgramResult EnginePair::run(const std::vector<std::string>& arguments) const {
  return run_checked(arguments, path(), environment_, secrets_);
}

nlohmann::json EnginePair::diff(int exit_code, const std::vector<std::string>& arguments) const {
  std::vector<std::string> all = {"--format", "json", "diff"};
  all.insert(all.end(), arguments.begin(), arguments.end());
  const ProgramResult result = run(all);
  REQUIRE_EXIT(result, exit_code);
  return parse_json(result);
}

std::string findings_of(const nlohmann::json& comparison) {
  std::vector<std::string> findings;
  for (const nlohmann::json& one : comparison.at("differences")) {
    const std::string object = one.at("object").get<std::string>();
    findings.push_back(one.at("code").get<std::string>() + (object.empty() ? "" : " " + object));
  }
  return sorted_and_joined(std::move(findings));
}

std::string sorted_and_joined(std::vector<std::string> words) {
  std::sort(words.begin(), words.end());
  std::string text;
  for (const std::string& word : words) text += (text.empty() ? "" : ", ") + word;
  return text;
}

nlohmann::json difference_of(const nlohmann::json& comparison, const std::string& code) {
  for (const nlohmann::json& one : comparison.at("differences"))
    if (one.at("code") == code) return one;
  FAIL("no ", code, " in ", comparison.at("differences").dump(1));
  return nullptr;
}

std::string text_of(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  std::ostringstream text;
  text << in.rdbuf();
  REQUIRE_MESSAGE(in.good(), "cannot read ", path);
  return text.str();
}

}  // namespace paripassu::test
