import type { Address, Hex } from 'viem'
import { type Fixing, fixingIdOf } from '../terms.ts'
import type { Observation, RegistryAction } from './action.ts'
import { observationDigest } from './digests.ts'
import type { Draft } from './draft.ts'
import { type Member, NEVER } from './membership.ts'
import type { Term } from './rules.ts'

type Equivocation = RegistryAction & { readonly name: 'slashEquivocation' }

/** A signer whose term has an end, past or to come. */
export type Ending = { readonly member: Member; readonly signer: Address; readonly term: Term }

const ROOT: Hex = `0x${'c0'.repeat(32)}`

/** Two observations by one signer; of a fixing of the history, or of one made up for the edges of the signer's term. */
export function equivocation(draft: Draft, fixing: number): Equivocation {
  const { random, world, stage } = draft
  const { membership } = stage.registry
  const tied = world.signers.filter((signer) => membership.memberOf(signer) !== undefined)
  const signer = random.pick(tied.length > 0 && random.chance(90) ? tied : world.signers)
  return equivocationBy(draft, signer, broughtFor(draft, signer, stage.oracle.fixing(fixing)))
}

/** As `equivocation`, by one signer for one fixing. */
export function equivocationBy({ random, world, stage, pool }: Draft, signer: Address, brought: Fixing): Equivocation {
  const { domain } = stage.registry
  const { chainId, oracle } = stage.oracle.deployment
  const fixingId = fixingIdOf(chainId, oracle, brought)
  const observe = (value: bigint): Observation => {
    return { fixingId, value, observedAt: stage.oracle.now, sourcesRoot: ROOT }
  }
  const first = observe(random.pick(pool))
  const second = random.weighed<Observation>([
    [8, observe(first.value ^ 1n)],
    [1, { ...first, observedAt: first.observedAt + 1n }],
    [1, { ...first, sourcesRoot: `0x${'c1'.repeat(32)}` }],
    [1, first],
    [1, { ...observe(first.value ^ 1n), fixingId: `0x${'f1'.repeat(32)}` }],
  ])
  const by = random.chance(92) ? signer : random.pick(world.signers)
  const [one, two] = [observationDigest(domain, first), observationDigest(domain, second)]
  const elsewhere = observationDigest({ ...domain, chainId: 1n }, second)
  const secondDigest = random.chance(95) ? two : elsewhere
  const secondSigned = random.chance(2) ? ('malformed' as const) : { by, digest: secondDigest }
  const firstSigned = random.chance(2) ? ('malformed' as const) : { by: signer, digest: one }
  // Now and then two observations of one fixing are brought for another.
  const other = random.chance(95) ? brought : { ...brought, firstWindow: brought.firstWindow + 1n }
  return { name: 'slashEquivocation', brought: other, first, firstSigned, second, secondSigned }
}

function broughtFor({ random, stage }: Draft, signer: Address, own: Fixing): Fixing {
  const { membership, now } = stage.registry
  const member = membership.memberOf(signer)
  if (member === undefined || random.chance(40)) return own
  const { fromTime, endTime } = membership.termOf(member, signer)
  return { ...own, maturity: random.pick([fromTime - 1n, fromTime, endTime - 1n, endTime, now]) }
}

/** Everybody who is or was a reporter's signer until some time, in the order of those times. */
export function endingsOf({ stage }: Draft): Ending[] {
  const { membership } = stage.registry
  const endings = membership.members.flatMap((member) => {
    const signers = new Set(member?.credentials.map(({ signer }) => signer))
    return [...signers].flatMap((signer): Ending[] => {
      if (member === undefined) return []
      const term = membership.termOf(member, signer)
      return term.endTime === NEVER ? [] : [{ member, signer, term }]
    })
  })
  return endings.toSorted((a, b) => (a.term.endTime < b.term.endTime ? -1 : 1))
}

/** Accuses a signer whose term ended for a maturity at one of the term's edges, mostly one that it answers for. */
export function accusationOf(draft: Draft, { signer, term }: Ending): Equivocation {
  const { random, stage } = draft
  const { fromTime, endTime } = term
  const maturity = random.weighed([
    [4, fromTime],
    [4, endTime - 1n],
    [2, fromTime - 1n],
    [2, endTime],
  ])
  return equivocationBy(draft, signer, { ...random.pick(stage.oracle.fixings), maturity })
}

/** Somebody who may well be the accused. */
export function anyProver({ random, world }: Draft): Address {
  return random.pick([...world.parties.slice(0, 2), ...world.owners, ...world.signers.slice(0, 2)])
}
