import process from 'node:process'
import { expect, test } from 'vitest'
import { Random } from '../model/random.ts'
import { type Attack, ATTACKS } from './attack.ts'
import { mostPages, type Outcome, siege, unheard } from './siege.ts'

// `npm run check:network`: ASSIZE_NETWORK_SEED=7 for what happened then, ASSIZE_NETWORK_MESSAGES=5000 for more of them.
const {
  ASSIZE_NETWORK_SEED: seed = String(Math.floor(Math.random() * 1_000_000)),
  ASSIZE_NETWORK_MESSAGES: messages = '1000',
} = process.env

const HONEST = 27
const HOSTILE = 3
/** What an attack may add for each node, megabytes: full rooms for what waits, and what libp2p buffers. */
const MOST_PER_NODE = 16

/** Each kind once, some of the first again to make the last party whole. */
const parties = Array.from({ length: Math.ceil(ATTACKS.length / HOSTILE) }, (_, i) =>
  [...ATTACKS, ...ATTACKS].slice(i * HOSTILE, (i + 1) * HOSTILE),
)

test.each(parties.map((party) => [party.join(', '), party] as const))(
  'every honest observation arrives although a tenth of the peers is %s',
  async (name, party) => {
    const outcome = await siege({
      honest: HONEST,
      attacks: party,
      messages: Number(messages),
      random: new Random(Number(seed)),
    })
    process.stderr.write(`${lineOf(name, party, outcome)}\n`)
    expect(outcome).toMatchObject({ delivered: HONEST * HONEST, deceived: 0 })
    if (party.includes('equivocating')) expect(outcome.warned).toBe(HONEST)
    expect(unheard(party, outcome)).toEqual([])
    expect(outcome.samples.pages).toBeLessThanOrEqual(mostPages(outcome))
    expect((outcome.memoryMb.most - outcome.memoryMb.before) / HONEST).toBeLessThan(MOST_PER_NODE)
  },
  0,
)

function lineOf(name: string, party: readonly Attack[], outcome: Outcome): string {
  const { delivered, expected, sent, memoryMb, verdicts } = outcome
  const total = [...sent.values()].reduce((sum, one) => sum + one, 0)
  const share = ((100 * delivered) / expected).toFixed(1)
  const memory = `memory ${memoryMb.before.toFixed(0)} MB before, ${memoryMb.most.toFixed(0)} MB at most`
  const counts = [...verdicts].map(([code, times]) => `${code} ${times}`).join(', ')
  const crowd = `${HONEST} honest, ${party.length} hostile (${name}), seed ${seed}`
  return `${crowd}: ${share} % delivered, ${total} hostile messages sent, ${memory} for all; ${counts}`
}
