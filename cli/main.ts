import process from 'node:process'
import { streamIo } from './io.ts'
import { run } from './program.ts'

const interruption = new AbortController()
for (const name of ['SIGINT', 'SIGTERM', 'SIGHUP'] as const) {
  // Handlers stay: a second Ctrl-C must not end us before the children are gone.
  process.on(name, () => interruption.abort())
}
const io = streamIo(process, process.env)
const exitCode = await run(process.argv.slice(2), { io, env: process.env, signal: interruption.signal })
process.exit(exitCode)
