// What is handed to people to copy, and cannot be run here: compose.yaml, the CI templates and the pages about them.
#include <doctest/doctest.h>
#include <sys/wait.h>

#include <algorithm>
#include <array>
#include <cstdio>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <map>
#include <nlohmann/json.hpp>
#include <regex>
#include <set>
#include <sstream>
#include <string>
#include <vector>

#include "tests/support/live_server.h"
#include "tests/support/skip.h"

namespace fs = std::filesystem;

namespace {

using nlohmann::json;
using paripassu::test::ProgramResult;
using paripassu::test::run_program;
using paripassu::test::TemporaryFolder;

const std::vector<std::string>& yaml_files() {
  static const std::vector<std::string> files = {"compose.yaml", "docs/ci/github-actions.yml", "docs/ci/gitlab-ci.yml"};
  return files;
}

std::string source_file(const std::string& name) {
  const char* folder = std::getenv("PARIPASSU_SOURCE_DIR");
  REQUIRE_MESSAGE(folder != nullptr, "PARIPASSU_SOURCE_DIR is not set: run the test through ctest");
  return (fs::path(folder) / name).string();
}

std::string read(const std::string& path) {
  std::ifstream in(path, std::ios::binary);
  REQUIRE_MESSAGE(in.good(), "cannot read ", path);
  std::ostringstream text;
  text << in.rdbuf();
  return text.str();
}

struct ShellResult {
  int exit_code = -1;
  std::string output;  ///< standard output
};

/// Runs a command line without input. File names in it must not need quotes beyond the single ones that they get here.
ShellResult run_shell(const std::string& command) {
  ShellResult result;
  FILE* pipe = popen((command + " </dev/null").c_str(), "r");
  REQUIRE(pipe != nullptr);
  std::array<char, 4096> buffer{};
  for (std::size_t count = 0; (count = fread(buffer.data(), 1, buffer.size(), pipe)) > 0;)
    result.output.append(buffer.data(), count);
  const int status = pclose(pipe);
  result.exit_code = WIFEXITED(status) ? WEXITSTATUS(status) : 128;
  return result;
}

/// A key that stands twice in one mapping is no error to PyYAML, and the first value is silently lost.
constexpr const char* kYamlToJson = R"(import json, sys, yaml
class Loader(yaml.SafeLoader):
    pass
def mapping(loader, node):
    keys = [loader.construct_object(key) for key, value in node.value]
    if len(keys) != len(set(keys)):
        raise yaml.YAMLError('a key stands twice: ' + str(node.start_mark))
    return loader.construct_mapping(node, deep=True)
Loader.add_constructor(yaml.resolver.BaseResolver.DEFAULT_MAPPING_TAG, mapping)
json.dump(yaml.load(open(sys.argv[1], encoding='utf-8'), Loader), sys.stdout)
)";

bool has_yaml() {
  return run_shell("python3 -c 'import yaml' 2>/dev/null").exit_code == 0;
}

ShellResult yaml_to_json(const std::string& path) {
  const TemporaryFolder folder;
  const std::string script = folder.write("yaml_to_json.py", kYamlToJson);
  return run_shell("python3 -W ignore '" + script + "' '" + path + "' 2>/dev/null");
}

json parse_yaml(const std::string& name) {
  const ShellResult result = yaml_to_json(source_file(name));
  REQUIRE_MESSAGE(result.exit_code == 0, name, " is not valid YAML");
  return json::parse(result.output);
}

/// Every text in the document that a shell is to run.
void collect_scripts(const json& node, const std::string& key, std::vector<std::string>& scripts) {
  static const std::set<std::string> kScriptKeys = {"run", "script", "before_script", "after_script"};
  if (node.is_string() && kScriptKeys.count(key) != 0) scripts.push_back(node.get<std::string>());
  if (node.is_array())
    for (const json& one : node) collect_scripts(one, key, scripts);
  // `defaults: run:` of a workflow holds settings.
  if (node.is_object())
    for (const auto& [name, value] : node.items()) collect_scripts(value, name, scripts);
}

