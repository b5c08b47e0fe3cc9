// Installs and builds only when a source, the lock file or a bundle has changed since the last time.
// Needs nothing but Node, so that it can decide before anything is installed.
import { createHash } from "node:crypto";
import { execFileSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join, relative } from "node:path";

const here = dirname(fileURLToPath(import.meta.url));
const templates = join(here, "..", "bpmn", "element-templates"); // bundled with the modeller
const stampFile = join(here, "node_modules", ".motcua-stamp");

function sources(folder) {
  return readdirSync(folder, { withFileTypes: true })
    .filter((entry) => entry.name !== "node_modules")
    .flatMap((entry) => (entry.isDirectory() ? sources(join(folder, entry.name)) : [join(folder, entry.name)]))
    .sort();
}

function stamp() {
  const hash = createHash("sha256");
  for (const file of [...sources(here), ...sources(templates)]) hash.update(relative(here, file)).update("\0").update(readFileSync(file)).update("\0");
  return hash.digest("hex");
}

/** What the last build wrote: the stamp, then one file a line (bundles, fonts, the manifest). */
function upToDate(wanted) {
  if (!existsSync(stampFile)) return false;
  const [built, ...outputs] = readFileSync(stampFile, "utf8").split("\n").filter(Boolean);
  return built === wanted && outputs.every((out) => existsSync(join(here, "..", out)));
}

const wanted = stamp();
if (upToDate(wanted)) {
  console.log("frontend: unchanged");
} else {
  console.log("frontend: installing packages and building bundles");
  execFileSync("npm", ["ci", "--ignore-scripts", "--no-audit", "--no-fund"], { cwd: here, stdio: "inherit" });
  const { buildAll } = await import("./build.mjs");
  writeFileSync(stampFile, [wanted, ...(await buildAll()), ""].join("\n"));
}
