import process from 'node:process'
import { expect, test } from 'vitest'
import { Arena } from './arena.ts'
import { endsOf, type Finding, tryEnd } from './survey.ts'

// `npm run check:crashes`: everywhere. ASSIZE_CRASH_EVERY=5 tries every fifth place, ASSIZE_CRASH_ONLY=guard those that say so.
const { ASSIZE_CRASH_EVERY: every = '1', ASSIZE_CRASH_ONLY: only = '' } = process.env

test('a node that dies before or after any call to disk, peers or chain signs and pays once, and loses nothing', async () => {
  const arena = await Arena.open()
  try {
    const undisturbed = await arena.live()
    const all = endsOf(undisturbed)
    const ends = all.filter((end, i) => i % Number(every) === 0 && end.includes(only))
    say(`${undisturbed.points.length} calls, ${all.length} places to die at, ${ends.length} of them tried`)
    const findings: Finding[] = []
    for (const end of ends) {
      findings.push(await tryEnd(arena, end, undisturbed.result))
      say(lineOf(findings.at(-1)))
    }
    const faulty = findings.filter(({ faults }) => faults.length > 0)
    const deaths = findings.filter(({ isReached }) => isReached).length
    say(`${findings.length} places tried, ${deaths} deaths, ${faulty.length} differences`)
    expect(faulty.map(lineOf)).toEqual([])
    expect(deaths).toBeGreaterThan(0)
  } finally {
    await arena.close()
  }
}, 0)

function lineOf(finding: Finding | undefined): string {
  if (finding === undefined) return ''
  const { end, isReached, faults } = finding
  return `${end}: ${isReached ? 'died' : 'was not reached'}${faults.length === 0 ? '' : `, ${faults.join('; ')}`}`
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