/// Every text under a key of this name, wherever it stands.
void collect_values(const json& node, const std::string& key, std::vector<std::string>& values) {
  if (node.is_array())
    for (const json& one : node) collect_values(one, key, values);
  if (!node.is_object()) return;
  for (const auto& [name, value] : node.items()) {
    if (name == key && value.is_string()) values.push_back(value.get<std::string>());
    collect_values(value, key, values);
  }
}

/// A call of the program as somebody would type it.
struct Call {
  std::string command;  ///< empty: none, as in `paripassu --version`
  std::vector<std::string> options;
  std::string format;  ///< value of --format
  std::string text;
};

/// Words of a shell line up to where the command ends. Quotes are taken away, nothing is expanded.
std::vector<std::string> words_of_command(const std::string& text, std::size_t begin) {
  std::vector<std::string> words;
  std::string word;
  bool in_word = false;
  char quote = '\0';
  const auto finish = [&] {
    if (in_word) words.push_back(word);
    word.clear();
    in_word = false;
  };
  for (std::size_t i = begin; i < text.size(); ++i) {
    const char c = text[i];
    if (quote != '\0') {
      if (c == quote) {
        quote = '\0';
      } else {
        word += c;
      }
    } else if (c == '"' || c == '\'') {
      quote = c;
      in_word = true;
    } else if (c == '\\' && i + 1 < text.size() && text[i + 1] == '\n') {
      ++i;
    } else if (std::string("\n;|&<>`)#").find(c) != std::string::npos) {
      break;
    } else if (c == ' ') {
      finish();
    } else {
      word += c;
      in_word = true;
    }
  }
  finish();
  return words;
}

/// Calls of the program in `text`: where its name is followed by a blank and begins a command.
std::vector<Call> find_calls(const std::string& text) {
  static const std::regex kCall(R"((^|[\n$;|&] *|run: |- )paripassu (?=[-a-z]))");
  static const std::set<std::string> kWithValue = {"-C", "-o", "--engine", "--format", "--sqlserver"};
  std::vector<Call> calls;
  for (std::sregex_iterator match(text.begin(), text.end(), kCall), end; match != end; ++match) {
    const auto begin = static_cast<std::size_t>(match->position() + match->length());
    const std::vector<std::string> words = words_of_command(text, begin);
    Call call;
    for (std::size_t i = 0; i < words.size(); ++i) {
      if (!call.text.empty()) call.text += ' ';
      call.text += words[i];
      if (words[i].compare(0, 1, "-") != 0) {
        if (call.command.empty()) call.command = words[i];
        continue;
      }
      call.options.push_back(words[i]);
      if (kWithValue.count(words[i]) == 0 || i + 1 == words.size()) continue;
      if (words[i] == "--format") call.format = words[i + 1];
      call.text += ' ' + words[++i];
    }
    calls.push_back(std::move(call));
  }
  return calls;
}

/// What stands in fences and backticks, each piece on lines of its own.
std::string code_of_markdown(const std::string& text) {
  std::string code;
  bool is_fenced = false;
  std::istringstream lines(text);
  for (std::string line; std::getline(lines, line);) {
    if (line.compare(0, 3, "```") == 0) {
      is_fenced = !is_fenced;
    } else if (is_fenced) {
      code += line + '\n';
    } else {
      for (std::size_t begin = 0; (begin = line.find('`', begin)) != std::string::npos;) {
        const std::size_t end = std::min(line.find('`', begin + 1), line.size());
        code += line.substr(begin + 1, end - begin - 1) + '\n';
        begin = std::min(end + 1, line.size());
      }
    }
  }
  return code;
}

/// Help of a command, or of the program; empty where there is no such command.
const std::string& help_of(const std::string& command) {
  static std::map<std::string, std::string> helps;
  const auto found = helps.find(command);
  if (found != helps.end()) return found->second;
  const TemporaryFolder folder;
  std::vector<std::string> arguments = {"--help"};
  if (!command.empty()) arguments.insert(arguments.begin(), command);
  const ProgramResult result = run_program(arguments, folder.path());
  return helps.emplace(command, result.exit_code == 0 ? result.output : std::string()).first->second;
}

