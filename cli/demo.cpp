#include <fmt/format.h>

#include <algorithm>
#include <chrono>
#include <filesystem>
#include <ostream>

#include "cli/parity_options.h"
#include "harness/parity/differ.h"
#include "harness/report/report_writer.h"
#include "harness/source/step_comparison.h"

namespace paripassu::cli {

namespace {

namespace fs = std::filesystem;

/// The bundled samples: beside an installed program, or in the source tree above a built one.
std::string find_sample(const std::string& name) {
  std::error_code code;
  const fs::path program = fs::read_symlink("/proc/self/exe", code);
  for (fs::path dir = program.parent_path(); !code && dir.has_relative_path(); dir = dir.parent_path()) {
    for (const char* below : {"share/paripassu/migrations-samples", "migrations-samples"})
      if (fs::is_directory(dir / below / name)) return (dir / below / name).string();
  }
  throw Error(ErrorCategory::configuration, "the bundled sample '" + name + "' was not found beside the program")
      .with_remedy("run the demo from a source tree or an installation that has share/paripassu/migrations-samples");
}

/// One project of the sample, loaded as a user's own would be.
class SampleProject {
 public:
  SampleProject(Context& context, const std::string& dir)
      : registry_(context.registry),
        configuration_(read_configuration(dir + "/paripassu.toml", context.registry)),
        loader_(context.registry, configuration_, *context.servers) {
    configuration_.project_dir = dir;
  }
  SourceLoader& loader() { return loader_; }
  ComparisonOptions comparison() const {
    ComparisonOptions options;
    options.names = configuration_.names;
    options.engines = &registry_;
    return options;
  }

 private:
  const BackendRegistry& registry_;
  Configuration configuration_;
  SourceLoader loader_;
};

class Demo {
 public:
  explicit Demo(Context& context) : context_(context), out_(*context.out) {}

  ExitCode run() {
    using Clock = std::chrono::steady_clock;
    const auto begin = Clock::now();
    const std::string sample = find_sample("orders");
    line("paripassu demo: customers, orders and order lines, six migrations, two engines");
    line("");
    line("1. Servers");
    for (const auto& backend : context_.registry.all()) try_server(*backend);
    if (running_.empty()) throw *reason_.begin()->second;
    line("");
    line("2. Migrations of the sample, each engine in a scratch database of its own");
    SampleProject failing(context_, sample + "/failing");
    for (const Backend* backend : running_) apply(failing, *backend);
    line("");
    bool as_intended = true;
    if (running_.size() == 2) {
      as_intended = find_drift(failing) && as_intended;
      SampleProject mended(context_, sample + "/mended");
      as_intended = show_mended(mended) && as_intended;
    } else {
      SampleProject mended(context_, sample + "/mended");
      as_intended = compare_on_one_engine(failing, mended, *running_.front());
    }
    line("");
    line(fmt::format(
        "Done in {:.1f} s. Next: `paripassu doctor`, then docs/getting-started.md with your own migrations.",
        std::chrono::duration<double>(Clock::now() - begin).count()));
    for (const auto& [backend, error] : reason_) {
      const std::string& message = error->message();
      line(fmt::format("Not run: {}. {}", backend->display_name(), message.substr(0, message.find('\n'))));
      if (!error->remedy().empty()) line("  → " + error->remedy());
      line(fmt::format("  → or name a server: paripassu --{} {}://user@host/database demo", backend->name(),
                       backend->url_schemes().front()));
    }
    for (const std::string& stand_in : stand_ins_) line(stand_in);
    if (!as_intended) line("The demonstration did NOT go as intended.");
    return as_intended ? ExitCode::success : ExitCode::differences;
  }

 private:
  void line(const std::string& text) { out_ << escape_for_terminal(text) << '\n' << std::flush; }

  void try_server(const Backend& backend) {
    try {
      context_.show_progress(fmt::format("starting {}", backend.display_name()));
      const PooledServer& server = context_.servers->server(backend);
      const std::unique_ptr<Session> session = backend.connect(server.url);
      context_.show_progress("");
      line(fmt::format("   {}: {}, {}", backend.display_name(), server.description, session->server().driver));
      if (!session->server().genuine)
        stand_ins_.push_back(
            fmt::format("Note: {} was {} {}, which stands in for it; docs/babelfish.md names how it differs.",
                        backend.display_name(), session->server().product, session->server().version));
      running_.push_back(&backend);
    } catch (const Error& error) {
      if (error.category() == ErrorCategory::interrupted) throw;
      context_.show_progress("");
      line(fmt::format("   {}: not here", backend.display_name()));
      reason_.emplace_back(&backend, std::make_unique<Error>(error));
    }
  }

