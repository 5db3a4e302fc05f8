#include "backends/connection_url.h"

#include <doctest/doctest.h>

#include <optional>
#include <random>
#include <string>
#include <type_traits>

#include "backends/error.h"

using namespace paripassu;
using std::string_literals::operator""s;

namespace {

constexpr const char* kPassword = "s3cr3t-hunter2";

/// What parsing says about `text`; it must fail as a matter of usage and must not repeat the password.
std::string error_of(std::string_view text) {
  try {
    ConnectionUrl::parse(text);
  } catch (const Error& error) {
    CHECK(error.category() == ErrorCategory::usage);
    CHECK_FALSE(error.remedy().empty());
    const std::string what = error.what();
    CHECK(what.find("hunter2") == std::string::npos);
    CHECK(what.size() < 2'000);
    return error.message();
  }
  FAIL("parsed: " << text);
  return {};
}

bool contains(const std::string& text, std::string_view part) {
  return text.find(part) != std::string::npos;
}

template <class T>
concept Streamable = requires(std::ostream& out, const T& value) {
  out << value;
};

}  // namespace

TEST_CASE("Secret cannot be printed or converted by accident") {
  CHECK_FALSE(Streamable<Secret>);
  CHECK_FALSE(std::is_convertible_v<Secret, std::string>);
  CHECK_FALSE(std::is_convertible_v<Secret, std::string_view>);
  CHECK_FALSE(std::is_convertible_v<std::string, Secret>);
  CHECK(Secret("x").reveal() == "x");
  CHECK(Secret().empty());
}

TEST_CASE("ConnectionUrl parses all of its parts") {
  const ConnectionUrl url =
      ConnectionUrl::parse("postgres://alice:s3cr3t@db.example.com:5433/orders?sslmode=require&application_name=ci");
  CHECK(url.scheme == "postgres");
  CHECK(url.user == "alice");
  REQUIRE(url.password);
  CHECK(url.password->reveal() == "s3cr3t");
  CHECK(url.host == "db.example.com");
  CHECK(url.port == "5433");
  CHECK(url.database == "orders");
  CHECK(url.parameters == std::map<std::string, std::string>{{"application_name", "ci"}, {"sslmode", "require"}});
  CHECK(url.parameter("sslmode") == "require");
  CHECK(url.parameter("absent").empty());
}

TEST_CASE("ConnectionUrl leaves out what is not there") {
  for (const char* text : {"postgres://", "postgres:///", "postgres://?", "postgres:///?"}) {
    CAPTURE(std::string(text));
    const ConnectionUrl url = ConnectionUrl::parse(text);
    CHECK(url.scheme == "postgres");
    CHECK(url.user.empty());
    CHECK_FALSE(url.password.has_value());
    CHECK(url.host.empty());
    CHECK(url.port.empty());
    CHECK(url.database.empty());
    CHECK(url.parameters.empty());
  }
  CHECK(ConnectionUrl::parse("sqlserver://h").database.empty());
  CHECK(ConnectionUrl::parse("sqlserver://h:/d").port.empty());
  CHECK(ConnectionUrl::parse("sqlserver://:1433").port == "1433");
  CHECK(ConnectionUrl::parse("sqlserver://:1433").host.empty());
  CHECK(ConnectionUrl::parse("postgres:///orders").database == "orders");
  CHECK(ConnectionUrl::parse("postgres://u@").user == "u");
}

TEST_CASE("ConnectionUrl tells an absent password from an empty one") {
  CHECK_FALSE(ConnectionUrl::parse("postgres://u@h/d").password.has_value());
  const ConnectionUrl empty = ConnectionUrl::parse("postgres://u:@h/d");
  REQUIRE(empty.password.has_value());
  CHECK(empty.password->empty());
  CHECK_FALSE(empty == ConnectionUrl::parse("postgres://u@h/d"));
}

TEST_CASE("ConnectionUrl reads the scheme without regard to case") {
  CHECK(ConnectionUrl::parse("PostgreSQL://h").scheme == "postgresql");
  CHECK(ConnectionUrl::parse("MSSQL://h").scheme == "mssql");
}

TEST_CASE("ConnectionUrl decodes percent signs in every part") {
  const ConnectionUrl url =
      ConnectionUrl::parse("postgres://user%40corp:p%3A%2F%3f%23%25w@h%2Dx/my%20db%2f%C3%BC?opt%26ions=-c%20a%3Db%26c");
  CHECK(url.user == "user@corp");
  CHECK(url.password->reveal() == "p:/?#%w");
  CHECK(url.host == "h-x");
  CHECK(url.database == "my db/ü");
  CHECK(url.parameter("opt&ions") == "-c a=b&c");
}

TEST_CASE("ConnectionUrl keeps a plus sign and a colon in a password") {
  CHECK(ConnectionUrl::parse("postgres://u:a+b:c@h/d").password->reveal() == "a+b:c");
  CHECK(ConnectionUrl::parse("postgres://h/d?options=a+b").parameter("options") == "a+b");
  CHECK(ConnectionUrl::parse("postgres://h/d?options=a=b").parameter("options") == "a=b");
}

TEST_CASE("ConnectionUrl takes a domain user") {
  CHECK(ConnectionUrl::parse("sqlserver://CORP%5Calice@h/d").user == "CORP\\alice");
}

TEST_CASE("ConnectionUrl strips the brackets of IPv6 addresses") {
  const ConnectionUrl url = ConnectionUrl::parse("postgres://u@[2001:db8::1]:5433/d");
  CHECK(url.host == "2001:db8::1");
  CHECK(url.port == "5433");
  CHECK(ConnectionUrl::parse("postgres://[::1]/d").host == "::1");
  CHECK(ConnectionUrl::parse("postgres://[::1]/d").port.empty());
  CHECK(ConnectionUrl::parse("postgres://[fe80::1%25eth0]:1/d").host == "fe80::1%eth0");
}

TEST_CASE("ConnectionUrl keeps several hosts with their ports as libpq wants them") {
  const ConnectionUrl url = ConnectionUrl::parse("postgres://u@one:5432,two:5433,[::1]:5434/d");
  CHECK(url.host == "one,two,::1");
  CHECK(url.port == "5432,5433,5434");
  const ConnectionUrl some = ConnectionUrl::parse("postgres://one,two:5433,three/d");
  CHECK(some.host == "one,two,three");
  CHECK(some.port == ",5433,");
  const ConnectionUrl none = ConnectionUrl::parse("postgres://one,two/d");
  CHECK(none.host == "one,two");
  CHECK(none.port.empty());
}

TEST_CASE("ConnectionUrl takes a socket directory as a percent-encoded host") {
  const ConnectionUrl url = ConnectionUrl::parse("postgres://%2Fvar%2Frun%2Fpostgresql:5433/d");
  CHECK(url.host == "/var/run/postgresql");
  CHECK(url.port == "5433");
  CHECK(url.database == "d");
}

TEST_CASE("ConnectionUrl says what is wrong with a bad URL and never repeats the password") {
  const std::string user = "postgres://u:"s + kPassword + "@";
  CHECK(contains(error_of(""), "scheme"));
  CHECK(contains(error_of("orders"), "scheme"));
  CHECK(contains(error_of("://h"), "scheme"));
  CHECK(contains(error_of("u:"s + kPassword + "@h/d"), "scheme"));
  CHECK(contains(error_of(user + "h:port/d"), "port"));
  CHECK(contains(error_of(user + "h:0/d"), "port"));
  CHECK(contains(error_of(user + "h:65536/d"), "port"));
  CHECK(contains(error_of(user + "h:99999999999999999999/d"), "port"));
  CHECK(contains(error_of(user + "h:-1/d"), "port"));
  CHECK(contains(error_of(user + "h: 1/d"), "port"));
  CHECK(contains(error_of(user + "h:\xC2\xB2/d"), "port"));
  CHECK(contains(error_of(user + "[::1/d"), "]"));
  CHECK(contains(error_of(user + "[::1]x/d"), "]"));
  CHECK(contains(error_of(user + "::1/d"), "brackets"));
  CHECK(contains(error_of(user + "h/d?sslmode"), "name=value"));
  CHECK(contains(error_of(user + "h/d?=x"), "name=value"));
  CHECK(contains(error_of(user + "h/d?a=1&a=2"), "twice"));
  CHECK(contains(error_of(user + "h/d#x"), "%23"));
  CHECK(contains(error_of("postgres://u@corp:"s + kPassword + "@h/d"), "%40"));
  CHECK(contains(error_of("postgres://u:p@"s + kPassword + "@h/d"), "%40"));
  // The password's own special characters were not encoded.
  CHECK(contains(error_of("postgres://u:"s + kPassword + "/x@h/d"), "%2F"));
  error_of("postgres://u:"s + kPassword + "?x@h/d");
  error_of("postgres://u:"s + kPassword + "#x@h/d");
}

TEST_CASE("ConnectionUrl refuses a percent sign that encodes nothing, or a NUL") {
  for (const char* text : {"postgres://u%@h/d", "postgres://u%4@h/d", "postgres://h/d%", "postgres://h/d%zz",
                           "postgres://h/d?a=%1", "postgres://%x/d"}) {
    CAPTURE(std::string(text));
    CHECK(contains(error_of(text), "%"));
  }
  CHECK(contains(error_of("postgres://u:hunter2%g@h/d"), "password"));
  CHECK(contains(error_of("postgres://u:hunter2%00@h/d"), "%00"));
  CHECK(contains(error_of("postgres://h/d%00"), "%00"));
  error_of("postgres://u\0x@h/d"s);
}

TEST_CASE("ConnectionUrl refuses a URL of a megabyte, without repeating it") {
  error_of("postgres://u:hunter2@h/" + std::string(1 << 20, 'x'));
  error_of("postgres://" + std::string(1 << 20, ','));
  error_of("postgres://h/d?" + std::string(1 << 20, '&'));
  error_of(std::string(1 << 20, 'x') + "://h");
}

TEST_CASE("ConnectionUrl parses or refuses anything, and redacts what it parsed to the same URL") {
  std::mt19937_64 random(11);
  const std::string alphabet = "ab1:/@?&=%[],#.4\xC3\xBC"s;
  for (int i = 0; i < 20'000; ++i) {
    std::string text = "postgres://";
    for (auto length = random() % 24; length > 0; --length) text += alphabet[random() % alphabet.size()];
    std::optional<ConnectionUrl> url;
    try {
      url = ConnectionUrl::parse(text);
    } catch (const Error& error) {
      REQUIRE(error.category() == ErrorCategory::usage);
      continue;
    }
    CAPTURE(text.c_str());
    const std::string redacted = url->redacted();
    CAPTURE(redacted.c_str());
    const ConnectionUrl again = ConnectionUrl::parse(redacted);
    REQUIRE(again.user == url->user);
    REQUIRE(again.host == url->host);
    REQUIRE(again.port == url->port);
    REQUIRE(again.database == url->database);
    REQUIRE(again.password.has_value() == url->password.has_value());
  }
}

TEST_CASE("looks_like_url is true for scheme:// only") {
  CHECK(ConnectionUrl::looks_like_url("postgres://"));
  CHECK(ConnectionUrl::looks_like_url("sqlserver://h:1433/db"));
  CHECK_FALSE(ConnectionUrl::looks_like_url(""));
  CHECK_FALSE(ConnectionUrl::looks_like_url("://h"));
  CHECK_FALSE(ConnectionUrl::looks_like_url("postgres:migrations"));
  CHECK_FALSE(ConnectionUrl::looks_like_url("catalog.json"));
  CHECK_FALSE(ConnectionUrl::looks_like_url("dir/a://b"));
  CHECK_FALSE(ConnectionUrl::looks_like_url("postgres:/h"));
}

TEST_CASE("redacted hides the password and every parameter that may hold one") {
  const ConnectionUrl url = ConnectionUrl::parse(
      "postgres://alice:hunter2@h:1/d?sslmode=require&sslpassword=hunter2&PWD=hunter2&access_token=hunter2&"
      "clientSecret=hunter2&password=hunter2");
  const std::string text = url.redacted();
  CHECK_FALSE(contains(text, "hunter2"));
  CHECK(contains(text, "postgres://alice:***@h:1/d?"));
  CHECK(contains(text, "sslmode=require"));
  CHECK(contains(text, "sslpassword=***"));
}

TEST_CASE("redacted hides an empty password too, and shows that there is none") {
  CHECK(ConnectionUrl::parse("postgres://u:@h/d").redacted() == "postgres://u:***@h/d");
  CHECK(ConnectionUrl::parse("postgres://u@h/d").redacted() == "postgres://u@h/d");
  CHECK(ConnectionUrl::parse("postgres://h").redacted() == "postgres://h");
}

TEST_CASE("redacted reads back to the same URL where there is no password") {
  for (const char* text :
       {"postgres://", "postgres://user%40corp@h/d", "postgres://[::1]:5433/d", "postgres://[fe80::1%25eth0]:1/d",
        "postgres://one:1,two,[::1]:3/d", "postgres://%2Frun%2Fpg:5433/a%2Fb%3F%23?options=-c%20a%3Db%26c&x=%C3%BC",
        "sqlserver://CORP%5Calice@h:1433/My%20Db?Encrypt=yes", "postgres://h,i:2/d"}) {
    CAPTURE(std::string(text));
    const ConnectionUrl url = ConnectionUrl::parse(text);
    CAPTURE(url.redacted());
    bool same = false;
    CHECK_NOTHROW(same = ConnectionUrl::parse(url.redacted()) == url);
    CHECK(same);
  }
}

TEST_CASE("with_database changes the database and nothing else") {
  const ConnectionUrl url = ConnectionUrl::parse("postgres://u:p@h:1/old?sslmode=require");
  const ConnectionUrl other = url.with_database("new/db");
  CHECK(other.database == "new/db");
  CHECK(url.database == "old");
  ConnectionUrl back = other;
  back.database = "old";
  CHECK(back == url);
}

TEST_CASE("redact_secrets leaves harmless text as it is") {
  for (const char* text :
       {"", "no secret here", "postgres://u@h/d", "see https://example.com/a:b", "password", "pwd",
        "password authentication failed for user \"alice\"", "the password is wrong", "://", "a://b:", "%s 🐘"}) {
    CHECK(redact_secrets(text) == text);
  }
}

TEST_CASE("redact_secrets hides the password in URLs") {
  CHECK(redact_secrets("postgres://u:hunter2@h/d") == "postgres://u:***@h/d");
  CHECK(redact_secrets("could not connect to 'postgres://u:hunter2@h:1/d' and mssql://a:b@c.") ==
        "could not connect to 'postgres://u:***@h:1/d' and mssql://a:***@c.");
  CHECK(redact_secrets("postgres://:hunter2@h") == "postgres://:***@h");
  CHECK_FALSE(contains(redact_secrets("postgres://u:hun@ter2@h/d"), "hun"));
  CHECK_FALSE(contains(redact_secrets("postgres://h/d?password=hunter2&sslmode=x"), "hunter2"));
}

TEST_CASE("redact_secrets hides a password with a quote, which needs no encoding in a URL") {
  REQUIRE(ConnectionUrl::parse("postgres://u:hunter2'x@h/d").password->reveal() == "hunter2'x");
  CHECK_FALSE(contains(redact_secrets("postgres://u:hunter2'x@h/d"), "hunter2"));
}

TEST_CASE("redact_secrets hides passwords in connection strings of either client") {
  for (const char* text :
       {"host=h password=hunter2 user=u", "host=h password = hunter2 user=u", "password='hunter2 x' user=u",
        "DRIVER={x};PWD=hunter2;UID=u", "Pwd={hunter2;x};UID=u", "Password=hunter2;", "pwd=hunter2"}) {
    CAPTURE(std::string(text));
    const std::string redacted = redact_secrets(text);
    CHECK_FALSE(contains(redacted, "hunter2"));
    CHECK(contains(redacted, "***"));
  }
  CHECK(contains(redact_secrets("password='hunter2 x' user=u"), "user=u"));
  CHECK(contains(redact_secrets("Pwd={hunter2;x};UID=u"), "UID=u"));
}

TEST_CASE("redact_secrets hides quoted passwords to their very end") {
  CHECK_FALSE(contains(redact_secrets("PWD={a}}hunter2};UID=u"), "hunter2"));              // ODBC doubles }
  CHECK_FALSE(contains(redact_secrets("password='a\\'hunter2' user=u"), "hunter2"));       // libpq escapes '
  CHECK_FALSE(contains(redact_secrets("password=a\\ hunter2 user=u"), "hunter2"));         // libpq escapes blanks
  CHECK_FALSE(contains(redact_secrets("ALTER ROLE x PASSWORD 'a''hunter2'"), "hunter2"));  // SQL doubles '
  CHECK_FALSE(contains(redact_secrets("ALTER LOGIN x WITH PASSWORD = N'a''hunter2'"), "hunter2"));
}

TEST_CASE("redact_secrets hides passwords in statements") {
  for (const char* text :
       {"CREATE ROLE x LOGIN PASSWORD 'hunter2'", "create role x encrypted password\t'hunter2'",
        "ALTER USER x PASSWORD\r\n'hunter2'", "ALTER ROLE x PASSWORD E'hunter2'", "ALTER ROLE x PASSWORD $$hunter2$$",
        "CREATE LOGIN x WITH PASSWORD = 'hunter2'", "ALTER LOGIN x WITH PASSWORD=N'hunter2' OLD_PASSWORD=N'hunter2'"}) {
    CAPTURE(std::string(text));
    CHECK_FALSE(contains(redact_secrets(text), "hunter2"));
  }
}

TEST_CASE("redact_secrets hides libpq's key password and the environment's") {
  CHECK_FALSE(contains(redact_secrets("host=h sslpassword=hunter2"), "hunter2"));
  CHECK_FALSE(contains(redact_secrets("PGPASSWORD=hunter2 psql"), "hunter2"));
}

TEST_CASE("redact_secrets takes a megabyte of anything in linear time") {
  for (const char* unit : {"://", "password=", "a:b@", "pwd='", "{", "x"}) {
    std::string text;
    while (text.size() < (1 << 20)) text += unit;
    CHECK_NOTHROW(redact_secrets(text));
  }
  CHECK(redact_secrets("a\0password=hunter2"s) == "a\0password=***"s);
}
