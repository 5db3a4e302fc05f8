#include "backends/sqlserver/expression_reader.h"

#include <doctest/doctest.h>

#include <string>
#include <string_view>
#include <thread>
#include <vector>

using paripassu::ReadExpression;
using paripassu::SqlServerExpressionReader;
using paripassu::catalog::depth;
using paripassu::catalog::ExpressionTree;
using paripassu::catalog::kExpressionBytesMax;
using paripassu::catalog::kExpressionDepthMax;
using paripassu::catalog::to_text;

namespace {

/// The tree as text, or "not understood: " and why.
std::string read(std::string_view printed) {
  const ReadExpression result = SqlServerExpressionReader().read(printed);
  CHECK(result.tree.has_value() == result.problem.empty());
  return result.tree ? to_text(*result.tree) : "not understood: " + result.problem;
}

struct Row {
  std::string_view printed;
  std::string_view tree;
};

void check_rows(const std::vector<Row>& rows) {
  for (const Row& row : rows) {
    CAPTURE(row.printed);
    CHECK(read(row.printed) == row.tree);
  }
}

std::string repeated(std::string_view text, std::size_t times) {
  std::string out;
  out.reserve(text.size() * times);
  for (std::size_t i = 0; i < times; ++i) out += text;
  return out;
}

}  // namespace

// The numbers are those of the pairs that are known to be printed by both engines; defaults first.
TEST_CASE("SQL Server's defaults are read as their catalog prints them") {
  check_rows({
      {"((0))", "0"},                                                            // 1
      {"(0)", "0"},                                                              //
      {"0", "0"},                                                                //
      {"((-1))", "-1"},                                                          // 2
      {"(-(1))", "-1"},                                                          //
      {"((1)+(2))", "(+ 1 2)"},                                                  // 3
      {"((0.0))", "0.0"},                                                        // 4
      {"((1.5))", "1.5"},                                                        // 5
      {"((3000000000.))", "3000000000."},                                        // 6
      {"((1))", "1"},                                                            // 7
      {"(CONVERT([bit],(0)))", "(cast-bit 0)"},                                  // 8
      {"(CONVERT([bit],(0),0))", "(cast-bit 0)"},                                // 8, upgraded from 2008
      {"('x')", "'x'"},                                                          // 9
      {"(N'x')", "'x'"},                                                         //
      {"('y')", "'y'"},                                                          // 10
      {"('abc')", "'abc'"},                                                      // 11
      {"('')", "''"},                                                            // 12
      {"(N'')", "''"},                                                           //
      {"('O''Brien')", "'O''Brien'"},                                            // 13
      {"(getdate())", "(now() 'no offset')"},                                    // 14
      {"(CURRENT_TIMESTAMP)", "(now() 'no offset')"},                            //
      {"(sysdatetime())", "(now() 'no offset')"},                                // 15
      {"(sysutcdatetime())", "(utc_now() 'no offset')"},                         // 16
      {"(getutcdate())", "(utc_now() 'no offset')"},                             //
      {"(sysdatetimeoffset() AT TIME ZONE 'UTC')", "(utc_now() 'no offset')"},   //
      {"(sysdatetimeoffset())", "(now())"},                                      // 17
      {"(CONVERT([date],getdate()))", "(today())"},                              // 18
      {"(CONVERT([date],getdate(),0))", "(today())"},                            //
      {"(CONVERT([date],sysdatetime()))", "(today())"},                          //
      {"('2020-01-01')", "'2020-01-01'"},                                        // 19
      {"('1970-01-01T00:00:00.0000000')", "'1970-01-01T00:00:00.0000000'"},      // 20
      {"(CONVERT([datetime2],'9999-12-31 23:59:59.9999999'))",                   // 21
       "(cast-datetime2 '9999-12-31 23:59:59.9999999')"},                        //
      {"(newid())", "(new_uuid())"},                                             // 22
      {"(newsequentialid())", "(new_sequential_uuid())"},                        // 23
      {"(NEXT VALUE FOR [MinhaSequencia])", "(next_value() 'MinhaSequencia')"},  // 24
      {"(NEXT VALUE FOR [s].[q])", "(next_value() 's.q')"},                      //
      {"(NEXT VALUE FOR [db].[s].[a]]b])", "(next_value() 's.a]b')"},            //
      {"(user_name())", "(current_user())"},                                     // 25
      {"(suser_sname())", "(current_user())"},                                   //
      {"(0x00)", "x'00'"},                                                       // 26
      {"(N'{}')", "'{}'"},                                                       // 27
      {"(NULL)", "null"},                                                        // 28
      {"('ok')", "'ok'"},                                                        // 54
  });
}

