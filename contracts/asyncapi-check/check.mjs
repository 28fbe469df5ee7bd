// Reads AsyncAPI documents with the official parser, and fails on whatever it
// has against them. Usage: node check.mjs FILE...

import { readFile } from "node:fs/promises";

import { Parser } from "@asyncapi/parser";

// The documents are written in 3.0 on purpose.
const ACCEPTED = new Set(["asyncapi-latest-version"]);

const files = process.argv.slice(2);
if (files.length === 0) {
  console.error("usage: node check.mjs FILE...");
  process.exit(2);
}

let faults = 0;
for (const file of files) {
  const text = await readFile(file, "utf8");
  const { document, diagnostics } = await new Parser().parse(text);
  const against = diagnostics.filter((it) => !ACCEPTED.has(it.code));
  for (const { code, message, path } of against) {
    console.error(`${file}: ${path.join("/")}: ${message} (${code})`);
  }
  if (against.length > 0 || document === undefined) {
    faults += 1;
  } else {
    const count = document.operations().all().length;
    console.log(`${file}: AsyncAPI ${document.version()}, ${count} operations, valid`);
  }
}
process.exit(faults === 0 ? 0 : 1);
