#pragma once

#include <iosfwd>

#include "harness/datacheck/query_suite.h"
#include "harness/report/report_writer.h"

namespace paripassu {

/// The formats of `query`: text, json, junit and markdown. Every format has every query that did not pass, names
/// stand-ins, and lets no text from a database or file be anything but text. Throws Error(usage) for another format.
/// JSON (docs/queries.md has the form) is ASCII only, keys in a fixed order, and has every query.
void write_query_report(std::ostream& out, const QueryReport& report, ReportFormat format,
                        const ReportOptions& options);

/// A difference as one line: "id = 7: total: left 12.5, right 12.49 (different)".
std::string describe(const DataDifference& difference, const TableResult& rows);

}  // namespace paripassu
