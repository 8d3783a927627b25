import type { WritableChain } from '#client/chain.ts'
import { register } from '#client/registration.ts'
import { readEpoch } from '#client/roster.ts'
import type { Evidence } from '#protocol/evidence.ts'
import { type Fixing, fixingId } from '#protocol/fixing.ts'
import { indexId } from '#protocol/index-document.ts'
import { observationDigest } from '#protocol/observation.ts'
import { signatureOf } from '#protocol/signing.ts'
import { leavesOf, sourcesRoot } from '#protocol/samples.ts'
import { sourceJson, threeSamples } from '../protocol/index-documents.ts'
import { accountOf, ETHER, MATURITY, recruitOf, type Stage } from './chain-fixture.ts'

const NAMES = ['first', 'second', 'third', 'fourth']
const OPENS = [MATURITY - 180n, MATURITY - 120n, MATURITY - 60n]

/**
 * Registers four reporters, who observe the closes 2 499, 2 500, 2 500 and 2 501 in their one venue: 2 500 is the lower of the
 * two in the middle. Returns what a node would export.
 */
export async function observe(stage: Stage, owner: WritableChain): Promise<{ fixing: Fixing; evidence: Evidence }> {
  const { oracle, registry } = stage.deployments
  const { chainId } = owner
  const document = threeSamples([sourceJson('a')])
  const fixing = { ...stage.fixing, indexId: indexId(document) }
  const id = fixingId(fixing, { chainId, oracle })
  const reporters = []
  const observations = []
  const samples = new Map<`0x${string}`, ReturnType<typeof leavesOf>>()
  for (const [i, name] of NAMES.entries()) {
    const recruit = recruitOf(name, { peerId: `0x002${i}`, stake: ETHER })
    const index = await register(owner, registry, recruit)
    const signer = accountOf(name)
    const close = [2_499n, 2_500n, 2_500n, 2_501n][i] ?? 0n
    const read = [{ sourceId: 'a', quote: 'USD', closes: OPENS.map(() => close.toString()) }]
    const root = sourcesRoot(read, OPENS)
    samples.set(root, leavesOf(read, OPENS))
    const observation = { fixingId: id, value: close * ETHER, observedAt: MATURITY, sourcesRoot: root }
    const digest = observationDigest({ chainId, registry }, observation)
    const signature = signatureOf((await signer.sign?.({ hash: digest })) ?? '0x')
    observations.push({ signed: { ...observation, signature }, signer: signer.address, reporterIndex: index })
    reporters.push({ index, signer: signer.address })
  }
  const epoch = await readEpoch(owner, registry, fixing.maturity)
  const evidence = {
    chainId,
    oracle,
    registry,
    id,
    fixing,
    document,
    panel: { epoch, reporters },
    observations,
    samples,
    bodies: [],
  }
  return { fixing, evidence }
}
