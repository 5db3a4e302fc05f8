#include "harness/project/migrator_presets.h"

namespace paripassu {

namespace {

// Through the interpreter and not through a program called `alembic`, which Debian's package does not have and which a
// virtual environment has only once it is activated. What is listed comes from the tools' libraries: what their
// commands print is for people, and Django's asks a database first.

constexpr const char* kListAlembic = R"sh("${PARIPASSU_PYTHON:-python3}" -c '
import os
from alembic.config import Config
from alembic.script import ScriptDirectory
config = Config(os.environ.get("ALEMBIC_CONFIG", "alembic.ini"))
for one in reversed(list(ScriptDirectory.from_config(config).walk_revisions())):
    name = " ".join((one.doc or "").split())
    before = one.down_revision or ()
    after = before if isinstance(before, str) else ",".join(before)
    print(f"{one.revision} {name}\tfile={one.path}\tafter={after}")
')sh";

constexpr const char* kListDjango = R"sh("${PARIPASSU_PYTHON:-python3}" manage.py shell --verbosity 0 -c '
import inspect
from django.db.migrations.loader import MigrationLoader
graph = MigrationLoader(None).graph
seen = []
for leaf in graph.leaf_nodes():
    for key in graph.forwards_plan(leaf):
        if key not in seen:
            seen.append(key)
            migration = graph.nodes[key]
            fixed = "" if all(one.reversible for one in migration.operations) else "\tirreversible=an operation has no way back"
            print(f"{key[0]}.{key[1]}\tfile={inspect.getsourcefile(type(migration))}{fixed}")
')sh";

// `migrate` goes to one migration of one application: a point of a history that spans several takes one run for each.
constexpr const char* kMigrateDjango =
    R"sh(for target in {targets}; do "${PARIPASSU_PYTHON:-python3}" manage.py migrate "${target%%.*}" "${target#*.}" --no-input || exit; done)sh";

}  // namespace

const std::vector<std::string>& migrator_preset_words() {
  static const std::vector<std::string> words = {"alembic", "django"};
  return words;
}

MigratorConfiguration migrator_preset(const std::string& word) {
  MigratorConfiguration preset;
  preset.preset = word;
  if (word == "alembic") {
    preset.list = kListAlembic;
    preset.up = R"("${PARIPASSU_PYTHON:-python3}" -m alembic upgrade {revision})";
    preset.down = R"("${PARIPASSU_PYTHON:-python3}" -m alembic downgrade {revision})";
    preset.base = "base";
    preset.url_form = "sqlalchemy";
    preset.tables = {"alembic_version"};
  } else if (word == "django") {
    preset.list = kListDjango;
    preset.up = kMigrateDjango;
    preset.down = kMigrateDjango;
    preset.base = "zero";
    preset.tables = {"django_migrations"};
  } else if (!word.empty()) {
    throw Error(ErrorCategory::internal, "there is no preset called " + word);
  }
  return preset;
}

std::string migrator_preset_remedy(const std::string& word) {
  if (word == "alembic")
    return "install Alembic (Debian: python3-alembic, and python3-psycopg2 or python3-pyodbc), or name the Python that "
           "has it in PARIPASSU_PYTHON";
  if (word == "django")
    return "install Django (Debian: python3-django, and python3-psycopg2 or python3-mssql-django), or name the Python "
           "that has it in PARIPASSU_PYTHON";
  return "install the tool, or write its whole path into [migrator]";
}

}  // namespace paripassu
