#pragma once

#include <cstddef>
#include <cstdint>
#include <string>
#include <vector>

#include "backends/dialect.h"
#include "backends/dml_writer.h"

namespace paripassu {

/// `INSERT … VALUES`, written once: cuts rows into statements of limits::kInsertRowsMax and kInsertBytesMax, and at
/// every row where an identity value begins or ends to be given, since neither engine takes both in one statement
/// without a value of the counter meeting a given one. Likewise the conditions by which rows are changed and fetched.
class ValuesDmlWriter : public DmlWriter {
 public:
  std::vector<std::string> insert(const std::string& schema, const std::string& table,
                                  const std::vector<DmlColumn>& columns,
                                  const std::vector<std::vector<Value>>& rows) const final;
  std::string update(const std::string& schema, const std::string& table, const std::vector<DmlColumn>& columns,
                     const std::vector<Value>& values, const std::vector<DmlColumn>& key,
                     const std::vector<Cell>& key_values) const final;
  std::string remove(const std::string& schema, const std::string& table, const std::vector<DmlColumn>& key,
                     const std::vector<Cell>& key_values) const final;
  std::string remove_copies(const std::string& schema, const std::string& table, const std::vector<DmlColumn>& columns,
                            const std::vector<Cell>& values, std::uint64_t copies) const final;
  std::string key_condition(const std::vector<DmlColumn>& key, const std::vector<std::vector<Cell>>& keys) const final;

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

  /// `value` as a literal that is compared with `compared_name` without converting the column, which would keep its
  /// index from being used.
  virtual std::string compared_literal(const catalog::Type& type, const std::string& value) const = 0;
  /// The column `name`, which is quoted, or what is compared for it where it has no useful comparison of its own.
  virtual std::string compared_name(const std::string& name, const catalog::Type& type) const = 0;
  /// A condition that is true for exactly this value of the column `name`, which is quoted. `in_key`: the type can be
  /// compared, and an index on the column should be used.
  virtual std::string same_value(const std::string& name, const catalog::Type& type, const std::string& value,
                                 bool in_key) const = 0;
  /// DELETE of so many of the rows that the condition selects. `table` is quoted.
  virtual std::string delete_some(const std::string& table, const std::string& condition,
                                  std::uint64_t copies) const = 0;

 private:
  std::string same_values(const std::vector<DmlColumn>& columns, const std::vector<Cell>& values, bool in_key) const;

  std::string tuple(const std::vector<DmlColumn>& columns, const std::vector<std::size_t>& written,
                    const std::vector<Value>& row) const;
};

}  // namespace paripassu
