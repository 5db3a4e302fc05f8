#include <unistd.h>

#include <boost/program_options.hpp>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iostream>
#include <sstream>

#include "backends/interrupt.h"
#include "cli/context.h"
#include "cli/register_backends.h"
#include "cli/version.h"
#include "harness/report/report_writer.h"

namespace {

using namespace paripassu;       // NOLINT
using namespace paripassu::cli;  // NOLINT

const std::vector<Command>& commands() {
  static const std::vector<Command> all = {doctor_command(),  migrate_command(),   inspect_command(), diff_command(),
                                           test_command(),    data_diff_command(), query_command(),   check_command(),
                                           explain_command(), demo_command()};
  return all;
}

po::options_description global_options(const BackendRegistry& registry) {
  po::options_description options("Global options");
  auto add = options.add_options();
  add("directory,C", po::value<std::string>()->value_name("DIR"), "work in this folder");
  add("config", po::value<std::string>()->value_name("FILE"),
      "configuration; otherwise paripassu.toml here or in a folder above");
  add("engine", po::value<std::vector<std::string>>()->value_name("NAME"),
      "only this engine (may be repeated; default: all)");
  for (const auto& backend : registry.all())
    add(std::string(backend->name()).c_str(), po::value<std::string>()->value_name("URL"),
        ("database of " + std::string(backend->display_name()) + ": " + backend->url_schemes().front() +
         "://user@host/database")
            .c_str());
  add("format", po::value<std::string>()->value_name("FORMAT")->default_value("text"),
      "text or json; diff also junit, sarif, github, markdown; test, query and check also junit, markdown; data-diff "
      "also jsonl, csv, junit, markdown");
  add("output,o", po::value<std::string>()->value_name("FILE"), "write the result to a file");
  add("verbose,v", po::bool_switch(), "say more: statements, messages of the server");
  add("quiet,q", po::bool_switch(), "say nothing but the result and errors");
  add("no-progress", po::bool_switch(), "no progress line");
  add("color", po::value<std::string>()->value_name("WHEN")->default_value("auto"), "auto, always or never");
  add("help,h", po::bool_switch(), "this help, or that of the command");
  add("version", po::bool_switch(), "version");
  return options;
}

void print_help(std::ostream& out, const BackendRegistry& registry) {
  out << "paripassu " << kVersion << ": proves that PostgreSQL and SQL Server stay in step\n\n"
      << "Usage: paripassu [global options] COMMAND [options]\n\nCommands:\n";
  for (const Command& command : commands()) {
    out << "  " << command.name << std::string(10 - std::min<std::size_t>(9, command.name.size()), ' ')
        << command.summary << '\n';
  }
  out << '\n'
      << global_options(registry) << "\nExit status: 0 done and passed, 1 differences or failures, 2 wrong usage or "
      << "configuration,\n  3 a server could not be reached or refused, 4 internal error, 5 incomplete.\n";
}

void print_command_help(std::ostream& out, const Command& command, const BackendRegistry& registry) {
  out << "Usage: paripassu [global options] " << command.name << " [options] " << command.arguments << "\n\n"
      << command.description << "\n\n";
  po::options_description own("Options of " + command.name);
  command.add_options(own);
  if (!own.options().empty()) out << own << '\n';
  out << global_options(registry);
}

const Command* find_command(const std::string& name) {
  for (const Command& command : commands())
    if (command.name == name) return &command;
  return nullptr;
}

/// The first word that is neither an option nor an option's value.
std::string find_command_word(const std::vector<std::string>& words, const po::options_description& global) {
  // A command's own options may stand before it.
  po::options_description known;
  known.add(global);
  for (const Command& command : commands()) {
    po::options_description own;
    command.add_options(own);
    for (const auto& option : own.options())
      if (known.find_nothrow(option->long_name(), false) == nullptr) known.add(option);
  }
  for (std::size_t i = 0; i < words.size(); ++i) {
    const std::string& word = words[i];
    if (word.empty() || word[0] != '-' || word == "-") return word;
    if (word == "--") return i + 1 < words.size() ? words[i + 1] : "";
    if (word.find('=') != std::string::npos) continue;
    const bool is_long = word.compare(0, 2, "--") == 0;
    // -CDIR has its value in it.
    if (!is_long && word.size() > 2) continue;
    const po::option_description* option =
        is_long ? known.find_nothrow(word.substr(2), false) : known.find_nothrow("-" + word.substr(1, 1), false);
    if (option != nullptr && option->semantic()->max_tokens() > 0) ++i;
    // The word behind an unknown option may be its value: nothing can be said about the command then.
    if (option == nullptr) return {};
  }
  return {};
}

Error usage_error(const std::string& message) {
  return Error(ErrorCategory::usage, message).with_remedy("`paripassu --help` lists commands and options");
}

bool decide_color(const std::string& when, bool to_terminal) {
  if (when == "always") return true;
  if (when == "never") return false;
  if (when != "auto") throw usage_error("--color " + when + " is not auto, always or never");
  return to_terminal && std::getenv("NO_COLOR") == nullptr;
}

void load_configuration(Context& context, const po::variables_map& values) {
  std::string file;
  if (values.count("config") != 0) {
    file = values["config"].as<std::string>();
    if (!std::filesystem::exists(file)) throw usage_error("there is no configuration " + file);
  } else {
    file = find_configuration(std::filesystem::current_path().string());
    // Shown as the user would type it.
    if (!file.empty()) {
      std::error_code ignored;
      const std::filesystem::path relative = std::filesystem::relative(file, ignored);
      if (!ignored && !relative.empty()) file = relative.string();
    }
  }
  if (!file.empty()) context.configuration = read_configuration(file, context.registry);
  apply_environment(context.configuration, context.registry);
  for (const auto& backend : context.registry.all()) {
    const std::string name(backend->name());
    if (values.count(name) == 0) continue;
    const ConnectionUrl url = ConnectionUrl::parse(values[name].as<std::string>());
    if (context.registry.find_by_scheme(url.scheme) != backend.get())
      throw usage_error("--" + name + " was given a URL of another engine: " + url.redacted());
    context.configuration.engines[name].url = values[name].as<std::string>();
  }
}

struct ParsedLine {
  const Command* command = nullptr;
  po::variables_map values;
  std::vector<std::string> arguments;
};

ParsedLine parse_line(const std::vector<std::string>& words, const BackendRegistry& registry) {
  ParsedLine line;
  const po::options_description global = global_options(registry);
  const std::string word = find_command_word(words, global);
  if (!word.empty()) {
    line.command = find_command(word);
    if (line.command == nullptr) {
      std::vector<std::string> names;
      for (const Command& command : commands()) names.push_back(command.name);
      const std::string near = nearest_word(word, names);
      throw usage_error("there is no command '" + word + "'" + (near.empty() ? "" : "; did you mean '" + near + "'?"));
    }
  }
  po::options_description all;
  all.add(global);
  if (line.command != nullptr) {
    po::options_description own;
    line.command->add_options(own);
    all.add(own);
  }
  all.add_options()("words", po::value<std::vector<std::string>>());
  po::positional_options_description positional;
  positional.add("words", -1);
  using namespace po::command_line_style;  // NOLINT
  try {
    // Abbreviated options would change their meaning as soon as a new one is added.
    po::store(
        po::command_line_parser(words).options(all).positional(positional).style(unix_style & ~allow_guessing).run(),
        line.values);
    po::notify(line.values);
  } catch (const po::unknown_option& error) {
    std::string name = error.get_option_name();
    name.erase(0, name.find_first_not_of('-'));
    std::vector<std::string> names;
    for (const auto& option : all.options())
      if (option->long_name() != "words") names.push_back(option->long_name());
    const std::string near = nearest_word(name, names);
    throw usage_error("unknown option --" + name + (near.empty() ? "" : "; did you mean --" + near + "?"));
  } catch (const po::error& error) {
    throw usage_error(redact_secrets(error.what()));
  }
  if (line.values.count("words") != 0) {
    line.arguments = line.values["words"].as<std::vector<std::string>>();
    if (!line.arguments.empty()) line.arguments.erase(line.arguments.begin());
  }
  return line;
}

ExitCode run(const std::vector<std::string>& words, bool& compares) {
  Context context;
  register_backends(context.registry);
  const ParsedLine line = parse_line(words, context.registry);
  const po::variables_map& values = line.values;
  if (values["version"].as<bool>()) {
    std::cout << "paripassu " << kVersion << '\n';
    return ExitCode::success;
  }
  if (values["help"].as<bool>() || line.command == nullptr) {
    if (line.command != nullptr) {
      print_command_help(std::cout, *line.command, context.registry);
      return ExitCode::success;
    }
    print_help(values["help"].as<bool>() ? std::cout : std::cerr, context.registry);
    return values["help"].as<bool>() ? ExitCode::success : ExitCode::usage;
  }
  compares = line.command->compares;
  if (values.count("directory") != 0) {
    std::error_code code;
    std::filesystem::current_path(values["directory"].as<std::string>(), code);
    if (code) throw usage_error("cannot work in " + values["directory"].as<std::string>() + ": " + code.message());
  }
  context.format = values["format"].as<std::string>();
  context.verbosity = values["quiet"].as<bool>() ? -1 : values["verbose"].as<bool>() ? 1 : 0;
  context.progress = isatty(STDERR_FILENO) != 0 && !values["no-progress"].as<bool>() && context.verbosity >= 0;
  load_configuration(context, values);
  if (values.count("engine") != 0) {
    context.engines_chosen = true;
    for (const std::string& name : values["engine"].as<std::vector<std::string>>())
      context.engines.push_back(&context.registry.get(name));
  } else {
    for (const auto& backend : context.registry.all()) context.engines.push_back(backend.get());
  }
  std::ofstream file;
  context.out = &std::cout;
  context.color = decide_color(values["color"].as<std::string>(), isatty(STDOUT_FILENO) != 0);
  if (values.count("output") != 0) {
    const std::string name = values["output"].as<std::string>();
    file.open(name, std::ios::trunc);
    if (!file) throw usage_error("cannot write " + name);
    context.out = &file;
    if (values["color"].as<std::string>() == "auto") context.color = false;
  }
  context.servers = std::make_unique<ServerPool>(context.configuration);
  const ExitCode code = line.command->run(context, values, line.arguments);
  context.show_progress("");
  context.out->flush();
  if (!*context.out)
    throw Error(ErrorCategory::resources, "the result could not be written: disk full, or the reader is gone");
  return code;
}

/// An error has several lines of its own; each is escaped by itself.
void print_error(const std::string& text) {
  std::istringstream lines(text);
  std::string line;
  std::string prefix = "paripassu: ";
  while (std::getline(lines, line)) {
    std::cerr << prefix << escape_for_terminal(line) << '\n';
    prefix.clear();
  }
}

}  // namespace

int main(int count, char** words) {
  bool compares = false;
  try {
    Interrupt::watch_signals();
    const int status = static_cast<int>(run(std::vector<std::string>(words + 1, words + count), compares));
    if (Interrupt::requested()) return 128 + Interrupt::signal_number();
    return status;
  } catch (const Error& error) {
    print_error(error.what());
    // Whatever a stop request made fail first, it is why the run ended.
    if (Interrupt::requested() && Interrupt::signal_number() != 0) return 128 + Interrupt::signal_number();
    return static_cast<int>(exit_code_for(error, compares));
  } catch (const std::exception& error) {
    print_error("internal error: " + redact_secrets(error.what()));
    std::cerr << "  → please report it with the command line and `paripassu --version`\n";
    return static_cast<int>(ExitCode::internal);
  }
}