TEST_CASE("SQL Server's checks and predicates are read as their catalog prints them") {
  check_rows({
      {"([a]=(3) OR [a]=(2) OR [a]=(1))", "(or (= a 3) (= a 2) (= a 1))"},  // 29
      {"(upper([Class])='H' OR upper([Class])='M' OR [Class] IS NULL)",
       "(or (= (upper() Class) 'H') (= (upper() Class) 'M') (is-null Class))"},
      {"([h]='b' OR [h]='a')", "(or (= h 'b') (= h 'a'))"},                                // 30
      {"(NOT ([a]=(2) OR [a]=(1)))", "(not (or (= a 2) (= a 1)))"},                        // 31
      {"([h]='x')", "(= h 'x')"},                                                          // 32
      {"([Status]>=(1) AND [Status]<=(3))", "(and (>= Status 1) (<= Status 3))"},          // 33
      {"([ListPrice]>=(0.00))", "(>= ListPrice 0.00)"},                                    // 34
      {"([h]<>'')", "(<> h '')"},                                                          // 35
      {"(len([x])>(0))", "(> (length() x 'trailing blanks do not count') 0)"},             // 36
      {"([h] like 'a%')", "(like h 'a%')"},                                                // 37
      {"(NOT [Color] like '%[^A-Z_ ]%')", "(not (like Color '%[^A-Z_ ]%'))"},              // 38
      {"([a] IS NOT NULL OR [n] IS NULL)", "(or (not (is-null a)) (is-null n))"},          // 40
      {"([h] IS NULL OR [h]='x')", "(or (is-null h) (= h 'x'))"},                          // 41
      {"([b]=(1))", "(= b 1)"},                                                            // 42
      {"([b]=(0) OR [a]>(0))", "(or (= b 0) (> a 0))"},                                    //
      {"([a]%(2)=(0))", "(= (% a 2) 0)"},                                                  // 43
      {"(isnull([a],(0))>(0))", "(> (coalesce() a 0) 0)"},                                 // 44
      {"(coalesce([a],[b]) IS NOT NULL)", "(not (is-null (coalesce() a b)))"},             //
      {"(case when [a]>(0) then (1) else (0) end=(1))", "(= (case (> a 0) 1 0) 1)"},       // 45
      {"(isjson([c])>(0))", "(is_json() c)"},                                              // 46
      {"(isjson([c])=(1))", "(is_json() c)"},                                              //
      {"((1)=isjson([c]))", "(is_json() c)"},                                              //
      {"(isjson([c])=(0))", "(not (is_json() c))"},                                        //
      {"(isjson([c])>(1))", "(> (isjson() c) 1)"},                                         //
      {"([dbo].[fn]([a])=(2))", "(= (dbo.fn() a) 2)"},                                     // 47
      {"([NormalizedName] IS NOT NULL)", "(not (is-null NormalizedName))"},                // 48
      {"([IsDefault]=(1))", "(= IsDefault 1)"},                                            // 49
      {"([a]>(0) AND [h] IS NOT NULL AND [b]=(1))",                                        // 50
       "(and (> a 0) (not (is-null h)) (= b 1))"},                                         //
      {"([h] IN ('a', 'b'))", "(in h 'a' 'b')"},                                           // 51
      {"([a]*(2))", "(* a 2)"},                                                            // 52
      {"(charindex('@',[h])>(0))", "(> (position() '@' h) 0)"},                            // 54a
      {"(datepart(year,getdate())>(0))", "(> (extract() 'year' (now() 'no offset')) 0)"},  //
      {"(CONVERT([varchar](5),[h])='x')", "(= (cast-\"varchar(5)\" h) 'x')"},              // 54b
      {"(datalength([h])<=(8000))", "(<= (octet_length() h) 8000)"},                       //
      {"([a] NOT IN ((1),(2)))", "(not (in a 1 2))"},                                      //
      {"([a] BETWEEN (1) AND (5) AND [b]=(1))", "(and (between a 1 5) (= b 1))"},          //
      {"([a] NOT BETWEEN (1) AND (5))", "(not (between a 1 5))"},                          //
      {"([a] NOT LIKE N'x!%%' ESCAPE '!')", "(not (like a 'x!%%' '!'))"},                  //
      {"([a] IS DISTINCT FROM [b])", "(distinct_from a b)"},                               //
      {"([a] IS NOT DISTINCT FROM (1)+(2))", "(not (distinct_from a (+ 1 2)))"},           //
      {"([a] COLLATE Latin1_General_CI_AS='x')", "(= (collate a 'Latin1_General_CI_AS') 'x')"},
  });
}

