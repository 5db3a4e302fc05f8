include(CMakePackageConfigHelpers)

get_property(rooms GLOBAL PROPERTY PARIPASSU_ROOMS)
install(TARGETS ${rooms} paripassu_options EXPORT paripassu
  ARCHIVE DESTINATION ${CMAKE_INSTALL_LIBDIR}
  FILE_SET HEADERS DESTINATION ${CMAKE_INSTALL_INCLUDEDIR}/paripassu)
install(TARGETS paripassu_cli RUNTIME DESTINATION ${CMAKE_INSTALL_BINDIR})
install(DIRECTORY migrations-samples DESTINATION ${CMAKE_INSTALL_DATADIR}/paripassu)
install(EXPORT paripassu NAMESPACE paripassu:: DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/paripassu)
configure_package_config_file(cmake/paripassu-config.cmake.in ${CMAKE_CURRENT_BINARY_DIR}/paripassu-config.cmake
  INSTALL_DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/paripassu)
write_basic_package_version_file(${CMAKE_CURRENT_BINARY_DIR}/paripassu-config-version.cmake
  COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_CURRENT_BINARY_DIR}/paripassu-config.cmake
  ${CMAKE_CURRENT_BINARY_DIR}/paripassu-config-version.cmake
  DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/paripassu)
install(FILES third_party/dependencies.cmake DESTINATION ${CMAKE_INSTALL_LIBDIR}/cmake/paripassu)
