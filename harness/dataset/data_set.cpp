#include "harness/dataset/data_set.h"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstdint>
#include <cstring>
#include <filesystem>
#include <fstream>
#include <unordered_set>

#include "backends/limits.h"
#include "harness/dataset/data_set_toml.h"
#include "harness/dataset/value_text.h"
#include "harness/project/toml_reader.h"

namespace paripassu {

namespace {

constexpr std::string_view kByteOrderMark = "\xEF\xBB\xBF";

/// Offset of the first byte that is not UTF-8 (RFC 3629), or the size.
std::size_t find_no_utf8(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  std::size_t i = 0;
  while (i < text.size()) {
    std::uint64_t word = 0;
    if (i + sizeof word <= text.size()) {
      std::memcpy(&word, text.data() + i, sizeof word);
      if ((word & 0x8080808080808080u) == 0) {
        i += sizeof word;
        continue;
      }
    }
    const unsigned lead = byte(i);
    if (lead < 0x80) {
      ++i;
      continue;
    }
    const std::size_t length = lead >= 0xF0 ? 4 : lead >= 0xE0 ? 3 : 2;
    if (lead < 0xC2 || lead > 0xF4 || i + length > text.size()) return i;
    for (std::size_t k = 1; k < length; ++k)
      if ((byte(i + k) & 0xC0u) != 0x80u) return i;
    const unsigned second = byte(i + 1);
    const bool wrong = (lead == 0xE0 && second < 0xA0) || (lead == 0xED && second > 0x9F) ||
                       (lead == 0xF0 && second < 0x90) || (lead == 0xF4 && second > 0x8F);
    if (wrong) return i;
    i += length;
  }
  return i;
}

class CsvReader {
 public:
  CsvReader(std::string_view text, const std::string& file) : text_(text), file_(file) {
    if (text_.starts_with(kByteOrderMark)) text_.remove_prefix(kByteOrderMark.size());
    const std::size_t wrong = find_no_utf8(text_);
    if (wrong < text_.size()) {
      const std::string_view before = text_.substr(0, wrong);
      line_ = 1 + static_cast<int>(std::count(before.begin(), before.end(), '\n'));
      const std::size_t line_end = before.rfind('\n');
      line_begin_ = line_end == std::string_view::npos ? 0 : line_end + 1;
      throw error(wrong, "the file is not UTF-8").with_remedy("write it as UTF-8");
    }
  }

  DataTable read(const std::string& table) {
    DataTable result;
    result.name = table;
    result.position = {file_, 1, 1};
    read_header(result);
    while (at_ < text_.size()) {
      if (result.rows.size() == limits::kTestRowsMax)
        throw Error(ErrorCategory::resources, fmt::format("more than {} rows", limits::kTestRowsMax))
            .with_position({file_, line_, 1})
            .with_remedy("test data is kept whole in memory: leave rows out, or load them with SQL");
      DataTable::Row& row = result.rows.emplace_back();
      row.position = {file_, line_, 1};
      row.values.reserve(result.columns.size());
      do {
        row.values.emplace_back(std::in_place, read_cell());
        if (row.values.size() > result.columns.size()) throw too_many_cells(result.columns.size());
      } while (!at_row_end());
      if (row.values.size() < result.columns.size())
        throw Error(ErrorCategory::configuration,
                    fmt::format("a row of {} {} where the first line names {} columns", row.values.size(),
                                row.values.size() == 1 ? "cell" : "cells", result.columns.size()))
            .with_position(row.position)
            .with_remedy("an empty cell is NULL; it needs its comma all the same, and there are no blank lines");
    }
    return result;
  }

 private:
  Error error(std::size_t at, const std::string& message) const {
    const std::size_t column = dataset::count_characters(text_.substr(line_begin_, at - line_begin_)) + 1;
    Error result(ErrorCategory::configuration, message);
    result.with_position({file_, line_, static_cast<int>(column)});
    return result;
  }

  Error too_many_cells(std::size_t columns) const {
    return error(cell_begin_, fmt::format("more cells than the first line names columns ({})", columns))
        .with_remedy("put a value that holds a comma into double quotes");
  }

  void read_header(DataTable& table) {
    if (text_.empty())
      throw Error(ErrorCategory::configuration, "the file is empty: its first line must name the columns")
          .with_position({file_, 1, 1});
    std::unordered_set<std::string> names;
    do {
      const Cell name = read_cell();
      if (!name || name->empty())
        throw error(cell_begin_, "a column without a name").with_remedy("the first line must name the columns");
      if (!names.insert(*name).second) throw error(cell_begin_, "column '" + printable(*name) + "' comes twice");
      table.columns.push_back(*name);
    } while (!at_row_end());
  }

  Cell read_cell() {
    cell_begin_ = at_;
    if (at_ < text_.size() && text_[at_] == '"') return read_quoted();
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == ',' || c == '\n') break;
      if (c == '\r') {
        if (at_ + 1 < text_.size() && text_[at_ + 1] == '\n') break;
        throw error(at_, "a carriage return without a line feed")
            .with_remedy("end lines with a line feed, or put the value into double quotes");
      }
      if (c == '"')
        throw error(at_, "a double quote inside a value without quotes")
            .with_remedy("put the whole value into double quotes, and write the quote twice");
      if (c == '\0') throw error(at_, "a NUL character").with_remedy("write the file as UTF-8");
      ++at_;
    }
    if (at_ == cell_begin_) return std::nullopt;
    return std::string(text_.substr(cell_begin_, at_ - cell_begin_));
  }

