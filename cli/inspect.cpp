#include <ostream>

#include "backends/catalog/catalog_json.h"
#include "cli/context.h"
#include "harness/report/catalog_text.h"

namespace paripassu::cli {

namespace {

ExitCode run_inspect(Context& context, const po::variables_map& values, const std::vector<std::string>& arguments) {
  context.require_format({"text", "json"});
  if (arguments.size() != 1)
    throw Error(ErrorCategory::usage, "inspect needs one source")
        .with_remedy("for example: paripassu inspect postgres:migrations");
  SourceLoader loader(context.registry, context.configuration, *context.servers);
  SourceOptions options;
  options.skip_database_commands = values["skip-database-commands"].as<bool>();
  context.show_progress("reading " + arguments[0]);
  const LoadedCatalog loaded = loader.load(parse_source(arguments[0], context.registry, "."), options);
  context.show_progress("");
  for (const std::string& warning : loaded.warnings) context.say("warning: " + warning);
  if (context.is_json()) {
    *context.out << catalog::to_json(loaded.catalog);
  } else {
    write_catalog_text(*context.out, loaded.catalog, loaded.label);
  }
  // What could not be read was asked for all the same.
  return loaded.catalog.unknown.empty() ? ExitCode::success : ExitCode::incomplete;
}

}  // namespace

Command inspect_command() {
  Command command;
  command.name = "inspect";
  command.arguments = "SOURCE";
  command.summary = "prints the catalog of a source (text, or a JSON snapshot)";
  command.description =
      "SOURCE is a URL, ENGINE:migrations, ENGINE:migrations@VERSION, ENGINE:model, ENGINE:file.sql, ENGINE:folder/ "
      "or\n"
      "catalog.json. With --format json the result is a snapshot, which is a source in turn.";
  command.compares = true;
  command.add_options = [](po::options_description& options) {
    options.add_options()("skip-database-commands", po::bool_switch(),
                          "leave out USE, \\c, CREATE DATABASE … in scripts instead of refusing them");
  };
  command.run = run_inspect;
  return command;
}

}  // namespace paripassu::cli
