#pragma once

#include "cli/context.h"
#include "harness/parity/parity_rules.h"
#include "harness/report/report_writer.h"

namespace paripassu::cli {

void add_parity_options(po::options_description& options);
/// The project's rules, overridden by options. Throws Error: usage for an option, configuration for a code that does
/// not exist. `context` must outlive the result.
ParityRules parity_options(const Context& context, const po::variables_map& values);

/// The format of --format. Throws Error(usage) for one that a comparison does not have.
ReportFormat comparison_format(const Context& context);
TextStyle text_style(const Context& context);
void write_comparison(const Context& context, Comparison& comparison, ReportFormat format, Severity fail_on);

}  // namespace paripassu::cli
