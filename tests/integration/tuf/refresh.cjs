// One refresh by tuf-js: refresh.cjs METADATA_DIRECTORY METADATA_URL
"use strict";
const { Updater } = require("tuf-js");

new Updater({ metadataDir: process.argv[2], metadataBaseUrl: process.argv[3] }).refresh().catch((problem) => {
  console.error(String(problem));
  process.exit(1);
});
