#!/usr/bin/env node
// Runs the built command line, and builds it first in a fresh clone.
const { execFileSync } = require('node:child_process');
const { existsSync } = require('node:fs');
const path = require('node:path');

const root = path.resolve(__dirname, '..');
const main = path.join(root, 'dist/apps/cli/main.js');

if (!existsSync(main)) {
  // What a command prints on stdout is its report alone, so the build speaks on stderr.
  execFileSync(process.execPath, [path.join(root, 'scripts/build.mjs')], { stdio: ['ignore', 2, 2] });
}
require(main);
