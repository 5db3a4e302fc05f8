#include "tests/conformance/batches_cases.h"

namespace paripassu::conformance {

namespace {

using Value = TypeSample::Value;

std::string repeat(std::string_view text, int times) {
  std::string result;
  for (int i = 0; i < times; ++i) result += text;
  return result;
}

}  // namespace

BatchSamples postgres_batch_samples() {
  BatchSamples samples;
  samples.long_text_type = "text";
  samples.long_bytes_type = "bytea";
  samples.bytes_literal_begin = "'\\x";
  samples.bytes_literal_end = "'";
  samples.abandoning_keeps_transaction = true;
  const std::string long_number = repeat("9876543210", 30);
  samples.types = {
      {"boolean", ColumnLayout::boolean, {{"true", "true"}, {"false", "false"}}},
      {"smallint", ColumnLayout::int64, {{"-32768", "-32768"}, {"32767", "32767"}, {"0", "0"}}},
      {"integer", ColumnLayout::int64, {{"-2147483648", "-2147483648"}, {"2147483647", "2147483647"}}},
      {"bigint",
       ColumnLayout::int64,
       {{"-9223372036854775808", "-9223372036854775808"}, {"9223372036854775807", "9223372036854775807"}}},
      {"oid", ColumnLayout::int64, {{"4294967295", "4294967295"}, {"0", "0"}}},
      {"real",
       ColumnLayout::float32,
       {{"0.1", "0.1"},
        {"'3.4028235e38'", "3.4028235e+38"},
        {"'1e-45'", "1e-45"},
        {"'NaN'", "NaN"},
        {"'-Infinity'", "-Infinity"}}},
      {"double precision",
       ColumnLayout::float64,
       {{"0.1", "0.1"},
        {"'1.7976931348623157e308'", "1.7976931348623157e+308"},
        {"'5e-324'", "5e-324"},
        {"'-0'", "-0"},
        {"'NaN'", "NaN"},
        {"'Infinity'", "Infinity"}}},
      {"numeric",
       ColumnLayout::decimal,
       {{"0", "0"},
        {"0.000", "0.000"},
        {"-0.05", "-0.05"},
        {"100", "100"},
        {"10000", "10000"},
        {"100000000.0001", "100000000.0001"},
        {"0.00000000000000000001", "0.00000000000000000001"},
        {"1e-10", "0.0000000001"},
        {"1e40", "1" + repeat("0", 40)},
        {"'NaN'", "NaN"},
        {"-" + long_number + "." + long_number, "-" + long_number + "." + long_number}}},
      {"numeric(10,2)", ColumnLayout::decimal, {{"1.5", "1.50"}, {"-99999999.99", "-99999999.99"}, {"0", "0.00"}}},
      {"money", ColumnLayout::decimal, {{"'-0.5'::numeric::money", "-0.50"}, {"1234567.89::money", "1234567.89"}}},
      {"text",
       ColumnLayout::text,
       {{"''", ""},
        {"' x '", " x "},
        {"E'tab\\tline\\n\\x01'", "tab\tline\n\x01"},
        {"'\xF0\x9F\x90\x98 \xC3\xA9 \xEF\xBF\xBF'", "\xF0\x9F\x90\x98 \xC3\xA9 \xEF\xBF\xBF"}}},
      {"varchar(10)", ColumnLayout::text, {{"'0123456789'", "0123456789"}, {"''", ""}}},
      {"character(5)", ColumnLayout::text, {{"'ab'", "ab   "}, {"'\xF0\x9F\x90\x98'", "\xF0\x9F\x90\x98    "}}},
      {"name", ColumnLayout::text, {{"'pg_class'", "pg_class"}}},
      {"\"char\"", ColumnLayout::text, {{"'r'", "r"}, {"''", ""}}},
      {"json", ColumnLayout::text, {{"'{\"b\":1, \"a\": [1e2]}'", "{\"b\":1, \"a\": [1e2]}"}}},
      {"jsonb", ColumnLayout::text, {{"'{\"b\":1, \"a\": [1e2]}'", "{\"a\": [100], \"b\": 1}"}}},
      {"bytea", ColumnLayout::bytes, {{"''", "0x"}, {"'\\x00ff00'", "0x00ff00"}}},
      {"uuid",
       ColumnLayout::uuid,
       {{"'01020304-0506-0708-090A-0B0C0D0E0F10'", "01020304-0506-0708-090a-0b0c0d0e0f10"}}},
      {"date",
       ColumnLayout::date,
       {{"'2024-02-29'", "2024-02-29"},
        {"'1969-12-31'", "1969-12-31"},
        {"'0044-03-15 BC'", "-0043-03-15"},
        {"'4713-01-01 BC'", "-4712-01-01"},
        {"'5874897-12-31'", "+5874897-12-31"},
        {"'infinity'", "infinity"},
        {"'-infinity'", "-infinity"}}},
      {"time",
       ColumnLayout::time,
       {{"'00:00'", "00:00:00"}, {"'23:59:59.999999'", "23:59:59.999999"}, {"'24:00'", "24:00:00"}}},
      {"timestamp",
       ColumnLayout::timestamp,
       {{"'2024-02-29 23:59:59.5'", "2024-02-29T23:59:59.5"},
        {"'1969-12-31 23:59:59.999999'", "1969-12-31T23:59:59.999999"},
        {"'0044-03-15 12:00:00.000001 BC'", "-0043-03-15T12:00:00.000001"},
        {"'294276-12-31 23:59:59.999999'", "+294276-12-31T23:59:59.999999"},
        {"'infinity'", "infinity"},
        {"'-infinity'", "-infinity"}}},
      {"timestamptz",
       ColumnLayout::timestamp_tz,
       {{"'2024-03-01 00:30:00.25+05:30'", "2024-02-29T19:00:00.25Z"},
        {"'1999-12-31 23:59:59.999999-08'", "2000-01-01T07:59:59.999999Z"},
        {"'infinity'", "infinity"},
        {"'-infinity'", "-infinity"}}},
      // Types without a layout of their own come as text.
      {"timetz", ColumnLayout::text, {{"'12:00:00.5+05:30'", "12:00:00.5+05:30"}}},
      {"interval", ColumnLayout::text, {{"'1 year 2 mons -3 days 04:05:06.7'", "1 year 2 mons -3 days +04:05:06.7"}}},
      {"int[]", ColumnLayout::text, {{"ARRAY[[1,NULL],[2,3]]", "{{1,NULL},{2,3}}"}, {"'{}'", "{}"}}},
      {"text[]", ColumnLayout::text, {{"ARRAY['a,b', NULL, '\"', '']", "{\"a,b\",NULL,\"\\\"\",\"\"}"}}},
      {"inet", ColumnLayout::text, {{"'10.1.2.3/8'", "10.1.2.3/8"}}},
      {"bit varying(10)", ColumnLayout::text, {{"B'0101'", "0101"}}},
      {"int4range", ColumnLayout::text, {{"'[1,5)'", "[1,5)"}, {"'empty'", "empty"}}},
      {"tsvector", ColumnLayout::text, {{"'a b'", "'a' 'b'"}}},
      {"regclass", ColumnLayout::text, {{"'pg_class'", "pg_class"}}},
  };
  return samples;
}

BatchSamples sqlserver_batch_samples() {
  BatchSamples samples;
  samples.long_text_type = "nvarchar(max)";
  samples.long_bytes_type = "varbinary(max)";
  samples.bytes_literal_begin = "0x";
  samples.types = {
      {"bit", ColumnLayout::boolean, {{"1", "true"}, {"0", "false"}}},
      {"tinyint", ColumnLayout::int64, {{"0", "0"}, {"255", "255"}}},
      {"smallint", ColumnLayout::int64, {{"-32768", "-32768"}, {"32767", "32767"}}},
      {"int", ColumnLayout::int64, {{"-2147483648", "-2147483648"}, {"2147483647", "2147483647"}}},
      {"bigint",
       ColumnLayout::int64,
       {{"-9223372036854775808", "-9223372036854775808"}, {"9223372036854775807", "9223372036854775807"}}},
      {"real", ColumnLayout::float32, {{"0.1", "0.1"}, {"3.4028235e38", "3.4028235e+38"}, {"-1e-10", "-1e-10"}}},
      {"float",
       ColumnLayout::float64,
       {{"0.1", "0.1"}, {"1.7976931348623157e308", "1.7976931348623157e+308"}, {"-2.5e-300", "-2.5e-300"}}},
      {"decimal(10,2)",
       ColumnLayout::decimal,
       {{"0", "0.00"}, {"-0.05", "-0.05"}, {"99999999.99", "99999999.99"}, {"0.5", "0.50"}}},
      {"decimal(38,0)",
       ColumnLayout::decimal,
       {{"99999999999999999999999999999999999999", "99999999999999999999999999999999999999"}, {"-1", "-1"}}},
      {"decimal(38,18)",
       ColumnLayout::decimal,
       {{"-12345678901234567890.123456789012345678", "-12345678901234567890.123456789012345678"}}},
      {"money",
       ColumnLayout::decimal,
       {{"-0.5", "-0.5000"},
        {"922337203685477.5807", "922337203685477.5807"},
        {"-922337203685477.5808", "-922337203685477.5808"}}},
      {"smallmoney", ColumnLayout::decimal, {{"-214748.3648", "-214748.3648"}, {"0.01", "0.0100"}}},
      {"char(5)", ColumnLayout::text, {{"'ab'", "ab   "}}},
      {"nchar(5)", ColumnLayout::text, {{"N'\xF0\x9F\x90\x98'", "\xF0\x9F\x90\x98   "}}},
      {"varchar(10)", ColumnLayout::text, {{"'0123456789'", "0123456789"}, {"''", ""}, {"' x '", " x "}}},
      {"nvarchar(10)",
       ColumnLayout::text,
       {{"N'\xF0\x9F\x90\x98\xF0\x9F\x90\x98\xF0\x9F\x90\x98\xF0\x9F\x90\x98\xF0\x9F\x90\x98'",
         repeat("\xF0\x9F\x90\x98", 5)},
        {"N''", ""},
        {"N'\xC3\xA9 \xE6\x97\xA5\xEF\xBF\xBD'", "\xC3\xA9 \xE6\x97\xA5\xEF\xBF\xBD"}}},
      {"varchar(8000)", ColumnLayout::text, {{"'x'", "x"}, {"REPLICATE('y', 8000)", repeat("y", 8'000)}}},
      {"nvarchar(4000)", ColumnLayout::text, {{"REPLICATE(N'\xC3\xA9', 4000)", repeat("\xC3\xA9", 4'000)}}},
      {"binary(5)", ColumnLayout::bytes, {{"0x00FF00", "0x00ff000000"}}},
      {"varbinary(10)", ColumnLayout::bytes, {{"0x00FF00", "0x00ff00"}, {"0x", "0x"}}},
      {"uniqueidentifier",
       ColumnLayout::uuid,
       {{"'01020304-0506-0708-090A-0B0C0D0E0F10'", "01020304-0506-0708-090a-0b0c0d0e0f10"}}},
      {"date",
       ColumnLayout::date,
       {{"'2024-02-29'", "2024-02-29"}, {"'1753-01-01'", "1753-01-01"}, {"'9999-12-31'", "9999-12-31"}}},
      {"time(7)", ColumnLayout::time, {{"'23:59:59.999999'", "23:59:59.999999"}, {"'00:00:00'", "00:00:00"}}},
      {"time(0)", ColumnLayout::time, {{"'23:59:59'", "23:59:59"}}},
      {"datetime",
       ColumnLayout::timestamp,
       {{"'2024-02-29 23:59:59.123'", "2024-02-29T23:59:59.123"},
        {"'1753-01-01 00:00:00.003'", "1753-01-01T00:00:00.003"},
        {"'9999-12-31 23:59:59.997'", "9999-12-31T23:59:59.997"},
        {"'1969-12-31 12:00:00.007'", "1969-12-31T12:00:00.007"}}},
      {"smalldatetime", ColumnLayout::timestamp, {{"'2079-06-06 23:59:00'", "2079-06-06T23:59:00"}}},
      {"datetime2(7)",
       ColumnLayout::timestamp,
       {{"'2024-02-29 23:59:59.123456'", "2024-02-29T23:59:59.123456"},
        {"'9999-12-31 23:59:59.999999'", "9999-12-31T23:59:59.999999"}}},
      {"datetime2(0)", ColumnLayout::timestamp, {{"'2024-02-29 23:59:59'", "2024-02-29T23:59:59"}}},
      {"datetimeoffset(7)",
       ColumnLayout::timestamp_tz,
       {{"'2024-03-01 00:30:00.25 +05:30'", "2024-02-29T19:00:00.25Z"},
        {"'1999-12-31 23:59:59.999999 -08:00'", "2000-01-01T07:59:59.999999Z"},
        {"'2024-02-29 23:59:59.5 -03:30'", "2024-03-01T03:29:59.5Z"},
        {"'9999-12-31 23:59:59 +14:00'", "9999-12-31T09:59:59Z"}}},
      // What follows is read by SQLGetData, and so is all that stands behind it.
      {"varchar(max)", ColumnLayout::text, {{"''", ""}, {"'x'", "x"}}},
      {"nvarchar(max)",
       ColumnLayout::text,
       {{"REPLICATE(CAST(N'\xF0\x9F\x90\x98' AS nvarchar(max)), 50000)", repeat("\xF0\x9F\x90\x98", 50'000)}}},
      {"text", ColumnLayout::text, {{"'old'", "old"}}},
      {"ntext", ColumnLayout::text, {{"N'\xC3\xA9'", "\xC3\xA9"}}},
      {"varbinary(max)", ColumnLayout::bytes, {{"0x00FF00", "0x00ff00"}}},
      {"image", ColumnLayout::bytes, {{"0x00FF00", "0x00ff00"}}},
      {"xml", ColumnLayout::text, {{"'<a><b/></a>'", "<a><b/></a>"}}},
      {"sql_variant", ColumnLayout::text, {{"CAST(7 AS int)", "7"}, {"CAST(N'x' AS nvarchar(5))", "x"}}},
      {"int", ColumnLayout::int64, {{"5", "5"}}},
      {"datetimeoffset(3)",
       ColumnLayout::timestamp_tz,
       {{"'2024-03-01 00:30:00.25 +00:00'", "2024-03-01T00:30:00.25Z"}}},
      {"decimal(5,3)", ColumnLayout::decimal, {{"-0.125", "-0.125"}}},
  };
  return samples;
}

}  // namespace paripassu::conformance
