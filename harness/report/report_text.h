#pragma once

#include <cstddef>
#include <string>
#include <string_view>
#include <vector>

#include "harness/parity/difference.h"

/// What the writers of a report say in the same words. Private to the room. Nothing here is escaped: that is for each
/// format to do. Pointers and views live as long as the comparison.
namespace paripassu::report {

/// "1 table", "3 indexes".
std::string count_of(std::size_t count, std::string_view noun);

/// The result in one line: headline + more.
struct Verdict {
  bool differs = false;   ///< there are errors or warnings
  bool complete = false;  ///< nothing is unknown
  /// "2 differences", "No differences", "No differences in what could be read"; "No differences in what was compared"
  /// where the databases' settings differ all the same.
  std::string headline;
  std::string more;  ///< " (1 warning of them), 1 note, 3 waived, 1 thing unknown; 1 database setting differs"
};
Verdict verdict_of(const Comparison& comparison);

/// "11 tables, 64 columns"; "nothing".
std::string compared_objects(const ComparisonCounts& counts);
/// "LEFT against RIGHT".
std::string compared_sides(const Comparison& comparison);
/// "2 differences: LEFT against RIGHT. Compared: 11 tables, 64 columns."
std::string summary_sentence(const Comparison& comparison);
/// One sentence per side that is a stand-in.
std::vector<std::string> stand_in_sentences(const Comparison& comparison);
/// "sequences of the whole database: right: not listed".
std::vector<std::string> unknown_sentences(const Comparison& comparison);
/// "12 columns: character varying(n) / nvarchar(n): length in other units".
std::vector<std::string> compatible_sentences(const Comparison& comparison);

/// True for what belongs to a table or view and is not the table or view itself.
bool is_part_of_table(const Difference& difference);
/// "column is_paid", "table orders".
std::string subject_of(const Difference& difference);
/// The object in the whole database: "public.orders.is_paid".
std::string qualified_object(const Difference& difference);
/// The sentence for people; made from the parts where there is none.
std::string message_of(const Difference& difference);

/// Why a difference of this code matters, back-ticks around SQL; empty where no explanation has it.
std::string_view why_of(std::string_view code);

/// "db/0005_x.up.sql:3", "db/0005_x.up.sql"; empty when not known.
std::string origin_of(const DifferenceSide& side);
/// The origins of both sides, each once.
std::vector<std::string> origins_of(const Difference& difference);
/// The side whose file a difference is shown on, the one that has the object if its file is known; nullptr when no file
/// is. `other`: the other side if its file is known too.
struct ShownSides {
  const DifferenceSide* main = nullptr;
  const DifferenceSide* other = nullptr;
  bool main_is_left = true;
};
ShownSides shown_sides(const Difference& difference);

std::vector<const Difference*> waived_differences(const Comparison& comparison);

/// The differences, without the waived ones, that are told under one heading.
struct DifferenceGroup {
  std::string title;  ///< "orders", "sales.orders", "schema dbo: sequences, views, routines"
  std::vector<const Difference*> differences;
};
/// First the compared tables, whether they differ or not, then those that have no partner, then a group per schema for
/// what belongs to no table; the default schema has one always.
std::vector<DifferenceGroup> group_differences(const Comparison& comparison);

}  // namespace paripassu::report
