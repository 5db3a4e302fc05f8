# paripassu_room(<name> SOURCES ... HEADERS ... [LINK ...] [LINK_PRIVATE ...])
#
# One static library per room of docs/architecture.md, with the alias paripassu::<name>. Its headers are a header
# set: they are installed, and each must compile alone (target <name>_verify_interface_header_sets).
function(paripassu_room name)
  cmake_parse_arguments(ROOM "" "" "SOURCES;HEADERS;LINK;LINK_PRIVATE" ${ARGN})
  set(target paripassu_${name})
  add_library(${target} STATIC)
  add_library(paripassu::${name} ALIAS ${target})
  target_sources(${target}
    PRIVATE ${ROOM_SOURCES}
    PUBLIC FILE_SET HEADERS BASE_DIRS ${PROJECT_SOURCE_DIR} FILES ${ROOM_HEADERS})
  target_compile_features(${target} PUBLIC cxx_std_20)
  target_link_libraries(${target} PUBLIC ${ROOM_LINK} PRIVATE ${ROOM_LINK_PRIVATE} paripassu::options)
  set_target_properties(${target} PROPERTIES
    EXPORT_NAME ${name}
    POSITION_INDEPENDENT_CODE ON
    VERIFY_INTERFACE_HEADER_SETS ON)
  set_property(GLOBAL APPEND PROPERTY PARIPASSU_ROOMS ${target})
endfunction()
