#pragma once

#include <doctest/doctest.h>

#include <functional>
#include <string>
#include <vector>

#include "tests/support/live_server.h"
#include "tests/support/skip.h"

namespace paripassu::test {

/// What the cases must know of an engine's SQL; everything else in them is the same for all engines.
struct EngineSql {
  std::string separator;  ///< between two units that are sent to the server one by one
  std::string begin;
  std::string commit;
  std::string text_type;  ///< of a hundred characters
  std::string schema;     ///< where unqualified names live
  std::string sleep_half_minute;
  std::string sleep_half_minute_on_stand_in;   ///< empty: the same
  std::string scratch_databases;               ///< query: names of the scratch databases of all runs
  std::vector<std::string> database_commands;  ///< each would leave the database
};

/// An engine with a server that runs.
struct Target {
  const Backend* backend = nullptr;
  ConnectionUrl server;  ///< of the maintenance database, as a user who may create databases
  bool genuine = true;   ///< false: a stand-in, such as Babelfish
  EngineSql sql;

  std::string name() const { return std::string(backend->name()); }
  /// A script of these statements, each a unit of its own.
  std::string script(const std::vector<std::string>& statements) const;
};

/// What is known of an engine's SQL; nullptr when no case runs on it.
const EngineSql* find_engine_sql(const std::string& engine);

/// Runs `body` with the engine's server, or skips the running case.
void run_on(const std::string& engine, const std::function<void(const Target&)>& body);

}  // namespace paripassu::test

#define PARIPASSU_ENGINE_CASES(function, name)                                    \
  static void function([[maybe_unused]] const ::paripassu::test::Target& target); \
  TEST_CASE(name " (postgres)") {                                                 \
    ::paripassu::test::run_on("postgres", function);                              \
  }                                                                               \
  TEST_CASE(name " (sqlserver)") {                                                \
    ::paripassu::test::run_on("sqlserver", function);                             \
  }                                                                               \
  static void function([[maybe_unused]] const ::paripassu::test::Target& target)

/// A case that runs once for every engine, with `target`:
///
///     ENGINE_CASE("migrate up applies what is pending") { Project project(target); … }
#define ENGINE_CASE(name) PARIPASSU_ENGINE_CASES(DOCTEST_ANONYMOUS(engine_case_), name)

#define PARIPASSU_ONE_ENGINE_CASE(function, engine, name)                         \
  static void function([[maybe_unused]] const ::paripassu::test::Target& target); \
  TEST_CASE(name) {                                                               \
    ::paripassu::test::run_on(engine, function);                                  \
  }                                                                               \
  static void function([[maybe_unused]] const ::paripassu::test::Target& target)

/// A case about something that only one engine has.
#define ONE_ENGINE_CASE(engine, name) PARIPASSU_ONE_ENGINE_CASE(DOCTEST_ANONYMOUS(engine_case_), engine, name)
