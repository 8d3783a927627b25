// What the tools leave nowhere: folders that are gone, and programs that have stopped, when the tool ends, also by a signal.

import { spawn } from 'node:child_process'
import { mkdtempSync, rmSync } from 'node:fs'
import { constants, tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

/**
 * Where Node keeps what it compiled: every test file and every command that tests call is a process of its own, and would compile the same
 * modules again; npm would keep it in the system's temporary folder.
 */
const COMPILE_CACHE = join(dirname(dirname(fileURLToPath(import.meta.url))), 'node_modules', '.cache', 'assize-modules')
const children = new Set()
let endCode

/** A new folder, until this process ends. */
export function scratchFolder(prefix) {
  const folder = mkdtempSync(join(tmpdir(), prefix))
  process.on('exit', () => rmSync(folder, { recursive: true, force: true }))
  return folder
}

/** As `spawn`; a signal that ends this process stops the program first. */
export function start(file, args, options) {
  const env = { NODE_COMPILE_CACHE: COMPILE_CACHE, ...process.env, ...options.env }
  const child = spawn(file, args, { ...options, env })
  children.add(child)
  child.once('close', () => {
    children.delete(child)
    endOnceAlone()
  })
  if (endCode !== undefined) child.kill()
  return child
}

for (const signal of ['SIGHUP', 'SIGINT', 'SIGTERM']) {
  // The second of a kind ends it at once.
  process.once(signal, () => {
    endCode = 128 + constants.signals[signal]
    for (const child of children) child.kill()
    endOnceAlone()
  })
}

function endOnceAlone() {
  if (endCode !== undefined && children.size === 0) process.exit(endCode)
}