TEST_CASE("SQL Server's keywords and functions are read in any case, names keep theirs") {
  check_rows({
      {"(GETDATE())", "(now() 'no offset')"},
      {"(GetUtcDate())", "(utc_now() 'no offset')"},
      {"([A] Is Not Null And [B] LIKE 'x')", "(and (not (is-null A)) (like B 'x'))"},
      {"(ISNULL([A],N'') <> n'')", "(<> (coalesce() A '') '')"},
      {"(convert([DATE],GETDATE()))", "(today())"},
      {"(Convert(NVarChar(MAX),[a]))", "(cast-\"nvarchar(max)\" a)"},
      {"(CASE WHEN [A]=(1) THEN 'x' ELSE 'y' END)", "(case (= A 1) 'x' 'y')"},
      {"(0XaBcDeF)", "x'abcdef'"},
      {"(next value for [dbo].[Q])", "(next_value() 'dbo.Q')"},
  });
}

TEST_CASE("SQL Server's literals are read by value") {
  check_rows({
      {"1e5", "1e5"},
      {"1.5E-3", "1.5E-3"},
      {"(.5)", ".5"},
      {"($1.50)", "1.50"},
      {"(-($1.50))", "-1.50"},
      {"(0x)", "x''"},
      {"(0xF)", "x'0f'"},
      {"-1", "-1"},
      {"- - 1", "1"},
      {"(-(-(-(1))))", "-1"},
      {"+(1)", "1"},
      {"-[a]", "(- a)"},
      {"-(1)*(2)", "(* -1 2)"},
      {"(2)-(1)", "(- 2 1)"},
      {"(2)- -(1)", "(- 2 -1)"},
      {"'a''''b'", "'a''''b'"},
      {"N'größe 🔑'", "'größe 🔑'"},
      {"'two\nlines'", "'two\nlines'"},
      {"'a\\'", "'a\\'"},
      {"'-- /* no comment */'", "'-- /* no comment */'"},
  });
}

TEST_CASE("SQL Server's names lose brackets, quotes and what qualifies a column") {
  check_rows({
      {"[a]]b]", "\"a]b\""},
      {"\"a\"\"b\"", "\"a\"\"b\""},
      {"[my col]", "\"my col\""},
      {"[dbo].[t].[c]", "c"},
      {"t.c", "c"},
      {"größe", "größe"},
      {"[user]", "user"},
      {"[null]", "\"null\""},
      {"#t$1@x", "\"#t$1@x\""},
      {"[sys].[fn_x](1)", "(fn_x() 1)"},
      {"db.dbo.Fn([a],N'b')", "(dbo.fn() a 'b')"},
      {"db..fn()", "(fn())"},
      {"[Sales].[my fn]()", "(\"sales.my fn\"())"},
      {"([geom].[STIsValid]()=(1))", "(= (geom.stisvalid()) 1)"},
      {"[geography]::[Point]([x],[y],(4326))", "(\"geography::point\"() x y 4326)"},
      {"(@@SPID)", "(\"@@spid\"())"},
  });
}

