#include "backends/postgres/session.h"

#include <doctest/doctest.h>

#include <cstdlib>
#include <map>
#include <memory>
#include <optional>

#include "backends/limits.h"

using namespace paripassu;
using postgres::connection_info;

namespace {

/// What libpq itself reads out of a connection string; fails the case when it does not accept it.
std::map<std::string, std::string> read_by_libpq(const std::string& info) {
  std::map<std::string, std::string> values;
  char* message = nullptr;
  const std::unique_ptr<PQconninfoOption, decltype(&PQconninfoFree)> options(PQconninfoParse(info.c_str(), &message),
                                                                             &PQconninfoFree);
  const std::string said = message == nullptr ? "" : message;
  PQfreemem(message);
  CAPTURE(info);
  CAPTURE(said);
  REQUIRE(options != nullptr);
  for (const PQconninfoOption* option = options.get(); option->keyword != nullptr; ++option)
    if (option->val != nullptr) values[option->keyword] = option->val;
  return values;
}

std::map<std::string, std::string> connecting(const std::string& url) {
  return read_by_libpq(connection_info(ConnectionUrl::parse(url)));
}

/// Sets or removes an environment variable until the end of the block.
class Environment {
 public:
  Environment(const char* name, const char* value) : name_(name) {
    if (const char* old = std::getenv(name)) old_ = old;
    if (value == nullptr) {
      unsetenv(name);
    } else {
      setenv(name, value, 1);
    }
  }
  ~Environment() {
    if (old_) {
      setenv(name_, old_->c_str(), 1);
    } else {
      unsetenv(name_);
    }
  }
  Environment(const Environment&) = delete;
  Environment& operator=(const Environment&) = delete;

 private:
  const char* name_;
  std::optional<std::string> old_;
};

}  // namespace

TEST_CASE("PostgreSQL's connection string has what the URL says, and nothing of what it does not say") {
  const Environment timeout("PGCONNECT_TIMEOUT", nullptr);
  const std::map<std::string, std::string> expected = {{"host", "db.example.org"},
                                                       {"port", "5433"},
                                                       {"user", "app"},
                                                       {"password", "secret"},
                                                       {"dbname", "shop"},
                                                       {"sslmode", "require"},
                                                       {"connect_timeout", std::to_string(limits::kConnectTimeout_s)},
                                                       {"fallback_application_name", "paripassu"},
                                                       {"client_encoding", "UTF8"}};
  CHECK(connecting("postgres://app:secret@db.example.org:5433/shop?sslmode=require") == expected);
  const auto bare = connecting("postgresql://");
  for (const std::string name : {"host", "port", "user", "password", "dbname"}) {
    CAPTURE(name);
    CHECK(bare.count(name) == 0);
  }
}

TEST_CASE("PostgreSQL's connection string quotes any value so that libpq reads it back") {
  for (const std::string value : {"", " ", "it's", "back\\slash", "\\", "'", "a b=c", "' host='evil", "p@ss/w:rd?&#%",
                                  "ключ 🔑", "line\nbreak", "\\' \\\\'"}) {
    CAPTURE(value);
    ConnectionUrl url = ConnectionUrl::parse("postgres://h/");
    url.password = Secret(value);
    url.parameters["options"] = value;
    if (!value.empty()) {
      url.user = value;
      url.database = value;
    }
    const auto values = read_by_libpq(connection_info(url));
    CHECK(values.at("password") == value);
    CHECK(values.at("options") == value);
    CHECK(values.at("host") == "h");
    if (!value.empty()) {
      CHECK(values.at("user") == value);
      CHECK(values.at("dbname") == value);
    }
  }
}

TEST_CASE("PostgreSQL's connection string keeps several hosts, sockets and IPv6") {
  const auto several = connecting("postgres://h1:1,h2:2/shop?target_session_attrs=read-write");
  CHECK(several.at("host") == "h1,h2");
  CHECK(several.at("port") == "1,2");
  CHECK(several.at("target_session_attrs") == "read-write");
  CHECK(connecting("postgres:///shop?host=/var/run/postgresql").at("host") == "/var/run/postgresql");
  CHECK(connecting("postgres://[::1]:5432/shop").at("host") == "::1");
}

TEST_CASE("PostgreSQL's connection is always in UTF-8") {
  CHECK(connecting("postgres://h/?client_encoding=LATIN1").at("client_encoding") == "UTF8");
}

TEST_CASE("PostgreSQL's time limit for connecting is the URL's, else the environment's, else the program's") {
  {
    const Environment timeout("PGCONNECT_TIMEOUT", nullptr);
    CHECK(connecting("postgres://h/?connect_timeout=3").at("connect_timeout") == "3");
    CHECK(connecting("postgres://h/").at("connect_timeout") == std::to_string(limits::kConnectTimeout_s));
  }
  const Environment timeout("PGCONNECT_TIMEOUT", "7");
  CHECK(connecting("postgres://h/").count("connect_timeout") == 0);  // libpq reads the variable itself
  CHECK(connecting("postgres://h/?connect_timeout=3").at("connect_timeout") == "3");
}

TEST_CASE("PostgreSQL's application name is the URL's, else the program's") {
  const auto own = connecting("postgres://h/?application_name=nightly%20run");
  CHECK(own.at("application_name") == "nightly run");
  CHECK(own.count("fallback_application_name") == 0);
  CHECK(connecting("postgres://h/").at("fallback_application_name") == "paripassu");
}
