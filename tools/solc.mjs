// Answers `--version` and `--standard-json` as the native solc does, with the WebAssembly solc from npm.
// Sources come inside the request (forge always inlines them), so nothing is read from disk here.

import { createRequire } from 'node:module'
import { readFileSync, writeSync } from 'node:fs'

const require = createRequire(import.meta.url)
const USAGE =
  'Expected --version or --standard-json [--base-path|--include-path|--allow-paths <path>], got nothing usable.\n'

const args = process.argv.slice(2)
if (args.includes('--version')) {
  writeAll(`solc, the solidity compiler commandline interface\nVersion: ${loadCompiler().version()}\n`)
} else if (args.includes('--standard-json')) {
  writeAll(`${loadCompiler().compile(quietForgeStd(readFileSync(0, 'utf8')))}\n`)
} else {
  process.stderr.write(USAGE)
  process.exitCode = 1
}

/** Loads solc, and removes the listeners by which it would turn every failure of this program into a silent abort. */
function loadCompiler() {
  const compiler = require('solc')
  process.removeAllListeners('uncaughtException')
  process.removeAllListeners('unhandledRejection')
  return compiler
}

/**
 * Rewrites the three spellings in forge-std that this solc warns about more than 256 times. The compiler stops reporting
 * after 256, so they would hide the warnings of our own tests. Lengths are kept: source maps stay true.
 */
function quietForgeStd(request) {
  const parsed = JSON.parse(request)
  for (const [path, source] of Object.entries(parsed.sources ?? {})) {
    if (!path.includes('/forge-std/src/') || typeof source.content !== 'string') continue
    source.content = source.content
      .replaceAll('pragma experimental ABIEncoderV2;', 'pragma abicoder v2;              ')
      .replaceAll(/(?<=\b(?:calldata|memory) )error\b/g, 'fault')
      .replaceAll(
        /\/\/\/ @solidity memory-safe-assembly(\s+)assembly \{/g,
        '                  $1assembly ("memory-safe") {',
      )
  }
  return JSON.stringify(parsed)
}

/** Writes all of `text` to stdout, also when it is a pipe that takes only a part at a time. */
function writeAll(text) {
  const bytes = Buffer.from(text)
  for (let written = 0; written < bytes.length;) {
    try {
      written += writeSync(1, bytes, written)
    } catch (error) {
      if (error.code !== 'EAGAIN') throw error
      Atomics.wait(new Int32Array(new SharedArrayBuffer(4)), 0, 0, 5)
    }
  }
}