TEST_CASE("SQL Server's operators bind as T-SQL says") {
  check_rows({
      {"[a]+[b]*[c]", "(+ a (* b c))"},
      {"([a]+[b])*[c]", "(* (+ a b) c)"},
      {"[a]-[b]-[c]", "(- (- a b) c)"},
      {"[a]-([b]-[c])", "(- a (- b c))"},
      {"[a]&(1)=(0)", "(= (& a 1) 0)"},
      {"[a]|[b]^[c]", "(# (| a b) c)"},
      {"~[a]&(1)", "(& (~ a) 1)"},
      {"~~[a]", "(~ (~ a))"},
      {"[a]||[b]", "(|| a b)"},
      {"[a]<<(2)>(1)", "(> (<< a 2) 1)"},
      {"[a]=(1) OR [b]=(2) AND [c]=(3)", "(or (= a 1) (and (= b 2) (= c 3)))"},
      {"([a]=(1) OR [b]=(2)) AND [c]=(3)", "(and (or (= a 1) (= b 2)) (= c 3))"},
      {"NOT [a]=(1) AND [b]=(2)", "(and (not (= a 1)) (= b 2))"},
      {"NOT NOT [a]=(1)", "(not (not (= a 1)))"},
      {"[a]=(1) AND ([b]=(2) AND [c]=(3))", "(and (= a 1) (= b 2) (= c 3))"},
      {"([a]=(1) OR [b]=(2)) OR ([c]=(3) OR [d]=(4))", "(or (= a 1) (= b 2) (= c 3) (= d 4))"},
      {"[a]+[b] like 'x'+'%'", "(like (+ a b) (+ 'x' '%'))"},
      {"[a] COLLATE Latin1_General_BIN2+'x'", "(+ (collate a 'Latin1_General_BIN2') 'x')"},
      {"[a] AT TIME ZONE 'UTC' AT TIME ZONE [z]", "(at_time_zone (at_time_zone a 'UTC') z)"},
      {"getdate() AT TIME ZONE 'UTC'", "(at_time_zone (now() 'no offset') 'UTC')"},
  });
}

TEST_CASE("SQL Server's comparison operators are read in every spelling") {
  check_rows({
      {"[a]!=(1)", "(<> a 1)"},
      {"[a]! =(1)", "(<> a 1)"},
      {"[a]!<(1)", "(>= a 1)"},
      {"[a]!>(1)", "(<= a 1)"},
      {"[a]< =(1)", "(<= a 1)"},
      {"[a]>\n=(1)", "(>= a 1)"},
      {"[a]<\t>(1)", "(<> a 1)"},
      {"[a]<-1", "(< a -1)"},
      {"[a]>~[b]", "(> a (~ b))"},
      {"[a] -- why\n = /* a /* nested */ one */ (1)", "(= a 1)"},
  });
}

TEST_CASE("SQL Server's CASE is read in both forms") {
  check_rows({
      {"case when [a]>(0) then 'p' when [a]<(0) then 'n' end", "(case (> a 0) 'p' (< a 0) 'n' null)"},
      {"case [a] when (1) then 'x' when (2) then 'y' else 'z' end", "(case (= a 1) 'x' (= a 2) 'y' 'z')"},
      {"case when [a]=(1) then case [b] when (1) then (2) end else (3) end", "(case (= a 1) (case (= b 1) 2 null) 3)"},
      {"iif([a]>(0),(1),(0))", "(case (> a 0) 1 0)"},
  });
}

TEST_CASE("SQL Server's casts keep type and style") {
  check_rows({
      {"CONVERT([decimal](18,2),[a])", "(cast-\"decimal(18,2)\" a)"},
      {"CAST([a] AS decimal ( 18 , 2 ))", "(cast-\"decimal(18,2)\" a)"},
      {"CONVERT([varbinary](max),[a])", "(cast-\"varbinary(max)\" a)"},
      {"CONVERT([dbo].[Money],[a])", "(cast-dbo.money a)"},
      {"CONVERT([sys].[int],[a])", "(cast-int a)"},
      {"CONVERT([varchar](30),[d],(126))", "(convert() (cast-\"varchar(30)\" d) 126)"},
      {"CONVERT([nvarchar](23),[d],(0))", "(convert() (cast-\"nvarchar(23)\" d) 0)"},
      {"CONVERT([nvarchar](23),[d],0)", "(cast-\"nvarchar(23)\" d)"},  // 2008's way of printing none
      {"TRY_CONVERT([int],[d],0)", "(try_cast() (cast-int d))"},
      {"CONVERT([date],getdate(),(112))", "(today())"},
      {"CONVERT([date],[text],(112))", "(convert() (cast-date text) 112)"},
      {"TRY_CAST([a] AS [int])", "(try_cast() (cast-int a))"},
      {"TRY_CONVERT([int],[a])", "(try_cast() (cast-int a))"},
      {"TRY_CONVERT([date],[a],(112))", "(try_convert() (cast-date a) 112)"},
      {"PARSE([a] AS [date] USING 'de-DE')", "(parse() (cast-date a) 'de-DE')"},
      {"TRY_PARSE([a] AS [date])", "(try_parse() (cast-date a))"},
  });
}

