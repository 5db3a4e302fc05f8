#pragma once

#include <chrono>
#include <filesystem>
#include <string>
#include <vector>

#include "backends/connection_url.h"

/// What the benchmarks share.
namespace paripassu::bench {

namespace fs = std::filesystem;
using Clock = std::chrono::steady_clock;

/// How often each thing is measured, in turn with its reference; the median counts.
constexpr int kRounds = 9;

double seconds_since(Clock::time_point begin);

struct Run {
  double seconds = 0;
  double peak_mb = 0;
  int status = 0;
};

/// Runs a program with its output thrown away. Exits when its status is above `status_max`, since a failed run measures
/// nothing.
Run run(const std::vector<std::string>& arguments, const std::string& directory = ".", int status_max = 0);
double median(std::vector<double> values);
/// A client of the newest installed PostgreSQL.
std::string newest_client(const std::string& name);
std::string url_text(const ConnectionUrl& url);

}  // namespace paripassu::bench
