#include "backends/sqlserver/connection_string.h"

#include <doctest/doctest.h>

#include <algorithm>
#include <cctype>
#include <map>

#include "backends/error.h"

using namespace paripassu;
using namespace paripassu::sqlserver;

namespace {

const Driver kFreetds{"FreeTDS", DriverKind::freetds};
const Driver kMicrosoft18{"ODBC Driver 18 for SQL Server", DriverKind::msodbcsql};
const Driver kMicrosoft17{"ODBC Driver 17 for SQL Server", DriverKind::msodbcsql};

/// Reads a connection string by the rules of ODBC (SQLDriverConnect): `keyword=value;…`, a value in braces is taken as
/// it is up to the first `}` that is not doubled.
std::map<std::string, std::string> parsed(const std::string& text) {
  std::map<std::string, std::string> values;
  std::size_t i = 0;
  while (i < text.size()) {
    const std::size_t equals = text.find('=', i);
    REQUIRE(equals != std::string::npos);
    const std::string key = text.substr(i, equals - i);
    std::string value;
    i = equals + 1;
    if (i < text.size() && text[i] == '{') {
      bool closed = false;
      for (++i; i < text.size(); ++i) {
        if (text[i] == '}') {
          if (i + 1 >= text.size() || text[i + 1] != '}') {
            closed = true;
            ++i;
            break;
          }
          ++i;
        }
        value += text[i];
      }
      REQUIRE(closed);
      REQUIRE((i == text.size() || text[i] == ';'));
    } else {
      while (i < text.size() && text[i] != ';') value += text[i++];
    }
    ++i;
    CAPTURE(key);
    REQUIRE(values.emplace(key, value).second);
  }
  return values;
}

std::map<std::string, std::string> connecting(const std::string& url, const Driver& driver) {
  return parsed(connection_string(ConnectionUrl::parse(url), driver));
}

Error refusal(const std::string& url, const Driver& driver) {
  try {
    connection_string(ConnectionUrl::parse(url), driver);
  } catch (const Error& error) {
    return error;
  }
  FAIL("was not refused: " << url);
  return Error(ErrorCategory::internal, "");
}

/// Values that mean something to a connection string, to a shell or to nobody.
const std::vector<std::string>& awkward_values() {
  static const std::vector<std::string> kValues = {
      "",      " ",       " lead",     "trail ",    "a;b",         "a=b",        "{",     "}",   "{}",
      "}}",    "{a}",     "a}b",       "a}",        "a};PWD=x",    "'; DROP --", "\"q\"", "'q'", "p@ss w0rd!",
      "(a,b)", "[x]*?!@", "tab\there", "línea ñ 🔑", "\\\\host\\x", "%41",        "$HOME", "a+b", ";;;"};
  return kValues;
}

}  // namespace

TEST_CASE("SQL Server's connection string quotes any value so that it is read back") {
  for (const std::string& value : awkward_values()) {
    CAPTURE(value);
    CHECK(parsed("Key=" + quote_value(value) + ";Next=1").at("Key") == value);
    CHECK(parsed("Key=" + quote_value(value) + ";Next=1").at("Next") == "1");
    CHECK(parsed("Key=" + quote_value(value)).at("Key") == value);
  }
  CHECK(quote_value("db.example.org") == "db.example.org");
  CHECK(quote_value("a}b") == "{a}}b}");
}

TEST_CASE("SQL Server's connection string carries user, password and database whatever they are") {
  for (const Driver& driver : {kFreetds, kMicrosoft18, kMicrosoft17}) {
    for (const std::string& value : awkward_values()) {
      CAPTURE(value);
      ConnectionUrl url = ConnectionUrl::parse("sqlserver://h/");
      url.user = value;
      url.password = Secret(value);
      url.database = value;
      const auto values = parsed(connection_string(url, driver));
      CHECK(values.at("PWD") == value);
      if (!value.empty()) {
        CHECK(values.at("UID") == value);
        CHECK(values.at("Database") == value);
      }
    }
  }
}

TEST_CASE("SQL Server's connection string for FreeTDS has what that driver needs") {
  const auto values = connecting("sqlserver://sa:secret@db.example.org:1444/shop", kFreetds);
  const std::map<std::string, std::string> expected = {
      {"Driver", "FreeTDS"},  {"Server", "db.example.org"}, {"Port", "1444"},
      {"TDS_Version", "7.4"}, {"ClientCharset", "UTF-8"},   {"UID", "sa"},
      {"PWD", "secret"},      {"Database", "shop"},         {"APP", "paripassu"}};
  CHECK(values == expected);
}