TEST_CASE("SQL Server's types without a length get the one that T-SQL means") {
  check_rows({
      {"CONVERT([varchar],[a])", "(cast-\"varchar(30)\" a)"},
      {"CONVERT([decimal],[a])", "(cast-\"decimal(18,0)\" a)"},
      {"CAST([a] AS [nchar])", "(cast-\"nchar(30)\" a)"},
      {"CONVERT([int],[a])", "(cast-int a)"},
      {"CAST(a AS varchar)", "(cast-varchar a)"},  // Babelfish: unlimited
  });
}

TEST_CASE("SQL Server's date functions name their field as PostgreSQL does where it is the same") {
  check_rows({
      {"year([d])", "(extract() 'year' d)"},
      {"datepart(yy,[d])", "(extract() 'year' d)"},
      {"datepart(ss,[d])", "(extract() 'tsql_second' d)"},
      {"datepart(ms,[d])", "(extract() 'tsql_millisecond' d)"},
      {"datepart(microsecond,[d])", "(extract() 'tsql_microsecond' d)"},
      {"log([a])", "(ln() a)"},
      {"log10([a])", "(log10() a)"},
      {"log([a],(2))", "(log() 2 a)"},
      {"datepart(dayofyear,[d])", "(extract() 'doy' d)"},
      {"datepart(iso_week,[d])", "(extract() 'week' d)"},
      {"datepart(ww,[d])", "(extract() 'tsql_week' d)"},
      {"datepart(dw,[d])", "(extract() 'weekday' d)"},
      {"dateadd(dd,(1),getdate())", "(dateadd() 'day' 1 (now() 'no offset'))"},
      {"dateadd(week,-(1),[d])", "(dateadd() 'week' -1 d)"},
      {"datediff(mi,[a],[b])", "(datediff() 'minute' a b)"},
      {"datename(month,[d])", "(datename() 'month' d)"},
  });
}

TEST_CASE("SQL Server's other functions keep their names, or get the common one") {
  check_rows({
      {"CURRENT_USER", "(current_user())"},
      {"SESSION_USER", "(current_user())"},
      {"SYSTEM_USER", "(current_user())"},
      {"USER", "(current_user())"},
      {"original_login()", "(current_user())"},
      {"user_name((1))", "(user_name() 1)"},
      {"charindex('x',[a],(3))", "(charindex() 'x' a 3)"},
      {"TRIM('.' FROM [a])", "(trim() a '.')"},
      {"TRIM(LEADING '0' FROM [a])", "(ltrim() a '0')"},
      {"trim(both N'x' from [a])", "(trim() a 'x')"},
      {"trim([a])", "(trim() a)"},
      {"substring([a],(1),(3))", "(substring() a 1 3)"},
      {"left([a],(3))+right([a],(3))", "(+ (left() a 3) (right() a 3))"},
      {"NEXT VALUE FOR [s].[q] OVER (ORDER BY [a] DESC,[b])", "(next_value() 's.q' (over() (desc() a) b))"},
      {"unheard_of([a],'b')", "(unheard_of() a 'b')"},
  });
}

