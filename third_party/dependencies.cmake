# How CMake finds what packages.txt installs. Nothing is downloaded. Also installed, for find_package(paripassu).
include(CMakeFindDependencyMacro)

set(THREADS_PREFER_PTHREAD_FLAG ON)
find_dependency(Threads)
find_dependency(PostgreSQL)
find_dependency(ODBC)
find_dependency(Boost COMPONENTS program_options)
find_dependency(fmt)
find_dependency(nlohmann_json)
find_dependency(PkgConfig)

function(paripassu_system_library name header library)
  if(TARGET third_party::${name})
    return()
  endif()
  find_path(THIRD_PARTY_${name}_INCLUDE ${header})
  find_library(THIRD_PARTY_${name}_LIBRARY ${library})
  mark_as_advanced(THIRD_PARTY_${name}_INCLUDE THIRD_PARTY_${name}_LIBRARY)
  if(NOT THIRD_PARTY_${name}_INCLUDE OR NOT THIRD_PARTY_${name}_LIBRARY)
    message(FATAL_ERROR "${name} (${header}) was not found: run `./dev setup`, which installs third_party/packages.txt")
  endif()
  add_library(third_party::${name} UNKNOWN IMPORTED)
  set_target_properties(third_party::${name} PROPERTIES
    IMPORTED_LOCATION ${THIRD_PARTY_${name}_LIBRARY}
    INTERFACE_INCLUDE_DIRECTORIES ${THIRD_PARTY_${name}_INCLUDE})
endfunction()

# SOCI 4.0 as packaged by Debian has no CMake configuration file.
paripassu_system_library(soci_core soci/soci.h soci_core)
paripassu_system_library(soci_postgresql soci/postgresql/soci-postgresql.h soci_postgresql)
paripassu_system_library(soci_odbc soci/odbc/soci-odbc.h soci_odbc)
paripassu_system_library(pg_query pg_query.h pg_query)
paripassu_system_library(protobuf_c protobuf-c/protobuf-c.h protobuf-c)
paripassu_system_library(xxhash xxhash.h xxhash)
paripassu_system_library(utf8proc utf8proc.h utf8proc)

# toml++ is header only.
if(NOT TARGET third_party::tomlplusplus)
  find_path(THIRD_PARTY_tomlplusplus_INCLUDE toml++/toml.h REQUIRED)
  add_library(third_party::tomlplusplus INTERFACE IMPORTED)
  set_target_properties(third_party::tomlplusplus PROPERTIES
    INTERFACE_INCLUDE_DIRECTORIES ${THIRD_PARTY_tomlplusplus_INCLUDE})
endif()
