# Every module that exists, in the order of the architecture's arrows.
foreach(ek_directory IN ITEMS
    base
    ports
  )
  add_subdirectory(src/${ek_directory})
endforeach()
