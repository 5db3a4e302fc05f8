#pragma once

#include "backends/ddl_writer.h"

namespace paripassu::postgres {

/// For PostgreSQL 12 to 18; what needs a later one than 12 has a remark.
class PostgresDdlWriter final : public DdlWriter {
 public:
  WrittenSql own_type(const catalog::Type& type) const override;
  WrittenSql translated_type(const catalog::Type& type) const override;
  std::optional<catalog::Type> type_of_name(std::string_view name) const override;
  WrittenSql collation(const catalog::CollationMeaning& meaning) const override;
  WrittenSql expression(const catalog::ExpressionTree& tree, const ExpressionSite& site) const override;
  bool nulls_first_by_default(bool descending) const override { return descending; }
  bool keys_follow_columns() const override { return true; }
  std::string terminated(std::string_view statement) const override;
  std::vector<std::string> opening() const override { return {}; }

  Ddl create_schema(std::string_view schema) const override;
  Ddl create_sequence(std::string_view schema, const catalog::Sequence& sequence) const override;
  Ddl alter_sequence(std::string_view schema, const catalog::Sequence& before,
                     const catalog::Sequence& after) const override;
  Ddl drop_sequence(std::string_view schema, const catalog::Sequence& sequence) const override;
  Ddl create_type(std::string_view schema, const catalog::UserType& type) const override;
  Ddl create_table(const DdlTable& table) const override;
  Ddl rename_table(const DdlTable& table, std::string_view name) const override;
  Ddl drop_table(const DdlTable& table) const override;
  Ddl set_persistent(const DdlTable& table, bool persistent) const override;

  Ddl add_column(const DdlTable& table, const catalog::Column& column) const override;
  Ddl rename_column(const DdlTable& table, std::string_view before, std::string_view after) const override;
  Ddl drop_column(const DdlTable& table, const catalog::Column& column) const override;
  Ddl alter_column(const DdlTable& table, const catalog::Column& before, const catalog::Column& after) const override;
  Ddl set_default(const DdlTable& table, const catalog::Column& before, const catalog::Column& after) const override;
  Ddl drop_default(const DdlTable& table, const catalog::Column& before) const override;
  Ddl alter_identity(const DdlTable& table, const catalog::Column& before, const catalog::Column& after) const override;
  Ddl drop_computation(const DdlTable& table, const catalog::Column& before) const override;

  Ddl add_key(const DdlTable& table, const catalog::Key& key, bool primary) const override;
  bool key_is_index(const DdlTable&, const catalog::Key&) const override { return false; }
  Ddl drop_key(const DdlTable& table, const catalog::Key& key, bool primary) const override;
  Ddl add_check(const DdlTable& table, const catalog::Check& check) const override;
  Ddl drop_check(const DdlTable& table, const catalog::Check& check) const override;
  Ddl add_index(const DdlTable& table, const catalog::Index& index) const override;
  Ddl drop_index(const DdlTable& table, const catalog::Index& index) const override;
  Ddl rebuild_index(const DdlTable& table, const catalog::Index& index) const override;
  Ddl add_foreign_key(const DdlTable& table, const catalog::ForeignKey& key) const override;
  Ddl drop_foreign_key(const DdlTable& table, const catalog::ForeignKey& key) const override;
  Ddl rename_constraint(const DdlTable& table, std::string_view before, std::string_view after,
                        bool is_index) const override;
  Ddl set_comment(const CommentedObject& object, const std::optional<std::string>& before,
                  const std::optional<std::string>& after) const override;
};

}  // namespace paripassu::postgres
