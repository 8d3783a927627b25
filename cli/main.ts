#!/usr/bin/env node
import process from 'node:process'
import { oldNodeFault } from '#node/least-node'

// An older Node can link nothing but this file: all else is imported behind the check.
const fault = oldNodeFault(process.versions.node)
if (fault !== undefined) {
  process.stderr.write(`error: ${fault}\n`)
  process.exit(2)
}
const { start } = await import('./start.ts')
process.exit(await start())
