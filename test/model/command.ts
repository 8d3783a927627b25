import { execFileSync } from 'node:child_process'
import { parseArgs } from 'node:util'
import { ROOT } from './artifacts.ts'
import type { Campaign } from './campaign.ts'
import { COURTS } from './courts/courts-campaign.ts'
import { DISPUTE } from './dispute-campaign.ts'
import { huntPlants } from './hunt.ts'
import { JURY } from './jury/jury-campaign.ts'
import { REGISTRY } from './registry/registry-campaign.ts'
import { type Session, continueSession, missingFrom, openSession } from './session.ts'

const USAGE = `Replays random games of the dispute against the oracle and compares it with the independent model; with --registry
random histories of reporters and their fixings against the registry, with --jury of jurors and their cases against the jury,
with --courts of the other arbitrators and the fixings before them.

  npm run replay -- [--registry | --jury | --courts] [--games N] [--from SEED] [--state FILE] [--coverage]
  npm run replay -- [--registry | --jury | --courts] --plants [--games N]

  --registry     the registry's model instead of the oracle's
  --jury         the jury's model instead of the oracle's
  --courts       the models of the council and of the adapters to courts instead of the oracle's
  --games N      how many games or histories, one a seed (default 300)
  --from SEED    the first seed (default 0)
  --state FILE   keeps the run in FILE; the same command again continues it
  --coverage     lists what was reached, and how often
  --plants       instead plants bugs in copies of the contract and in the model, and says which game finds each

Ends with 0 only if model and contract never differed and everything on the list was reached at least once.
`

/** Runs the command with its arguments; the exit code. */
export async function main(args: readonly string[]): Promise<number> {
  const { values } = parseArgs({
    args: [...args],
    options: {
      games: { type: 'string', default: '300' },
      from: { type: 'string', default: '0' },
      state: { type: 'string' },
      coverage: { type: 'boolean', default: false },
      plants: { type: 'boolean', default: false },
      registry: { type: 'boolean', default: false },
      jury: { type: 'boolean', default: false },
      courts: { type: 'boolean', default: false },
      help: { type: 'boolean', default: false },
    },
  })
  const games = wholeNumber('--games', values.games)
  const from = wholeNumber('--from', values.from)
  if (values.help) return write(USAGE, 0)
  const kind = values.courts ? COURTS : values.jury ? JURY : values.registry ? REGISTRY : DISPUTE
  if (values.plants) return huntPlants(kind, { games, from, say, write: (line) => process.stdout.write(`${line}\n`) })
  const campaign = await kind.open()
  try {
    const path = values.state === undefined ? {} : { path: values.state }
    const session = openSession(campaign, { from, commit: commitOf(), ...path })
    await continueSession(campaign, session, { games, say, ...path })
    return report(campaign, session, values.coverage ? 'with coverage' : 'short')
  } finally {
    await campaign.stop()
  }
}

function report(campaign: Campaign, session: Session, detail: 'short' | 'with coverage'): number {
  const { noun, required, contract } = campaign
  const missing = missingFrom(campaign, session)
  const { from, next, steps, seconds, mismatches, coverage, commit, bytecodeHash } = session
  const counted = Object.entries(coverage).toSorted(([a], [b]) => (a < b ? -1 : 1))
  const lines = [
    ...mismatches.map(({ text }) => text),
    ...(detail === 'short' ? [] : counted.map(([name, count]) => `${String(count).padStart(8)}  ${name}`)),
    ...missing.map((name) => `never reached: ${name}`),
    `seeds ${from} to ${next - 1}: ${next - from} ${noun}, ${steps} steps, ${seconds.toFixed(0)} s, ` +
      `${mismatches.length} mismatches, ${required.length - missing.length} of ${required.length} reached`,
    `commit ${commit}, ${contract.name} ${bytecodeHash} at ${contract.address}`,
  ]
  return write(`${lines.join('\n')}\n`, mismatches.length === 0 && missing.length === 0 ? 0 : 1)
}

function commitOf(): string {
  try {
    const git = (...args: string[]): string => execFileSync('git', args, { cwd: ROOT, encoding: 'utf8' }).trim()
    const changed = git('status', '--porcelain', '--', 'contracts/src', 'test/model', 'test/contracts/model')
    return git('rev-parse', 'HEAD') + (changed === '' ? '' : ' with changes')
  } catch {
    return 'unknown'
  }
}

function wholeNumber(option: string, given: string): number {
  const number = Number(given)
  if (!Number.isSafeInteger(number) || number < 0)
    throw new RangeError(`Expected ${option} to be a whole number, got ${given}.`)
  return number
}

function say(line: string): void {
  process.stderr.write(`${line}\n`)
}

function write(output: string, exitCode: number): number {
  process.stdout.write(output)
  return exitCode
}
