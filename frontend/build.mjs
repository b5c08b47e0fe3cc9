// Bundles what the server and the pages load. Run `npm ci --ignore-scripts` first, or use build-if-changed.mjs.
import { build } from "esbuild";
import { createHash } from "node:crypto";
import { gzipSync } from "node:zlib";
import { copyFileSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { fileURLToPath } from "node:url";
import { dirname, join, relative } from "node:path";
import { tokenSimulationInVietnamese } from "./token-simulation-vi.mjs";
import { withoutEval } from "./without-eval.mjs";

const here = dirname(fileURLToPath(import.meta.url));
const top = join(here, "..");
const staticFolder = "app/web/static";

const browser = { format: "iife", platform: "browser" };

/** Each bundle: where it starts, where it goes (from the top of the repository), and how it is loaded. */
export const BUNDLES = [
  { entry: "feel/feel.js", out: "app/engine/feel/feelin.js", format: "iife", platform: "neutral" },
  { entry: "pages/app.js", out: `${staticFolder}/app.js`, ...browser },
  { entry: "pages/app.css", out: `${staticFolder}/app.css`, ...browser },
  { entry: "pages/diagram/diagram.js", out: `${staticFolder}/diagram.js`, ...browser },
  { entry: "pages/diagram/diagram.css", out: `${staticFolder}/diagram.css`, ...browser },
  { entry: "pages/modeller/modeller.js", out: `${staticFolder}/modeller.js`, ...browser },
  { entry: "pages/modeller/modeller.css", out: `${staticFolder}/modeller.css`, ...browser },
  { entry: "pages/form-editor/form-editor.js", out: `${staticFolder}/form-editor.js`, ...browser },
  { entry: "pages/form-editor/form-editor.css", out: `${staticFolder}/form-editor.css`, ...browser },
  { entry: "pages/heat/heat.js", out: `${staticFolder}/heat.js`, ...browser },
  { entry: "pages/heat/heat.css", out: `${staticFolder}/heat.css`, ...browser },
  { entry: "pages/step-form/step-form.js", out: `${staticFolder}/step-form.js`, ...browser },
  { entry: "pages/step-form/step-form.css", out: `${staticFolder}/step-form.css`, ...browser },
];

/** What is served as it is. */
const FILES = [{ entry: "pages/icon.svg", out: `${staticFolder}/icon.svg` }];

/** Builds everything; answers the files written, from the top of the repository. */
export async function buildAll() {
  const written = await Promise.all(BUNDLES.map(buildOne));
  const copied = FILES.map(copyOne);
  const served = [...written.flat(), ...copied].filter((out) => out.startsWith(staticFolder));
  const files = [...new Set([...written.flat(), ...copied, ...served.flatMap(packOne), writeManifest()])].sort();
  removeOthers(files);
  return files;
}

/** What an earlier build left. Only at the end, so that a site that is running misses no file while this one builds. */
function removeOthers(files) {
  const folder = join(top, staticFolder);
  for (const entry of readdirSync(folder, { recursive: true, withFileTypes: true })) {
    const file = join(entry.parentPath ?? entry.path, entry.name);
    if (entry.isFile() && !files.includes(relative(top, file))) rmSync(file);
  }
}

async function buildOne({ entry, out, format, platform }) {
  const { metafile } = await build({
    entryPoints: [join(here, entry)],
    outfile: join(top, out),
    absWorkingDir: top,
    bundle: true,
    minify: true,
    metafile: true,
    format,
    platform,
    mainFields: ["module", "main"],
    target: ["es2022"],
    charset: "utf8",
    legalComments: "inline",
    logLevel: "warning",
    loader: { ".woff2": "file", ".woff": "empty", ".eot": "empty", ".ttf": "empty", ".svg": "empty" },
    assetNames: "fonts/[name]-[hash]",
    plugins: [withoutEval, tokenSimulationInVietnamese],
  });
  console.log(`built ${out}`);
  return Object.keys(metafile.outputs);
}

function copyOne({ entry, out }) {
  copyFileSync(join(here, entry), join(top, out));
  return out;
}

/** What the server sends to whoever takes gzip; fonts and pictures are packed already. */
function packOne(out) {
  if (!/\.(js|css)$/.test(out)) return [];
  writeFileSync(join(top, `${out}.gz`), gzipSync(readFileSync(join(top, out)), { level: 9 }));
  return [`${out}.gz`];
}

/** `manifest.json`: a file's name -> a hash of its content, which pages add to its address. */
function writeManifest() {
  const folder = join(top, staticFolder);
  const manifest = {};
  for (const name of readdirSync(folder).sort()) {
    if (!/\.(js|css|svg)$/.test(name)) continue;
    manifest[name] = createHash("sha256").update(readFileSync(join(folder, name))).digest("hex").slice(0, 16);
  }
  const file = join(folder, "manifest.json");
  writeFileSync(file, `${JSON.stringify(manifest, null, 2)}\n`);
  return relative(top, file);
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
