#include <doctest/doctest.h>

#include "tests/unit/harness/migration_tests/case_live.h"

using namespace paripassu;
using namespace paripassu::test;

namespace {

void set_model(KindsProject& project, const Target& target, const std::string& table_end) {
  project.folder.write(
      "model.sql",
      target.script(
          {"CREATE TABLE customers (id int NOT NULL PRIMARY KEY, name varchar(40), email varchar(40)" + table_end}));
  project.configuration.models[target.name()].file = "model.sql";
}

}  // namespace

ENGINE_CASE("A model is not tested where none is configured") {
  KindsProject project({target});
  CHECK(model_tests(project.context(), *target.backend).empty());
}

ENGINE_CASE("A model that the migrations make passes") {
  KindsProject project({target});
  set_model(project, target, ")");
  CHECK_PASSED(KindsProject::only(model_tests(project.context(), *target.backend)));
  CHECK(project.left_behind() == 0);
}

ENGINE_CASE("A column of the model that no migration makes is drift, said from the model's side") {
  KindsProject project({target});
  set_model(project, target, ", phone varchar(20))");
  const TestResult result = KindsProject::only(model_tests(project.context(), *target.backend));
  problem_in(result, "drift");
  CHECK_SAYS(result, "the model has column customers.phone, the migrations do not make it");
  CHECK_SAYS(result, "column-missing");
}

ENGINE_CASE("A table that the model does not know is drift, at its migration") {
  KindsProject project({target});
  project.up("0002_orders", {"CREATE TABLE orders (id int NOT NULL PRIMARY KEY)"});
  set_model(project, target, ")");
  const TestResult result = KindsProject::only(model_tests(project.context(), *target.backend));
  CHECK(problem_in(result, "drift").position.file.find("0002_orders") != std::string::npos);
  CHECK_SAYS(result, "the migrations make table orders, the model does not have it");
}

ENGINE_CASE("A waived difference is no drift, one whose severity does not count neither") {
  KindsProject project({target});
  set_model(project, target, ", phone varchar(20))");
  WaiverConfiguration waiver;
  waiver.code = "column-missing";
  waiver.object = "customers.phone";
  waiver.reason = "comes with 0009";
  project.configuration.waivers.push_back(waiver);
  waiver.object = "customers.other";
  project.configuration.waivers.push_back(waiver);
  const TestResult waived = KindsProject::only(model_tests(project.context(), *target.backend));
  CHECK_PASSED(waived);
  CHECK_SAYS(waived, "1 difference waived");

  KindsProject lenient({target});
  set_model(lenient, target, ", phone varchar(20))");
  lenient.configuration.severities["column-missing"] = {"note", {}};
  CHECK_PASSED(KindsProject::only(model_tests(lenient.context(), *target.backend)));
}

ENGINE_CASE("A model that cannot be read fails; migrations that cannot be applied leave it incomplete") {
  KindsProject project({target});
  set_model(project, target, ", 7)");
  const TestResult result = KindsProject::only(model_tests(project.context(), *target.backend));
  problem_in(result, "error");
  CHECK_SAYS(result, "model.sql");

  KindsProject broken({target});
  broken.up("0002_broken", {"UPDATE missing SET id = 1"});
  set_model(broken, target, ")");
  CHECK(KindsProject::only(model_tests(broken.context(), *target.backend)).outcome == TestOutcome::incomplete);
  CHECK(broken.left_behind() == 0);
}
