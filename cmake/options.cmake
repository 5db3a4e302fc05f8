# Warnings, sanitizers and coverage live on one interface target that every room links.
add_library(paripassu_options INTERFACE)
add_library(paripassu::options ALIAS paripassu_options)

target_compile_features(paripassu_options INTERFACE cxx_std_20)
target_compile_options(paripassu_options INTERFACE
  $<BUILD_INTERFACE:-Wall -Wextra -Wpedantic -Wshadow -Wconversion -Wsign-conversion -Wnon-virtual-dtor
  -Woverloaded-virtual -Wcast-align -Wimplicit-fallthrough -Wundef>
  # GCC 12 and 13 see an overlap in std::string where there is none (GCC bug 105651).
  $<BUILD_INTERFACE:$<$<CXX_COMPILER_ID:GNU>:-Wno-restrict>>)
if(PARIPASSU_SANITIZE)
  target_compile_options(paripassu_options INTERFACE
    $<BUILD_INTERFACE:-fsanitize=${PARIPASSU_SANITIZE} -fno-omit-frame-pointer -fno-sanitize-recover=undefined>)
  target_link_options(paripassu_options INTERFACE $<BUILD_INTERFACE:-fsanitize=${PARIPASSU_SANITIZE}>)
endif()
if(PARIPASSU_COVERAGE)
  target_compile_options(paripassu_options INTERFACE $<BUILD_INTERFACE:--coverage -O0>)
  target_link_options(paripassu_options INTERFACE $<BUILD_INTERFACE:--coverage>)
endif()
