#!/usr/bin/env node
import { enableCompileCache } from 'node:module'
import process from 'node:process'
import { systemTime } from './clock.ts'
import { COMPILE_CACHE } from './places.ts'
import { streamIo } from './io.ts'
import { terminalOf } from './terminal.ts'

// Parsing viem takes most of a command's start. Only what is imported from here on is remembered.
enableCompileCache(COMPILE_CACHE)
const { run } = await import('./program.ts')

const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Handlers stay: a second Ctrl-C must not end us before the children are gone.
  process.on(name, () => interruption.abort())
}
const io = streamIo(process, process.env)
const exitCode = await run(process.argv.slice(2), {
  io,
  env: process.env,
  signal: interruption.signal,
  now: systemTime,
  terminal: terminalOf(process.stdin, process.stderr),
})
process.exit(exitCode)