TEST_CASE("SQL Server's connection string for Microsoft's driver has what that driver needs") {
  for (const Driver& driver : {kMicrosoft18, kMicrosoft17}) {
    const auto values = connecting("mssql://sa:secret@db.example.org:1444/shop", driver);
    const std::map<std::string, std::string> expected = {{"Driver", driver.name}, {"Server", "tcp:db.example.org,1444"},
                                                         {"UID", "sa"},           {"PWD", "secret"},
                                                         {"Database", "shop"},    {"APP", "paripassu"}};
    CHECK(values == expected);
  }
}

TEST_CASE("SQL Server's connection string fills in host and port, and leaves out what is not given") {
  const auto freetds = connecting("sqlserver:///", kFreetds);
  CHECK(freetds.at("Server") == "127.0.0.1");
  CHECK(freetds.at("Port") == "1433");
  CHECK(freetds.count("UID") == 0);
  CHECK(freetds.count("PWD") == 0);
  CHECK(freetds.count("Database") == 0);
  CHECK(freetds.count("Encryption") == 0);
  const auto microsoft = connecting("sqlserver://h/", kMicrosoft18);
  CHECK(microsoft.at("Server") == "tcp:h,1433");
  CHECK(microsoft.count("Encrypt") == 0);
  CHECK(microsoft.count("TrustServerCertificate") == 0);
  CHECK(microsoft.count("Trusted_Connection") == 0);
}

TEST_CASE("SQL Server's driver may be named or given as a path") {
  struct Case {
    std::string driver;
    DriverKind kind;
  };
  for (const Case& one : {Case{"FreeTDS", DriverKind::freetds}, Case{"freetds", DriverKind::freetds},
                          Case{"/usr/lib/x86_64-linux-gnu/odbc/libtdsodbc.so", DriverKind::freetds},
                          Case{"ODBC Driver 18 for SQL Server", DriverKind::msodbcsql},
                          Case{"ODBC Driver 17 for SQL Server", DriverKind::msodbcsql},
                          Case{"/opt/microsoft/msodbcsql18/lib64/libmsodbcsql-18.3.so.2.1", DriverKind::msodbcsql}}) {
    CAPTURE(one.driver);
    ConnectionUrl url = ConnectionUrl::parse("sqlserver://h/");
    url.parameters["Driver"] = one.driver;
    const Driver driver = choose_driver(url);
    CHECK(driver.name == one.driver);
    CHECK(driver.kind == one.kind);
    CHECK(parsed(connection_string(url, driver)).at("Driver") == one.driver);
  }
}

TEST_CASE("SQL Server's driver is known by its file, not by the folder that it lies in") {
  ConnectionUrl url = ConnectionUrl::parse("sqlserver://h/");
  url.parameters["driver"] = "/home/tds/odbc/libmsodbcsql-18.3.so.2.1";
  CHECK(choose_driver(url).kind == DriverKind::msodbcsql);
  url.parameters["driver"] = "/opt/microsoft/odbc/libtdsodbc.so.0";
  CHECK(choose_driver(url).kind == DriverKind::freetds);
}

TEST_CASE("SQL Server's drivers are offered with Microsoft's first, and the first is chosen") {
  const std::vector<Driver> drivers = installed_drivers();
  CHECK(std::is_partitioned(drivers.begin(), drivers.end(),
                            [](const Driver& driver) { return driver.kind == DriverKind::msodbcsql; }));
  const ConnectionUrl url = ConnectionUrl::parse("sqlserver://h/");
  if (drivers.empty()) {
    CHECK_THROWS_AS(choose_driver(url), Error);
  } else {
    CHECK(choose_driver(url).name == drivers.front().name);
  }
}

TEST_CASE("SQL Server's encryption is said in each driver's own words") {
  struct Case {
    std::string written;
    std::string freetds;
    std::vector<std::string> microsoft;  ///< words of the driver that mean it
  };
  for (const Case& one :
       {Case{"no", "off", {"no", "optional"}}, Case{"false", "off", {"no", "optional"}},
        Case{"optional", "request", {"no", "optional"}}, Case{"yes", "require", {"yes", "mandatory"}},
        Case{"TRUE", "require", {"yes", "mandatory"}}, Case{"Mandatory", "require", {"yes", "mandatory"}}}) {
    CAPTURE(one.written);
    const std::string url = std::string("sqlserver://h/?encrypt=") + one.written;
    CHECK(connecting(url, kFreetds).at("Encryption") == one.freetds);
    CHECK(connecting(url, kFreetds).count("Encrypt") == 0);
    const std::string microsoft = connecting(url, kMicrosoft18).at("Encrypt");
    CHECK(std::find(one.microsoft.begin(), one.microsoft.end(), microsoft) != one.microsoft.end());
    CHECK(connecting(url, kMicrosoft18).count("Encryption") == 0);
  }
  CHECK(connecting("sqlserver://h/?ENCRYPT=strict", kMicrosoft18).at("Encrypt") == "strict");
}

