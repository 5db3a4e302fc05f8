#pragma once

#include <iosfwd>

#include "harness/datacheck/check_suite.h"
#include "harness/report/report_writer.h"

namespace paripassu {

/// The formats of `check`: text, json, junit and markdown. Every format has every check that did not pass with its
/// first offenders, names stand-ins, and lets no text from a database or file be anything but text. What failed but is
/// less severe than `options.fail_on` is a warning. Throws Error(usage) for another format. JSON (docs/checks.md has
/// the form) is ASCII only, keys in a fixed order, and has every check.
void write_check_report(std::ostream& out, const CheckReport& report, ReportFormat format,
                        const ReportOptions& options);

}  // namespace paripassu
