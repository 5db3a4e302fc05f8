#pragma once

#include <map>
#include <string>

#include "cli/context.h"
#include "harness/parity/differ.h"
#include "harness/report/report_writer.h"

namespace paripassu::cli {

/// What a command that compares schemas is told, by its options and the configuration.
struct ParityOptions {
  ComparisonOptions comparison;
  Severity fail_on = Severity::warning;
  std::map<std::string, Severity> severities;
  std::vector<WaiverConfiguration> waivers;
};

void add_parity_options(po::options_description& options);
/// Throws Error: usage for an option, configuration for a code that does not exist. `context` must outlive the result.
ParityOptions parity_options(const Context& context, const po::variables_map& values);
/// Applies configured waivers and severities. A project's waivers are about its two engines: in any other comparison
/// (drift, a model, two files) it says nothing that one of them covers nothing, and `is_own` is false.
void refine(Comparison& comparison, const ParityOptions& options, bool is_own);

/// The format of --format. Throws Error(usage) for one that a comparison does not have.
ReportFormat comparison_format(const Context& context);
TextStyle text_style(const Context& context);
void write_comparison(const Context& context, Comparison& comparison, ReportFormat format, Severity fail_on);

}  // namespace paripassu::cli