  void apply(SampleProject& project, const Backend& backend) {
    const MigrationSet set = project.loader().migrations(backend);
    const std::unique_ptr<ScratchDatabase> database = context_.servers->scratch(backend);
    const std::unique_ptr<Session> session = backend.connect(database->url());
    MigrateOptions options;
    MigrationExecutor executor(backend, *session, set, options, [&](const MigrationEvent& event) {
      if (event.kind == MigrationEvent::Kind::finished) line("   " + describe(event, backend.name()));
    });
    executor.up();
    const std::size_t again = executor.up().size();
    const catalog::Catalog catalog = backend.inspector().inspect(*session, project.loader().inspect_options());
    line(fmt::format("   {}: {} tables; a second run applied {} migrations", backend.name(), catalog.table_count(),
                     again));
  }

  bool find_drift(SampleProject& failing) {
    line("3. The two catalogs, compared after every migration");
    StepOptions options;
    options.comparison = failing.comparison();
    options.on_step = [&](const StepResult& step) {
      line(fmt::format("   {} {}: {}", step.version.version, step.version.name,
                       step.introduced.empty() ? "no new difference" : fmt::format("{} new", step.introduced.size())));
      return true;
    };
    const StepReport report =
        compare_each_step(failing.loader(), *context_.servers, *running_[0], *running_[1], options);
    const auto first = std::find_if(report.steps.begin(), report.steps.end(), [&](const StepResult& step) {
      return step.version.version == report.first_divergence;
    });
    if (first == report.steps.end()) return false;
    line(fmt::format("   The engines part with migration {} {}:", first->version.version, first->version.name));
    const auto file = [](const std::string& path) {
      return path.empty() ? "no file" : fs::path(path).filename().string();
    };
    line(fmt::format("     {}: {}", running_[0]->name(), file(first->version.left_file)));
    line(fmt::format("     {}: {}", running_[1]->name(), file(first->version.right_file)));
    line("");
    write_text(out_, report.last, text_style(context_));
    line("");
    const std::vector<Difference>& differences = report.last.differences;
    return first->version.version == "0005" && differences.size() == 1 &&
           differences.front().code == "column-missing" && differences.front().name == "quantity";
  }

  bool show_mended(SampleProject& mended) {
    line("4. The mended project, which has 0005_add_quantity.sqlserver.up.sql as well");
    SourceOptions options;
    const Source left = parse_source(std::string(running_[0]->name()) + ":migrations", context_.registry, ".");
    const Source right = parse_source(std::string(running_[1]->name()) + ":migrations", context_.registry, ".");
    const auto [left_catalog, right_catalog] = mended.loader().load_both(left, right, options);
    Comparison comparison = compare(left_catalog.catalog, right_catalog.catalog, mended.comparison());
    comparison.left_label = left_catalog.label;
    comparison.right_label = right_catalog.label;
    locate(comparison, left_catalog.origins.get(), right_catalog.origins.get());
    write_text(out_, comparison, text_style(context_));
    return comparison.differences.empty();
  }

  /// Without a second engine: the same comparison, between two versions on one engine.
  bool compare_on_one_engine(SampleProject& failing, SampleProject& mended, const Backend& backend) {
    line("3. Without a second engine: the catalog before and after migration 0005, on one engine");
    SourceOptions options;
    const std::string name(backend.name());
    const LoadedCatalog before =
        failing.loader().load(parse_source(name + ":migrations@0004", context_.registry, "."), options);
    const LoadedCatalog after =
        mended.loader().load(parse_source(name + ":migrations@0005", context_.registry, "."), options);
    Comparison comparison = compare(before.catalog, after.catalog, failing.comparison());
    comparison.left_label = before.label;
    comparison.right_label = after.label;
    locate(comparison, before.origins.get(), after.origins.get());
    write_text(out_, comparison, text_style(context_));
    // On an engine for which the sample's 0005 has a file, exactly its column is new.
    return comparison.differences.size() == 1 && comparison.differences.front().code == "column-extra" &&
           comparison.differences.front().name == "quantity";
  }

  Context& context_;
  std::ostream& out_;
  std::vector<const Backend*> running_;
  std::vector<std::pair<const Backend*, std::unique_ptr<Error>>> reason_;
  std::vector<std::string> stand_ins_;
};

ExitCode run_demo(Context& context, const po::variables_map&, const std::vector<std::string>& arguments) {
  context.require_format({"text"});
  if (!arguments.empty()) throw Error(ErrorCategory::usage, "demo takes no arguments");
  return Demo(context).run();
}

}  // namespace

Command demo_command() {
  Command command;
  command.name = "demo";
  command.summary = "shows the whole thing on a bundled sample, with nothing to configure";
  command.description =
      "Starts local servers, applies the sample's migrations to both engines, finds the drift that was planted in the\n"
      "fifth and shows the mended version. Runs what it can where an engine is missing, and says what did not run.";
  command.add_options = [](po::options_description&) {};
  command.run = run_demo;
  return command;
}

}  // namespace paripassu::cli
