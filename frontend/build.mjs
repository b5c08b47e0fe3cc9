// Bundles what the server and the pages load. Run `npm ci --ignore-scripts` first, or use build-if-changed.mjs.
import { build } from "esbuild";
import { fileURLToPath } from "node:url";
import { dirname, join } from "node:path";

const here = dirname(fileURLToPath(import.meta.url));

/** Each bundle: where it starts, where it goes (from the top of the repository), and how it is loaded. */
export const BUNDLES = [
  { entry: "feel/feel.js", out: "app/engine/feel/feelin.js", format: "iife", platform: "neutral" },
];

export async function buildAll() {
  for (const { entry, out, format, platform } of BUNDLES) {
    await build({
      entryPoints: [join(here, entry)],
      outfile: join(here, "..", out),
      bundle: true,
      minify: true,
      format,
      platform,
      mainFields: ["module", "main"],
      target: ["es2022"],
      charset: "utf8",
      legalComments: "inline",
      logLevel: "warning",
    });
    console.log(`built ${out}`);
  }
}

if (process.argv[1] === fileURLToPath(import.meta.url)) await buildAll();
