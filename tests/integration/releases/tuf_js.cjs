// One download by tuf-js: tuf_js.cjs METADATA_DIRECTORY TARGETS_DIRECTORY URL TARGET
"use strict";
const { Updater } = require("tuf-js");

async function main([metadata, targets, url, target]) {
  const updater = new Updater({ metadataDir: metadata, metadataBaseUrl: `${url}/metadata/`, targetDir: targets,
    targetBaseUrl: `${url}/targets/` });
  const found = await updater.getTargetInfo(target);
  if (!found) throw new Error("no such target");
  await updater.downloadTarget(found);
}

main(process.argv.slice(2)).catch((problem) => {
  console.error(String(problem));
  process.exit(1);
});
