# Every module that exists, in the order of the architecture's arrows.
foreach(ek_directory IN ITEMS
    base
    crypto
    crypto/openssl
    formats
    ports
    probe
    model
    gate
    gate/posix
    client
    engine
    engine/onnxruntime
    sealing
    cell
    json
    files
    signer
    core
    update
    store
    anchor/software
    author
    cli/publisher
  )
  add_subdirectory(src/${ek_directory})
endforeach()