bool offers_option(const std::string& help, const std::string& option) {
  for (std::size_t at = 0; (at = help.find(option, at)) != std::string::npos;) {
    at += option.size();
    const bool ends = at == help.size() || std::string(" \n]=").find(help[at]) != std::string::npos;
    if (ends) return true;
  }
  return false;
}

/// The line of help says "text or json; diff also junit, sarif, github, markdown; test also …".
bool offers_format(const std::string& help, const std::string& command, const std::string& format) {
  static const std::regex kWord("[a-z][-a-z]*");
  const std::size_t begin = help.find("text or json");
  if (begin == std::string::npos) return false;
  std::istringstream clauses(help.substr(begin, help.find("--output", begin) - begin));
  bool is_first = true;
  for (std::string clause; std::getline(clauses, clause, ';'); is_first = false) {
    std::set<std::string> words;
    for (std::sregex_iterator word(clause.begin(), clause.end(), kWord), end; word != end; ++word)
      words.insert(word->str());
    if (words.count(format) != 0 && (is_first || words.count(command) != 0)) return true;
  }
  return false;
}

/// Why this program cannot be called so, or nothing.
std::string fault(const Call& call) {
  const std::string& help = help_of(call.command);
  if (help.empty()) return "there is no command '" + call.command + "'";
  for (const std::string& option : call.options)
    if (!offers_option(help, option)) return "there is no option " + option;
  if (!call.format.empty() && !offers_format(help, call.command, call.format))
    return "there is no format " + call.format;
  return {};
}

}  // namespace

TEST_CASE("compose.yaml and the CI templates are YAML in which no key stands twice") {
  if (!has_yaml()) SKIP_TEST("python3-yaml is not installed");
  for (const std::string& name : yaml_files()) {
    CAPTURE(name);
    CHECK(parse_yaml(name).is_object());
  }
}

TEST_CASE("The YAML check refuses broken indentation and a key that stands twice") {
  if (!has_yaml()) SKIP_TEST("python3-yaml is not installed");
  const TemporaryFolder folder;
  CHECK(yaml_to_json(folder.write("good.yml", "a: 1\nb: [x]\n")).exit_code == 0);
  CHECK(yaml_to_json(folder.write("indentation.yml", "a:\n  b: 1\n c: 2\n")).exit_code != 0);
  CHECK(yaml_to_json(folder.write("twice.yml", "a: 1\na: 2\n")).exit_code != 0);
  CHECK(yaml_to_json(folder.write("cut.yml", "a: \"b\n")).exit_code != 0);
}

TEST_CASE("Scripts in the CI templates are valid bash") {
  if (!has_yaml()) SKIP_TEST("python3-yaml is not installed");
  const TemporaryFolder folder;
  REQUIRE(run_shell("bash -n '" + folder.write("broken.sh", "if true; then\n") + "' 2>/dev/null").exit_code != 0);
  for (const std::string& name : yaml_files()) {
    std::vector<std::string> scripts;
    collect_scripts(parse_yaml(name), "", scripts);
    if (name != "compose.yaml") CHECK(scripts.size() >= 5);
    for (const std::string& script : scripts) {
      CAPTURE(name);
      CAPTURE(script);
      CHECK(run_shell("bash -n '" + folder.write("script.sh", script + "\n") + "' 2>/dev/null").exit_code == 0);
    }
  }
}

TEST_CASE("compose.yaml publishes on the loopback address only, checks health and holds no password") {
  if (!has_yaml()) SKIP_TEST("python3-yaml is not installed");
  const json services = parse_yaml("compose.yaml").at("services");
  REQUIRE(services.size() == 2);
  std::size_t passwords = 0;
  for (const auto& [name, service] : services.items()) {
    CAPTURE(name);
    CHECK(service.at("healthcheck").at("test").size() > 2);
    REQUIRE_FALSE(service.at("ports").empty());
    for (const json& port : service.at("ports")) CHECK(port.get<std::string>().rfind("127.0.0.1:", 0) == 0);
    for (const auto& [variable, value] : service.at("environment").items()) {
      if (variable.find("PASSWORD") == std::string::npos && variable != "ACCEPT_EULA") continue;
      CAPTURE(variable);
      ++passwords;
      // `:?` refuses to start without it; `:-` would be a password that everybody knows.
      CHECK(std::regex_match(value.get<std::string>(), std::regex(R"(\$\{[A-Z_]+:\?[^}]+\})")));
    }
  }
  CHECK(passwords == 4);
}

