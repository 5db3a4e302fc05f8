#include "harness/source/step_walk.h"

#include <doctest/doctest.h>

#include <atomic>
#include <latch>
#include <stdexcept>
#include <string>
#include <vector>

using namespace paripassu;

namespace {

std::vector<Revision> revisions(const std::vector<std::string>& versions) {
  std::vector<Revision> list;
  for (const std::string& version : versions) {
    list.emplace_back();
    list.back().version = version;
  }
  return list;
}

/// "1=01 2- -3": both have 1, the left alone 2, the right alone 3.
std::string merged(const std::vector<std::string>& left, const std::vector<std::string>& right) {
  const std::vector<Revision> lefts = revisions(left);
  const std::vector<Revision> rights = revisions(right);
  std::string text;
  for (const RevisionPair& pair : merge_revisions(lefts, rights)) {
    text += text.empty() ? "" : " ";
    if (pair.left != nullptr) text += pair.left->version;
    text += pair.left != nullptr && pair.right != nullptr ? "=" : "-";
    if (pair.right != nullptr) text += pair.right->version;
  }
  return text;
}

}  // namespace

TEST_CASE("merge_revisions pairs what both engines have, by number") {
  CHECK(merged({}, {}).empty());
  CHECK(merged({"1", "2"}, {"1", "2"}) == "1=1 2=2");
  CHECK(merged({"1", "2"}, {"0001", "0002"}) == "1=0001 2=0002");
}

TEST_CASE("merge_revisions puts what one engine alone has where its number belongs") {
  CHECK(merged({"1", "3"}, {"2", "4"}) == "1- -2 3- -4");
  CHECK(merged({"1", "2", "4"}, {"1", "3", "4"}) == "1=1 2- -3 4=4");
  CHECK(merged({"1"}, {}) == "1-");
  CHECK(merged({}, {"1"}) == "-1");
}

TEST_CASE("merge_revisions keeps the order of a side where it is not that of the numbers") {
  CHECK(merged({"9", "1", "5"}, {"9", "5"}) == "9=9 1- 5=5");
  CHECK(merged({"ae10", "c7"}, {"ae10", "b3", "c7"}) == "ae10=ae10 -b3 c7=c7");
}

TEST_CASE("merge_revisions has every version once, also where the sides have them in another order") {
  CHECK(merged({"1", "2"}, {"2", "1"}) == "1=1 2=2");
  CHECK(merged({"2", "1", "3"}, {"1", "3", "2"}) == "1=1 2=2 3=3");
}

TEST_CASE("merge_revisions puts repeatable migrations last") {
  CHECK(merged({"1", kRepeatableVersion}, {"1", "2"}) == "1=1 -2 repeatable-");
  CHECK(merged({"1", "2"}, {"1", kRepeatableVersion}) == "1=1 2- -repeatable");
  CHECK(merged({"1", kRepeatableVersion}, {"2", kRepeatableVersion}) == "1- -2 repeatable=repeatable");
}

TEST_CASE("run_both runs both at once") {
  // With one behind the other, neither would ever arrive.
  std::latch met(2);
  run_both([&] { met.arrive_and_wait(); }, [&] { met.arrive_and_wait(); });
  CHECK(met.try_wait());
}

TEST_CASE("run_both waits for the other before it throws, and throws the left one's error first") {
  std::atomic<bool> ended = false;
  std::latch thrown(1);
  CHECK_THROWS_WITH_AS(run_both(
                           [&] {
                             thrown.count_down();
                             throw std::runtime_error("left");
                           },
                           [&] {
                             thrown.wait();
                             ended = true;
                             throw std::runtime_error("right");
                           }),
                       "left", std::runtime_error);
  CHECK(ended);
  CHECK_THROWS_WITH_AS(run_both([] {}, [] { throw std::runtime_error("right"); }), "right", std::runtime_error);
}