  Cell read_quoted() {
    const SourcePosition begin = error(at_, "").position();
    std::string value;
    for (++at_;;) {
      const std::size_t quote = text_.find('"', at_);
      const std::string_view part = text_.substr(at_, quote - at_);
      if (quote == std::string_view::npos)
        throw Error(ErrorCategory::configuration, "the double quote that begins this value is not closed")
            .with_position(begin);
      value += part;
      for (std::size_t i = part.find('\n'); i != std::string_view::npos; i = part.find('\n', i + 1)) {
        ++line_;
        line_begin_ = at_ + i + 1;
      }
      at_ = quote + 1;
      if (at_ == text_.size() || text_[at_] != '"') break;
      value += '"';
      ++at_;
    }
    const char c = at_ < text_.size() ? text_[at_] : '\n';
    if (c != ',' && c != '\n' && !text_.substr(at_).starts_with("\r\n"))
      throw error(at_, "text behind the closing double quote of a value")
          .with_remedy("write a double quote inside a value twice");
    return value;
  }

  /// Takes the separator behind a cell. True behind the last one of a row.
  bool at_row_end() {
    if (at_ < text_.size() && text_[at_] == ',') {
      ++at_;
      return false;
    }
    if (at_ < text_.size() && text_[at_] == '\r') ++at_;
    if (at_ < text_.size()) ++at_;
    ++line_;
    line_begin_ = at_;
    return true;
  }

  std::string_view text_;
  std::string file_;
  std::size_t at_ = 0;
  std::size_t line_begin_ = 0;
  std::size_t cell_begin_ = 0;
  int line_ = 1;
};

void append_cell(std::string& out, std::string_view value) {
  constexpr std::string_view kNeedQuotes("\",\r\n\0", 5);
  const bool quoted = value.empty() || value.find_first_of(kNeedQuotes) != std::string_view::npos ||
                      value.front() == ' ' || value.back() == ' ' || value.starts_with(kByteOrderMark);
  if (!quoted) {
    out += value;
    return;
  }
  out += '"';
  for (const char c : value) {
    if (c == '"') out += c;
    out += c;
  }
  out += '"';
}

std::string read_bytes(const std::string& file) {
  const auto unreadable = [&](const std::string& why) {
    return Error(ErrorCategory::configuration, "cannot read the data file: " + why).with_position({file, 0, 0});
  };
  std::error_code code;
  const std::filesystem::file_status status = std::filesystem::status(file, code);
  if (status.type() == std::filesystem::file_type::not_found) throw unreadable("there is no such file");
  if (code) throw unreadable(code.message());
  if (std::filesystem::is_directory(status)) throw unreadable("it is a folder");
  errno = 0;
  std::ifstream in(file, std::ios::binary);
  if (!in) throw unreadable(errno != 0 ? std::strerror(errno) : "it cannot be opened");
  std::string bytes;
  std::array<char, 64 * 1024> piece;
  while (in) {
    in.read(piece.data(), piece.size());
    bytes.append(piece.data(), static_cast<std::size_t>(in.gcount()));
    if (bytes.size() > limits::kScriptBytesMax)
      throw unreadable(fmt::format("it is larger than {} MiB", limits::kScriptBytesMax >> 20));
  }
  if (in.bad()) throw unreadable(errno != 0 ? std::strerror(errno) : "reading failed");
  return bytes;
}

}  // namespace

DataTable read_csv(std::string_view text, const std::string& file, const std::string& table) {
  return CsvReader(text, file).read(table);
}

DataSet read_data_file(const std::string& file) {
  const std::filesystem::path path(file);
  const std::string extension = path.extension().string();
  if (extension == ".toml") return dataset::read_toml_data(read_bytes(file), file);
  const std::string stem = path.stem().string();
  const std::string table = stem.substr(stem.rfind('.') + 1);  // npos + 1 is 0
  if (extension != ".csv" || table.empty())
    throw Error(ErrorCategory::configuration, "'" + printable(path.filename().string()) + "' is no data file")
        .with_position({file, 0, 0})
        .with_remedy("name it <table>.csv, or anything that ends in .toml");
  DataSet result;
  result.tables.push_back(read_csv(read_bytes(file), file, table));
  return result;
}

std::string write_csv(const DataTable& table) {
  std::string out;
  for (std::size_t i = 0; i < table.columns.size(); ++i) {
    if (i > 0) out += ',';
    append_cell(out, table.columns[i]);
  }
  out += '\n';
  for (const DataTable::Row& row : table.rows) {
    if (row.values.size() != table.columns.size())
      throw Error(ErrorCategory::internal, "a row of '" + printable(table.name) + "' has not a value per column");
    for (std::size_t i = 0; i < row.values.size(); ++i) {
      if (!row.values[i])
        throw Error(ErrorCategory::internal, "a value of '" + printable(table.name) + "." +
                                                 printable(table.columns[i]) + "' was not given: CSV cannot say that");
      if (i > 0) out += ',';
      if (*row.values[i]) append_cell(out, **row.values[i]);
    }
    out += '\n';
  }
  return out;
}

}  // namespace paripassu
