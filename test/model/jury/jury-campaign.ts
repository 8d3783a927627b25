import { keccak256 } from 'viem'
import { asWords, text } from '../abi.ts'
import { buildJuryArtifacts } from '../artifacts.ts'
import { type Campaign, type Case, hashOfSources, type Kind } from '../campaign.ts'
import { describeSteps } from '../describe.ts'
import { type Look, compareLooks } from '../lens.ts'
import { Random } from '../random.ts'
import type { Result } from '../result.ts'
import { type JuryArena, openJuryArena, type Outcome } from './arena.ts'
import { JuryCoverage, JURY_REQUIRED } from './coverage.ts'
import { Player } from './generate.ts'
import { JuryModel } from './jury-model.ts'
import { looksAt, owed } from './look.ts'
import { PLANTED_JURIES, PLANTED_JURY_RULES } from './planted.ts'
import { JURY_RULES, type JuryRules } from './rules.ts'
import type { Bench, JuryStep } from './terms.ts'

/** Random histories of jurors and of the cases before them. Which stakes are drawn is the chain's chance, not the seed's. */
export const JURY: Kind = {
  plantedContracts: PLANTED_JURIES,
  async open(root) {
    return juryCampaign(await openJuryArena(await buildJuryArtifacts(root === undefined ? {} : { root })))
  },
}

const MOVES = 110

/** A step, what came of it, and what every view said afterwards. */
type Played = { readonly step: JuryStep; readonly outcome: Outcome; readonly answers: readonly (readonly bigint[])[] }
type History = {
  readonly seed: number
  readonly bench: Bench
  readonly looks: readonly Look<JuryModel>[]
  readonly played: Played[]
}
type Difference = { readonly what: string; readonly text: string }

function juryCampaign(arena: JuryArena): Campaign {
  // All histories share a chain: one after the other.
  let turn: Promise<unknown> = Promise.resolve()
  return {
    noun: 'histories',
    contract: {
      name: 'jury',
      address: arena.benches[0]?.jury ?? '0x',
      bytecodeHash: keccak256(arena.artifacts.jury.bytecode),
    },
    modelHash: hashOfSources(['test/model/*.ts', 'test/model/jury/*.ts', 'test/contracts/model/*.sol']),
    required: JURY_REQUIRED,
    plantedRules: PLANTED_JURY_RULES.map(({ bug }) => bug),
    run(seed) {
      const mine = turn.then(() => caseOf(arena, seed))
      turn = mine.catch(() => undefined)
      return mine
    },
    stop: () => arena.stop(),
  }
}

async function caseOf(arena: JuryArena, seed: number): Promise<Case> {
  const coverage = new JuryCoverage()
  const history = await play(arena, seed, coverage)
  const mismatch = judge(arena, history, JURY_RULES)
  return {
    seed,
    steps: history.played.length,
    mismatch: mismatch && { ...mismatch, shorten: () => Promise.resolve(mismatch.text) },
    reached: () => coverage.counts,
    foundBy: (bug) => judge(arena, history, PLANTED_JURY_RULES[bug]?.rules ?? JURY_RULES)?.what,
  }
}

/** Plays a history on the chain, led by the model, until they part or it is long enough. */
async function play(arena: JuryArena, seed: number, coverage: JuryCoverage): Promise<History> {
  await arena.reset()
  const random = new Random(seed)
  const bench = random.pick(arena.benches)
  const looks = looksAt(bench, arena.artifacts)
  const look = arena.lens(looks)
  const model = new JuryModel(bench, JURY_RULES)
  let head = await arena.head()
  const player = new Player(model, random, head)
  const history: History = { seed, bench, looks, played: [] }
  for (let i = 0; i < MOVES; i += 1) {
    const move = player.next(head)
    if (move.kind === 'pass') {
      await arena.mine(move.blocks, move.seconds)
      head = await arena.head()
      continue
    }
    const { party, action: planned, time } = move
    const nowhere = { bytes: '0xc0', prevRandao: `0x${'00'.repeat(32)}`, isOfSeed: false } as const
    const action =
      planned.name === 'draw'
        ? {
            name: planned.name,
            fixing: planned.fixing,
            header: rightOf(await arena.header(planned.headerOf), planned.headerOf, model, planned.fixing) ?? nowhere,
          }
        : planned
    const step = { party, action, time, block: head.block + 1n }
    const outcome = await arena.act(bench, party, action, time)
    history.played.push({ step, outcome, answers: await look() })
    coverage.before(model, step)
    const result = model.play(step)
    coverage.after(model, step, result)
    if (differenceAt(arena, history, model, history.played.length - 1, result) !== undefined) break
    head = { block: step.block, time }
  }
  return history
}

/** A header as the draw of that fixing sees it. */
function rightOf<T extends { readonly isOfSeed: boolean }>(
  header: T | undefined,
  number: bigint,
  model: JuryModel,
  fixing: number,
): T | undefined {
  return header && { ...header, isOfSeed: header.isOfSeed && number === model.caseAt(fixing).seedBlock }
}

/** The first step at which a model with these rules says otherwise than the chain did. */
function judge(arena: JuryArena, history: History, rules: JuryRules): Difference | undefined {
  const model = new JuryModel(history.bench, rules)
  for (const [at, { step }] of history.played.entries()) {
    const found = differenceAt(arena, history, model, at, model.play(step))
    if (found !== undefined) return found
  }
  return undefined
}

function differenceAt(
  { dictionary }: JuryArena,
  history: History,
  model: JuryModel,
  at: number,
  result: Result,
): Difference | undefined {
  const played = history.played[at]
  if (played === undefined) return undefined
  const { outcome, answers } = played
  const got = outcome.success
    ? ['done', ...outcome.logs.map((log) => dictionary.logText(log))].join('\n')
    : dictionary.errorText(outcome.data)
  const expected = result.ok
    ? ['done', ...result.events.map(({ name, args }) => text(name, asWords(args)))].join('\n')
    : text(result.error, asWords(result.args))
  const describe = (what: string, want: string, was: string): Difference => {
    const steps = history.played.map(({ step }) => step)
    return { what, text: describeSteps({ seed: history.seed, steps }, { step: at, what, expected: want, got: was }) }
  }
  if (got !== expected) return describe('outcome', expected, got)
  const unlike = compareLooks(history.looks, model, answers)
  if (unlike !== undefined) return describe(unlike.what, unlike.expected, unlike.got)
  const held = model.state.balances.get(history.bench.jury) ?? 0n
  return held === owed(model) ? undefined : describe('solvency', String(owed(model)), String(held))
}