TEST_CASE("What SQL Server's expression reader does not understand, it says with the offset") {
  check_rows({
      {"", "not understood: the expression is empty"},
      {" \n", "not understood: the expression is empty"},
      {"()", "not understood: at offset 1: met \")\", expected a value"},
      {"([a]=(1)", "not understood: at offset 8: met the end, expected \")\""},
      {"([a]=(1)))", "not understood: at offset 9: met \")\", expected an operator or the end"},
      {"[a] [b]", "not understood: at offset 4: met \"[b]\", expected an operator or the end"},
      {"([a]=(1) AND)", "not understood: at offset 12: met \")\", expected a value"},
      {"[a] IN ()", "not understood: at offset 8: met \")\", expected a value"},
      {"[a] BETWEEN 1", "not understood: at offset 13: met the end, expected the word and"},
      {"[a]=[b]=[c]", "not understood: at offset 7: met \"=\", expected an operator or the end"},
      {"CONVERT([int])", "not understood: at offset 13: met \")\", expected \",\""},
      {"CONVERT([varchar](x),[a])", "not understood: at offset 18: met \"x\", expected a length, a precision or max"},
      {"case [a] end", "not understood: at offset 9: met \"end\", expected WHEN"},
      {"[]", "not understood: at offset 0: met \"[]\", expected a name"},
      {"([a]=(1));", "not understood: at offset 9: met \";\", byte 59, which has no meaning in an expression"},
      {"'x", "not understood: at offset 0: a string without end"},
      {"[a]='it's'", "not understood: at offset 9: a string without end"},
      {"[a", "not understood: at offset 0: a name in quotes without end"},
      {"\"a", "not understood: at offset 0: a name in quotes without end"},
      {"1 /* 2", "not understood: at offset 2: a /* comment without end"},
      {"[a]=@x", "not understood: at offset 4: a variable, which no stored expression has"},
      {"[a] IN (SELECT 1)",
       "not understood: at offset 8: met \"SELECT\", expected a value: queries inside of an expression are not "
       "understood"},
      {"[a]>ANY (1)",
       "not understood: at offset 4: met \"ANY\", expected a value: with this operator a list is not understood"},
      {"größe \x01", "not understood: at offset 8: met \"?\", byte 1, which has no meaning in an expression"},
      {"1 \xC3\xA4\x7F", "not understood: at offset 4: met \"?\", byte 127, which has no meaning in an expression"},
  });
  CHECK(read(std::string_view("1\0", 2)) ==
        "not understood: at offset 1: met \"?\", byte 0, which has no meaning in an expression");
}

TEST_CASE("A problem of SQL Server's expression reader is short and printable whatever it met") {
  const std::string text = "1 " + repeated("\xFFn", 5000);
  const std::string problem = read(text);
  CHECK(problem.size() < 150);
  for (const char c : problem) CHECK((c >= ' ' && c <= '~'));
}

TEST_CASE("SQL Server's expression reader keeps bytes that are not UTF-8") {
  const ReadExpression result = SqlServerExpressionReader().read("[\xFF\xFE]=N'\xC3\x28\x80'");
  REQUIRE(result.tree);
  CHECK(result.tree->children[0].text == "\xFF\xFE");
  CHECK(result.tree->children[1].text == "\xC3\x28\x80");
  const ReadExpression with_nul = SqlServerExpressionReader().read(std::string_view("'a\0b'", 5));
  REQUIRE(with_nul.tree);
  CHECK(with_nul.tree->text == std::string("a\0b", 3));
}

