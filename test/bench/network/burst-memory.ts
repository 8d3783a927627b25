/** Prints what a crowd adds to the memory of a program, megabytes for each peer: `burst-memory.ts bare|node REPORTERS`. */
import process from 'node:process'
import { memoryHere } from './burst.ts'

const [kind, reporters] = process.argv.slice(2)
const megabytes = await memoryHere(kind === 'bare' ? 'bare' : 'node', Number(reporters))
// Hosts that were stopped may hold timers yet.
process.stdout.write(`${megabytes}\n`, () => process.exit())