TEST_CASE("SQL Server's trust in certificates is passed on, and FreeTDS trusts all") {
  CHECK(connecting("sqlserver://h/?trustServerCertificate=true", kMicrosoft18).at("TrustServerCertificate") == "yes");
  CHECK(connecting("sqlserver://h/?TrustServerCertificate=1", kMicrosoft18).at("TrustServerCertificate") == "yes");
  CHECK(connecting("sqlserver://h/?trustservercertificate=No", kMicrosoft18).at("TrustServerCertificate") == "no");
  CHECK(connecting("sqlserver://h/?trustServerCertificate=yes", kFreetds).count("TrustServerCertificate") == 0);
}

TEST_CASE("SQL Server's instance replaces the port, which its browser service knows") {
  const auto freetds = connecting("sqlserver://h/?instance=SQLEXPRESS", kFreetds);
  CHECK(freetds.at("Server") == "h\\SQLEXPRESS");
  CHECK(freetds.count("Port") == 0);
  CHECK(connecting("sqlserver://h/?Instance=SQLEXPRESS", kMicrosoft18).at("Server") == "h\\SQLEXPRESS");
}

TEST_CASE("SQL Server's authentication is passed to Microsoft's driver") {
  CHECK(connecting("sqlserver://u@h/?authentication=ActiveDirectoryPassword", kMicrosoft18).at("Authentication") ==
        "ActiveDirectoryPassword");
  for (const std::string word : {"integrated", "Windows"}) {
    const auto values = connecting(std::string("sqlserver://h/?authentication=") + word, kMicrosoft18);
    CHECK(values.at("Trusted_Connection") == "yes");
    CHECK(values.count("Authentication") == 0);
  }
  CHECK(connecting("sqlserver://u@h/?authentication=SqlPassword", kFreetds).count("Authentication") == 0);
}

TEST_CASE("SQL Server's connection string carries parameters that it does not know as they are written") {
  for (const Driver& driver : {kFreetds, kMicrosoft18}) {
    const auto values = connecting(
        "sqlserver://h/"
        "?MultiSubnetFailover=Yes&ApplicationIntent=ReadOnly&applicationName=nightly%3B%20run&Odd_1=a%3Bb",
        driver);
    CHECK(values.at("MultiSubnetFailover") == "Yes");
    CHECK(values.at("ApplicationIntent") == "ReadOnly");
    CHECK(values.at("APP") == "nightly; run");
    CHECK(values.at("Odd_1") == "a;b");
    CHECK(values.count("applicationName") == 0);
  }
  CHECK(connecting("sqlserver://h/?tds_version=7.3", kFreetds).at("TDS_Version") == "7.3");
}

TEST_CASE("SQL Server's connection string refuses what cannot be meant, and says what to write") {
  struct Case {
    std::string url;
    const Driver& driver;
    ErrorCategory category;
  };
  const std::vector<Case> cases = {
      {"sqlserver://h/?encrypt=maybe", kFreetds, ErrorCategory::usage},
      {"sqlserver://h/?encrypt=maybe", kMicrosoft18, ErrorCategory::usage},
      {"sqlserver://h/?trustServerCertificate=perhaps", kFreetds, ErrorCategory::usage},
      {"sqlserver://h/?trustServerCertificate=perhaps", kMicrosoft18, ErrorCategory::usage},
      {"sqlserver://h:1433/?instance=SQLEXPRESS", kFreetds, ErrorCategory::usage},
      {"sqlserver://h:1433/?instance=SQLEXPRESS", kMicrosoft18, ErrorCategory::usage},
      {"sqlserver://h1:1,h2:2/", kFreetds, ErrorCategory::usage},
      {"sqlserver://h1:1,h2:2/", kMicrosoft18, ErrorCategory::usage},
      {"sqlserver://h/?a%3Bb=1", kMicrosoft18, ErrorCategory::usage},
      {"sqlserver://h/?%7Bx=1", kFreetds, ErrorCategory::usage},
      {"sqlserver://h/?encrypt=strict", kFreetds, ErrorCategory::not_supported},
      {"sqlserver://h/?trustServerCertificate=no", kFreetds, ErrorCategory::not_supported},
      {"sqlserver://u@h/?authentication=ActiveDirectoryPassword", kFreetds, ErrorCategory::not_supported},
  };
  for (const Case& one : cases) {
    CAPTURE(one.url);
    CAPTURE(one.driver.name);
    const Error error = refusal(one.url, one.driver);
    CHECK(error.category() == one.category);
    CHECK(error.engine() == "sqlserver");
    CHECK_FALSE(error.remedy().empty());
  }
}
