#include "harness/report/junit_test.h"

#include <fmt/format.h>

#include <ostream>

#include "harness/report/markup.h"

namespace paripassu::report {

void write_junit_test(std::ostream& out, const JunitTest& test) {
  out << "    <testcase" << xml_attribute("classname", test.class_name) << xml_attribute("name", test.name);
  if (!test.file.empty()) out << xml_attribute("file", test.file);
  if (test.duration_ms >= 0) out << fmt::format(" time=\"{}.{:03}\"", test.duration_ms / 1000, test.duration_ms % 1000);
  if (test.verdict.empty() && test.output.empty()) {
    out << "/>\n";
    return;
  }
  out << ">\n";
  if (!test.verdict.empty()) {
    out << "      <" << test.verdict << xml_attribute("message", test.verdict_message);
    if (!test.verdict_type.empty()) out << xml_attribute("type", test.verdict_type);
    if (test.verdict_lines.empty()) {
      out << "/>\n";
    } else {
      out << ">" << xml_lines(test.verdict_lines) << "</" << test.verdict << ">\n";
    }
  }
  if (!test.output.empty()) out << "      <system-out>" << xml_lines(test.output) << "</system-out>\n";
  out << "    </testcase>\n";
}

}  // namespace paripassu::report
