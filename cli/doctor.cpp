#include <fmt/format.h>

#include <nlohmann/json.hpp>
#include <ostream>

#include "cli/context.h"
#include "harness/report/report_writer.h"

namespace paripassu::cli {

namespace {

/// What is known of one engine on this machine.
struct Diagnosis {
  const Backend* backend = nullptr;
  std::vector<Finding> findings;
  std::string chosen;  ///< what a command would use; empty: nothing
};

Diagnosis diagnose(Context& context, const Backend& backend) {
  Diagnosis result;
  result.backend = &backend;
  result.findings = backend.findings();
  const auto found = context.configuration.engines.find(std::string(backend.name()));
  const bool has_url = found != context.configuration.engines.end() && found->second.url && !found->second.url->empty();
  if (has_url) {
    const ConnectionUrl url = ConnectionUrl::parse(*found->second.url);
    try {
      const std::unique_ptr<Session> session = context.servers->connect(backend, url);
      result.findings.push_back({true,
                                 fmt::format("{}: {} as {}, through {}", url.redacted(), session->server().label(),
                                             session->server().user, session->server().driver),
                                 ""});
      result.chosen = url.redacted();
      const catalog::Catalog catalog = backend.inspector().inspect(*session, {});
      result.findings.push_back({true, fmt::format("its catalog can be read: {} tables", catalog.table_count()), ""});
      for (const catalog::Unknown& unknown : catalog.unknown)
        result.findings.push_back(
            {false, "it hides " + unknown.what + ": " + unknown.reason, "grant it, or expect `unknown`"});
      try {
        backend.scratch_databases().create(url);
        result.findings.push_back({true, "scratch databases can be created and dropped on it", ""});
      } catch (const Error& error) {
        result.findings.push_back(
            {false, "scratch databases cannot be created on it: " + error.message(), error.remedy()});
      }
    } catch (const Error& error) {
      result.findings.push_back({false, error.message(), error.remedy()});
    }
  } else {
    result.findings.push_back(
        {true,
         fmt::format("no URL is configured (--{0}, PARIPASSU_{1}_URL or [engines.{0}] url)", backend.name(),
                     [&] {
                       std::string upper(backend.name());
                       for (char& c : upper) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
                       return upper;
                     }()),
         ""});
  }
  for (const ServerOption& option : backend.servers().options()) {
    if (option.available && result.chosen.empty() && !has_url) result.chosen = option.description;
    result.findings.push_back({option.available,
                               option.available ? fmt::format("{}: {}", option.kind, option.description)
                                                : fmt::format("{}: {}{}", option.kind, option.description,
                                                              option.reason.empty() ? "" : ": " + option.reason),
                               option.remedy});
  }
  return result;
}

ExitCode run_doctor(Context& context, const po::variables_map&, const std::vector<std::string>& arguments) {
  context.require_format({"text", "json"});
  if (!arguments.empty()) throw Error(ErrorCategory::usage, "doctor takes no arguments");
  std::vector<Diagnosis> all;
  for (const Backend* backend : context.engines) all.push_back(diagnose(context, *backend));
  bool complete = true;
  if (context.is_json()) {
    using nlohmann::ordered_json;
    ordered_json document = {
        {"version", 1}, {"configuration", context.configuration.file}, {"engines", ordered_json::array()}};
    for (const Diagnosis& one : all) {
      ordered_json findings = ordered_json::array();
      for (const Finding& finding : one.findings)
        findings.push_back({{"good", finding.good}, {"text", finding.text}, {"remedy", finding.remedy}});
      document["engines"].push_back(
          {{"engine", one.backend->name()}, {"chosen", one.chosen}, {"findings", std::move(findings)}});
      complete = complete && !one.chosen.empty();
    }
    *context.out << document.dump(2, ' ', false, ordered_json::error_handler_t::replace) << '\n';
  } else {
    std::ostream& out = *context.out;
    out << "configuration: "
        << (context.configuration.file.empty() ? "none found here or above (defaults are used)"
                                               : escape_for_terminal(context.configuration.file))
        << '\n';
    for (const Diagnosis& one : all) {
      out << '\n' << one.backend->display_name() << '\n';
      for (const Finding& finding : one.findings) {
        out << (finding.good ? "  ok  " : "  --  ") << escape_for_terminal(finding.text) << '\n';
        if (!finding.good && !finding.remedy.empty())
          out << "        → " << escape_for_terminal(finding.remedy) << '\n';
      }
      out << (one.chosen.empty() ? "  ==> nothing can run on this engine here"
                                 : "  ==> commands use: " + escape_for_terminal(one.chosen))
          << '\n';
      complete = complete && !one.chosen.empty();
    }
  }
  return complete ? ExitCode::success : ExitCode::server;
}

}  // namespace

Command doctor_command() {
  Command command;
  command.name = "doctor";
  command.summary = "says what this machine can run, what is missing and how to get it";
  command.description =
      "Looks at drivers, configured URLs (connects, reads, tries a scratch database), local servers and container "
      "engines.\n"
      "Exit status 0 when every engine can run, 3 when one cannot.";
  command.add_options = [](po::options_description&) {};
  command.run = run_doctor;
  return command;
}

}  // namespace paripassu::cli
