import process from 'node:process'
import { expect, test } from 'vitest'
import { Arena } from './arena.ts'
import type { Weather } from './life.ts'
import { endsOf, type Finding, tryEnd, tryTwoEnds } from './survey.ts'

// `npm run check:crashes`: everywhere. ASSIZE_CRASH_EVERY=5 tries every fifth place, ASSIZE_CRASH_ONLY=guard those that say so.
const { ASSIZE_CRASH_EVERY: every = '1', ASSIZE_CRASH_ONLY: only = '' } = process.env
/** Of so many places where a life ended once, one is tried with a second end in the life after it. */
const TWICE_EVERY = 3

test.each<Weather>(['calm', 'dear'])(
  'a node that dies before or after any call to disk, peers or chain signs and pays once, and loses nothing: %s',
  async (weather) => {
    const arena = await Arena.open()
    try {
      const undisturbed = await arena.live(weather)
      const all = endsOf(undisturbed)
      const ends = all.filter((end, i) => i % Number(every) === 0 && end.includes(only))
      say(
        `${weather}: ${undisturbed.points.length} calls, ${all.length} places to die at, ${ends.length} of them tried`,
      )
      const findings: Finding[] = []
      for (const [n, end] of ends.entries()) {
        const finding = await tryEnd(arena, weather, end, undisturbed.result)
        findings.push(finding)
        say(lineOf(finding))
        if (n % TWICE_EVERY !== 0 || finding.later.length === 0) continue
        findings.push(await tryTwoEnds(arena, weather, finding, { undisturbed: undisturbed.result, n }))
        say(lineOf(findings.at(-1)))
      }
      const faulty = findings.filter(({ faults }) => faults.length > 0)
      const deaths = findings.filter(({ isReached }) => isReached).length
      say(`${weather}: ${findings.length} lives, ${deaths} ended where they were to, ${faulty.length} differences`)
      expect(faulty.map(lineOf)).toEqual([])
      expect(deaths).toBeGreaterThan(0)
    } finally {
      await arena.close()
    }
  },
  0,
)

function lineOf(finding: Finding | undefined): string {
  if (finding === undefined) return ''
  const { end, isReached, faults } = finding
  return `${end}: ${isReached ? 'died' : 'was not reached'}${faults.length === 0 ? '' : `, ${faults.join('; ')}`}`
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}