TEST_CASE("compose.yaml and the CI templates use the images that the program starts by itself") {
  if (!has_yaml()) SKIP_TEST("python3-yaml is not installed");
  static const std::regex kDefault("kDefaultImage = \"([^\"]+)\"");
  for (const std::string engine : {"postgres", "sqlserver"}) {
    CAPTURE(engine);
    const std::string source = read(source_file("backends/" + engine + "/server.cpp"));
    std::smatch image;
    REQUIRE(std::regex_search(source, image, kDefault));
    for (const std::string& name : yaml_files()) {
      CAPTURE(name);
      const json document = parse_yaml(name);
      std::vector<std::string> used;
      collect_values(document, "image", used);
      // A service of GitLab has its image as its name.
      if (document.contains("paripassu"))
        for (const json& service : document.at("paripassu").at("services")) used.push_back(service.at("name"));
      // compose.yaml has it as the default of a variable: "${PARIPASSU_POSTGRES_IMAGE:-postgres:16}".
      const std::string as_default = ":-" + image[1].str() + "}";
      const auto names_it = [&](const std::string& one) {
        return one == image[1].str() || (one.compare(0, 2, "${") == 0 && one.find(as_default) != std::string::npos);
      };
      CHECK(std::any_of(used.begin(), used.end(), names_it));
    }
  }
}

TEST_CASE("CI templates and the pages about them call commands, options and formats that the program has") {
  std::vector<std::string> names = yaml_files();
  names.insert(names.end(), {"docs/continuous-integration.md", "docs/real-sql-server.md"});
  for (const std::string& name : names) {
    const std::string text = read(source_file(name));
    const std::vector<Call> calls = find_calls(fs::path(name).extension() == ".md" ? code_of_markdown(text) : text);
    if (name != "compose.yaml") CHECK_MESSAGE(calls.size() >= 5, name);
    for (const Call& call : calls) {
      const std::string why = fault(call);
      CHECK_MESSAGE(why.empty(), name, ": paripassu ", call.text, ": ", why);
    }
  }
}

TEST_CASE("Calls are found where a command begins, and faults in them are seen") {
  const std::vector<Call> calls = find_calls(
      "$ paripassu doctor\n"
      "  run: paripassu -C \"a b\" diff --format sarif -o x\n"
      "paripassu --version; the folder .paripassu migrate, install paripassu once\n"
      "    - paripassu migrate up || status=$?\n"
      "paripassu diff \\\n  --frmat json\n"
      "paripassu compare\n"
      "paripassu inspect --format sarif\n");
  std::vector<std::string> found;
  for (const Call& call : calls) found.push_back(call.command + ": " + fault(call));
  CHECK(found == std::vector<std::string>{"doctor: ", "diff: ", ": ", "migrate: ", "diff: there is no option --frmat",
                                          "compare: there is no command 'compare'",
                                          "inspect: there is no format sarif"});
  REQUIRE(calls.size() == 7);
  CHECK(calls[1].format == "sarif");
  CHECK(calls[1].options == std::vector<std::string>{"-C", "--format", "-o"});
}

TEST_CASE("Calls in a page are found in its code only") {
  const std::string code = code_of_markdown(
      "paripassu migrates\n"
      "run `paripassu doctor`, `x` and `paripassu diff\n"
      "```console\n"
      "$ paripassu test\n"
      "```\n"
      "paripassu compares\n");
  CHECK(code == "paripassu doctor\nx\nparipassu diff\n$ paripassu test\n");
  CHECK(find_calls(code).size() == 3);
}
