#include <doctest/doctest.h>

#include <set>
#include <string>

#include "harness/datacheck/data_report.h"

using namespace paripassu;

namespace {

TableResult table_with(ValueClass value_class, ClassVerdict verdict) {
  TableResult table;
  ColumnResult& column = table.columns.emplace_back();
  column.classes[static_cast<std::size_t>(value_class)].rows = 3;
  column.verdicts[static_cast<std::size_t>(value_class)] = verdict;
  return table;
}

}  // namespace

TEST_CASE("Words of classes, verdicts and methods are read back") {
  std::set<std::string_view> words;
  for (std::size_t i = 0; i < kValueClasses; ++i) {
    const auto value_class = static_cast<ValueClass>(i);
    words.insert(to_string(value_class));
    CHECK(value_class_from_string(to_string(value_class)) == value_class);
  }
  CHECK(words.size() == kValueClasses);
  for (const ClassVerdict verdict : {ClassVerdict::error, ClassVerdict::warning, ClassVerdict::accepted})
    CHECK(class_verdict_from_string(to_string(verdict)) == verdict);
  for (const DataMethod method :
       {DataMethod::automatic, DataMethod::merge, DataMethod::reconcile, DataMethod::checksum})
    CHECK(data_method_from_string(to_string(method)) == method);
  CHECK(to_string(ValueClass::letter_case) == "case");
  CHECK(to_string(DataMethod::automatic) == "auto");
  CHECK_FALSE(value_class_from_string("Case"));
  CHECK_FALSE(value_class_from_string(""));
  CHECK_FALSE(class_verdict_from_string("accept"));
  CHECK_FALSE(data_method_from_string("automatic"));
}

TEST_CASE("By default only padding and JSON formatting are accepted") {
  const ClassVerdicts verdicts = default_verdicts();
  for (std::size_t i = 0; i < kValueClasses; ++i) {
    const auto value_class = static_cast<ValueClass>(i);
    const bool accepted = value_class == ValueClass::padding || value_class == ValueClass::json_formatting;
    CHECK((verdicts[i] == ClassVerdict::accepted) == accepted);
    CHECK((verdicts[i] == ClassVerdict::error) == !accepted);
  }
}

TEST_CASE("A table differs by rows of one side and by what its verdicts let fail") {
  CHECK_FALSE(TableResult().differs(Severity::note));
  TableResult lacking;
  lacking.right_only_rows = 1;
  CHECK(lacking.differs(Severity::error));
  CHECK(table_with(ValueClass::rounding, ClassVerdict::error).differs(Severity::error));
  CHECK_FALSE(table_with(ValueClass::rounding, ClassVerdict::warning).differs(Severity::error));
  CHECK(table_with(ValueClass::rounding, ClassVerdict::warning).differs(Severity::warning));
  CHECK_FALSE(table_with(ValueClass::rounding, ClassVerdict::accepted).differs(Severity::note));
  CHECK(table_with(ValueClass::rounding, ClassVerdict::accepted).columns[0].differing() == 3);
}

TEST_CASE("A comparison is complete when it finished, compared something and skipped nothing that is not waived") {
  DataReport report;
  CHECK_FALSE(report.complete());
  report.tables.emplace_back();
  CHECK(report.complete());
  report.skipped_tables.push_back({"audit.log", "no permission to read it", "kept on one side"});
  CHECK(report.complete());
  report.tables[0].skipped_columns.push_back({"orders.version", "row version", ""});
  CHECK_FALSE(report.complete());
  report.tables[0].skipped_columns[0].waived = "expected";
  CHECK(report.complete());
  report.tables[0].unfinished = "the connection was lost";
  CHECK_FALSE(report.complete());
  CHECK_FALSE(report.differs(Severity::warning));
  report.tables.push_back(table_with(ValueClass::different, ClassVerdict::error));
  CHECK(report.differs(Severity::error));
}
