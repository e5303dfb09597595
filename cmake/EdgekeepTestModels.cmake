# Models that tests compute with, made at build time (tools/testmodels). A test binary that links ek_test_models finds
# them in the directory EK_TEST_MODELS.
if(BUILD_TESTING AND NOT EK_FUZZ AND NOT EK_PORTABLE_ONLY)
  set(ek_test_models_dir ${CMAKE_BINARY_DIR}/testmodels)
  set(ek_test_models_tool ${CMAKE_SOURCE_DIR}/tools/testmodels)
  execute_process(COMMAND python3 ${ek_test_models_tool}/make.py --list OUTPUT_VARIABLE ek_test_model_names
    OUTPUT_STRIP_TRAILING_WHITESPACE COMMAND_ERROR_IS_FATAL ANY)
  string(REPLACE "\n" ";" ek_test_model_names "${ek_test_model_names}")
  # The large ones are for benches, which make them when they run; tests have smaller ones with tagged weights.
  list(REMOVE_ITEM ek_test_model_names resnet50 mlp)
  file(GLOB ek_test_model_sources CONFIGURE_DEPENDS ${ek_test_models_tool}/*.py)
  set_property(DIRECTORY APPEND PROPERTY CMAKE_CONFIGURE_DEPENDS ${ek_test_model_sources})
  foreach(ek_name IN LISTS ek_test_model_names)
    set(ek_output ${ek_test_models_dir}/${ek_name}.onnx)
    add_custom_command(OUTPUT ${ek_output} COMMAND python3 ${ek_test_models_tool}/make.py ${ek_name} ${ek_output}
      DEPENDS ${ek_test_model_sources} VERBATIM)
    list(APPEND ek_test_model_files ${ek_output})
  endforeach()
  function(ek_tagged_model name layers width)
    set(output ${ek_test_models_dir}/${name}.onnx)
    add_custom_command(OUTPUT ${output} COMMAND python3 ${ek_test_models_tool}/make.py mlp ${output} --tagged
      --set layers=${layers} --set width=${width} --set batch=4 DEPENDS ${ek_test_model_sources} VERBATIM)
    set(ek_test_model_files ${ek_test_model_files} ${output} PARENT_SCOPE)
  endfunction()
  ek_tagged_model(tagged 2 1024)
  ek_tagged_model(tagged-small 40 128)
  add_custom_target(ek_make_test_models DEPENDS ${ek_test_model_files})
  add_library(ek_test_models INTERFACE)
  target_compile_definitions(ek_test_models INTERFACE EK_TEST_MODELS="${ek_test_models_dir}")
  add_dependencies(ek_test_models ek_make_test_models)
endif()
