#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "backends/dialect.h"
#include "backends/dml_writer.h"

namespace paripassu {

/// `INSERT … VALUES`, written once: cuts rows into statements, and at every row where an identity value begins or ends
/// to be given, since neither engine takes both in one statement without a value of the counter meeting a given one.
class ValuesDmlWriter : public DmlWriter {
 public:
  /// Of one statement. SQL Server takes no more rows in a VALUES list (error 10738).
  static constexpr std::size_t kInsertRowsMax = 1'000;
  /// Of one statement; exceeded by at most one row.
  static constexpr std::size_t kInsertBytesMax = 1U << 20U;

  std::vector<std::string> insert(const std::string& schema, const std::string& table,
                                  const std::vector<DmlColumn>& columns,
                                  const std::vector<std::vector<Value>>& rows) const final;

 protected:
  /// The values that rows gave to an identity column.
  struct GivenIdentity {
    std::string column;
    std::int64_t lowest = 0;
    std::int64_t highest = 0;
  };

  virtual const Dialect& dialect() const = 0;
  /// `table` and `columns` are quoted; `tuples` is "(1, 'a'), (2, DEFAULT)". `identity_given`: `columns` has an
  /// identity column.
  virtual std::string insert_statement(const std::string& table, const std::string& columns, const std::string& tuples,
                                       bool identity_given) const = 0;
  /// What moves the counter behind the values that were given; empty: the engine does it by itself.
  virtual std::string move_counter(const std::string& schema, const std::string& table,
                                   const GivenIdentity& given) const = 0;

 private:
  std::string tuple(const std::vector<DmlColumn>& columns, const std::vector<std::size_t>& written,
                    const std::vector<Value>& row) const;
};

}  // namespace paripassu