TEST_CASE("SQL Server's expression reader takes long lists and refuses what is longer than its limit") {
  std::string list = "([a] IN ((0)";
  std::size_t count = 1;
  for (; list.size() < 100'000; ++count) list += ",(" + std::to_string(count) + ")";
  list += "))";
  const ReadExpression wide = SqlServerExpressionReader().read(list);
  REQUIRE(wide.tree);
  CHECK(wide.tree->children.size() == count + 1);

  const ReadExpression alternatives = SqlServerExpressionReader().read("[a]=1" + repeated(" OR [a]=1", 100'000));
  REQUIRE(alternatives.tree);
  CHECK(alternatives.tree->children.size() == 100'001);
  CHECK(depth(*alternatives.tree) == 3);

  const std::string longest = "'" + std::string(kExpressionBytesMax - 2, 'x') + "'";
  CHECK(SqlServerExpressionReader().read(longest).tree.has_value());
  CHECK(read(longest + " ") == "not understood: the expression has 1048577 bytes; up to 1048576 are read");
}

TEST_CASE("SQL Server's expression reader refuses deep nesting of every kind") {
  struct Nest {
    std::string_view open, inner, close;
  };
  const std::vector<Nest> nests = {
      {"(", "1", ")"},
      {"NOT ", "[a]=1", ""},
      {"- ", "[a]", ""},
      {"~", "[a]", ""},
      {"", "[a]", "+1"},
      {"", "[a]", " COLLATE x"},
      {"", "a", "::int"},
      {"", "[a]", " AT TIME ZONE 'x'"},
      {"f(", "1", ")"},
      {"CONVERT([int],", "1", ")"},
      {"CAST(", "1", " AS int)"},
      {"case when 1=1 then ", "1", " end"},
      {"case ", "1", " when 1 then 1 end"},
      {"a = ANY (ARRAY[", "1", "])"},
      {"1 or 1 and not 1=1+1*(", "1", ")"},
      {"trim(", "1", ")"},
      {"(", "", ""},
      {"case ", "", ""},
  };
  for (const Nest& nest : nests) {
    const std::string open(nest.open), close(nest.close);
    CAPTURE(open);
    CAPTURE(close);
    for (const std::size_t levels : {10'000u, 50'000u}) {
      const std::string text = repeated(open, levels) + std::string(nest.inner) + repeated(close, levels);
      if (text.size() > kExpressionBytesMax) continue;
      const std::string result = read(text);
      CHECK(result.find("nested more than 256 levels deep") != std::string::npos);
    }
    if (nest.inner.empty()) continue;
    const std::string modest = repeated(open, 30) + std::string(nest.inner) + repeated(close, 30);
    CHECK(SqlServerExpressionReader().read(modest).tree.has_value());
  }
}

TEST_CASE("SQL Server's expression reader makes no tree deeper than the limit") {
  const SqlServerExpressionReader reader;
  int deepest = 0;
  for (std::size_t levels = 200; levels < 300; ++levels) {
    // Each becomes two levels: try_cast and the cast.
    for (const std::string& text :
         {"1" + repeated("+1", levels),
          repeated("babelfish_try_cast_floor_int(", levels / 2) + "a" + repeated(")", levels / 2)}) {
      const ReadExpression result = reader.read(text);
      CHECK(result.tree.has_value() == result.problem.empty());
      if (result.tree) deepest = std::max(deepest, depth(*result.tree));
    }
  }
  CHECK(deepest > kExpressionDepthMax - 3);
  CHECK(deepest <= kExpressionDepthMax);
}

TEST_CASE("SQL Server's expression reader does not grow what CASE repeats beyond its limit") {
  // Each level doubles its operand: without a limit 2^60 nodes.
  std::string text = "[a]";
  for (int level = 0; level < 60; ++level) text = "case " + text + " when 1 then 1 when 2 then 2 end";
  CHECK(read(text).find("would be repeated too often") != std::string::npos);

  const std::string big = "case '" + std::string(100'000, 'x') + "'" + repeated(" when 'a' then 1", 20'000) + " end";
  CHECK(read(big).find("would be repeated too often") != std::string::npos);

  const std::string cast = "a = ANY ((ARRAY[1" + repeated(",1", 50'000) + "])::[" + std::string(100'000, 't') + "][])";
  CHECK(read(cast).find("would be repeated too often") != std::string::npos);
}

TEST_CASE("SQL Server's expression reader gives the same answer for many at once and from several threads") {
  const std::vector<std::string_view> printed = {"((0))", "'x", "(getdate())", "", "([a]=(1) OR [a]=(2))"};
  const SqlServerExpressionReader reader;
  std::vector<std::vector<ReadExpression>> results(4);
  std::vector<std::thread> threads;
  for (std::vector<ReadExpression>& result : results)
    threads.emplace_back([&reader, &printed, &result] { result = reader.read_all(printed); });
  for (std::thread& thread : threads) thread.join();
  for (const std::vector<ReadExpression>& result : results) {
    REQUIRE(result.size() == printed.size());
    for (std::size_t i = 0; i < printed.size(); ++i) {
      const ReadExpression single = reader.read(printed[i]);
      CHECK(result[i].tree == single.tree);
      CHECK(result[i].problem == single.problem);
    }
  }
}
