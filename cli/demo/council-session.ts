import { readCouncil, type RulingSignature, signRuling, submitRuling } from '#client/council.ts'
import { EXIT } from '../exit-code.ts'
import { formatIndexValue } from '../format.ts'
import { readIndex } from './index-reading.ts'
import type { Person } from './people.ts'
import type { World } from './world.ts'

/** What the council ruled, and who signed. */
export type Ruling = {
  readonly value: bigint
  readonly signatures: readonly (RulingSignature & { readonly name: string })[]
  readonly threshold: number
}

/**
 * Every member reads the index from the venues for itself and signs what it read; the first value that k members signed
 * is brought to the oracle. Throws {@link NoMajorityError}.
 */
export async function ruleByCouncil(world: World): Promise<Ruling> {
  const { chain, deployments, fixing, fixingId, people, tell, conductor, wallets, signal } = world
  const { signers, threshold } = await readCouncil(chain, deployments.council)
  const byValue = new Map<bigint, (RulingSignature & { name: string })[]>()
  for (const member of people.council) {
    const reading = await readIndex(world.document, fixing.maturity, await conductor.now(), signal)
    if (reading.kind === 'abstain') {
      tell.at(await conductor.now(), `${member.name} cannot read the index: ${reading.reason}`)
      continue
    }
    const signature = await sign(world, member, reading.value)
    const index = signers.findIndex(({ account }) => account === member.account.address)
    const signed = [...(byValue.get(reading.value) ?? []), { index, signature, name: member.name }]
    byValue.set(reading.value, signed)
    tell.at(
      await conductor.now(),
      `${member.name} reads ${formatIndexValue(reading.value)} from the venues and signs it (${signed.length} of ${threshold})`,
    )
    if (signed.length < threshold) continue
    const clerk = await wallets.of(member)
    await submitRuling(clerk, deployments.council, fixing, { value: reading.value, signatures: signed }, { signal })
    return { value: reading.value, signatures: signed, threshold }
  }
  throw new NoMajorityError(fixingId, threshold)
}

/** The members did not agree on one value. */
export class NoMajorityError extends Error {
  override readonly name = 'Demo.NoMajorityError'
  readonly exitCode = EXIT.failed
  readonly hint = 'The venues served different closes to different members.'
  constructor(id: string, threshold: number) {
    super(`Expected ${threshold} members of the council to rule the same on ${id}, got fewer.`)
  }
}

function sign({ chain, deployments, fixingId }: World, member: Person, value: bigint): Promise<`0x${string}`> {
  const council = { chainId: chain.chainId, address: deployments.council }
  return signRuling(member.account, council, { fixingId, value })
}
