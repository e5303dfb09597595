# What is installed, by component. Devices get `library` and `device`; nothing in those can seal, grant or license.
#   library      libedgekeep.so.0, for applications
#   development  headers, pkg-config and CMake package files
#   device       the command line, the keep and what starts it
#   engine       ONNX Runtime as script/bootstrap fetched it, where `edgekeep doctor` and the unit look for it
#   publisher    edgekeep-publisher
include(CMakePackageConfigHelpers)

set(ek_daemons ${CMAKE_INSTALL_LIBEXECDIR}/edgekeep)
set(ek_package ${CMAKE_INSTALL_LIBDIR}/cmake/edgekeep)

# ek_install_program(TARGET DIRECTORY COMPONENT)
function(ek_install_program target directory component)
  if(TARGET ${target})
    install(TARGETS ${target} RUNTIME DESTINATION ${directory} COMPONENT ${component})
  endif()
endfunction()

ek_install_program(edgekeep ${CMAKE_INSTALL_BINDIR} device)
ek_install_program(edgekeep-spawner ${ek_daemons} device)
ek_install_program(edgekeep-keep ${ek_daemons} device)
ek_install_program(edgekeep-cell ${ek_daemons} device)
ek_install_program(edgekeep-publisher ${CMAKE_INSTALL_BINDIR} publisher)
install(FILES packaging/sysusers.d/edgekeep.conf DESTINATION lib/sysusers.d COMPONENT device)
install(FILES packaging/udev/60-edgekeep-tpm.rules DESTINATION lib/udev/rules.d COMPONENT device)
install(FILES packaging/systemd/edgekeep-renew-credentials.service packaging/systemd/edgekeep-renew-credentials.timer
  packaging/systemd/edgekeep-renew-licences.service packaging/systemd/edgekeep-spawner.service
  DESTINATION lib/systemd/system COMPONENT device)
install(FILES ${EK_DEPS}/onnxruntime/lib/libonnxruntime.so.1 DESTINATION lib/edgekeep COMPONENT engine)

install(TARGETS edgekeep_shared EXPORT edgekeepTargets
  LIBRARY DESTINATION ${CMAKE_INSTALL_LIBDIR} COMPONENT library NAMELINK_COMPONENT development)
install(DIRECTORY src/client/include/edgekeep DESTINATION ${CMAKE_INSTALL_INCLUDEDIR} COMPONENT development)

file(RELATIVE_PATH EK_PREFIX_FROM_PKGCONFIG /${CMAKE_INSTALL_LIBDIR}/pkgconfig /)
configure_file(packaging/pkgconfig/edgekeep.pc.in ${CMAKE_BINARY_DIR}/edgekeep.pc @ONLY)
install(FILES ${CMAKE_BINARY_DIR}/edgekeep.pc DESTINATION ${CMAKE_INSTALL_LIBDIR}/pkgconfig COMPONENT development)

set_target_properties(edgekeep_shared PROPERTIES EXPORT_NAME edgekeep)
configure_package_config_file(packaging/cmake/edgekeepConfig.cmake.in ${CMAKE_BINARY_DIR}/edgekeepConfig.cmake
  INSTALL_DESTINATION ${ek_package})
# Until 1.0 a minor version may break what was built against another.
write_basic_package_version_file(${CMAKE_BINARY_DIR}/edgekeepConfigVersion.cmake COMPATIBILITY SameMinorVersion)
install(FILES ${CMAKE_BINARY_DIR}/edgekeepConfig.cmake ${CMAKE_BINARY_DIR}/edgekeepConfigVersion.cmake
  DESTINATION ${ek_package} COMPONENT development)
install(EXPORT edgekeepTargets NAMESPACE edgekeep:: DESTINATION ${ek_package} COMPONENT development)

if(BUILD_TESTING AND NOT EK_INSTRUMENTED)
  add_test(NAME packaging
    COMMAND ${CMAKE_SOURCE_DIR}/packaging/tests/install_test.sh ${CMAKE_COMMAND} ${CMAKE_BINARY_DIR} ${CMAKE_C_COMPILER}
      ${CMAKE_CXX_COMPILER})
  set_tests_properties(packaging PROPERTIES TIMEOUT 300)
endif()
