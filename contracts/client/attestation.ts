import {
  type Address,
  decodeFunctionData,
  encodeAbiParameters,
  type Hash,
  type Hex,
  isAddressEqual,
  keccak256,
  parseEventLogs,
  slice,
} from 'viem'
import { reporterRegistryAbi as abi } from '#protocol/abi/reporter-registry.ts'
import { type BlsKey, type BlsSignature, isBlsSigned, sumOfKeys } from '#protocol/bls.ts'
import { placesIn } from '#protocol/cosigning.ts'
import type { SigningDomain } from '#protocol/signing.ts'
import { quorumSize, type Report, reportDigest, RosterSizeError } from '#protocol/report.ts'
import { firstBlockAfter } from './block-at.ts'
import { signatureOf } from './bls-points.ts'
import type { BlockHead, Chain } from './chain.ts'
import { explained } from './errors.ts'
import { type BlockRange, logsOf } from './fixing-log.ts'
import { orUndefined } from './inclusion.ts'
import { blockOf } from './one-block.ts'
import { readEpoch, readRosterKeys } from './roster.ts'

/** What the registry logged of a quorum's co-signed report. */
export type Attestation = {
  /** The median that they signed, scaled by 1e18. */
  readonly value: bigint
  /** Of the observations that the report was made of. */
  readonly observationsRoot: Hex
  /** Who gets the receipts of a proposal with this report. */
  readonly proposer: Address
  /** Bit i stands for place i of the roster. */
  readonly signers: bigint
  readonly count: number
}

/** The last attestation of the fixing that the registry logged in the range, undefined for none. Throws DeadRpcError. */
export async function readAttestation(
  chain: Chain,
  registry: Address,
  id: Hex,
  range: BlockRange,
): Promise<Attestation | undefined> {
  return (await attestationsIn(chain, registry, id, range)).at(-1)?.attestation
}

/**
 * The attestation of the fixing of that id and maturity that stands at `block`, undefined for none: held against what the registry stores
 * of value and signers, so that an endpoint cannot make these up; root and proposer are as it says. The log is looked for from the first
 * block after the maturity on, which `firstBlock` finds, before which nothing can be attested. Throws {@link AttestationUnseenError}, DeadRpcError.
 */
export async function readStandingAttestation(
  chain: Chain,
  registry: Address,
  fixing: AttestedFixing,
  block: BlockHead,
  firstBlock?: FirstBlock,
): Promise<Attestation | undefined> {
  return (await standingAt(chain, registry, fixing, block, firstBlock))?.attestation
}

/** The first block after `time`, Unix seconds, of those up to `head`. */
type FirstBlock = (time: bigint, head: BlockHead) => Promise<BlockHead>

/** A fixing that may have been attested: its id and its maturity, Unix seconds. */
export type AttestedFixing = { readonly id: Hex; readonly maturity: bigint }

/** A report, the BLS keys of those who co-signed it, how many places their roster has, and the sum of their signatures. */
export type CosignedBy = {
  readonly report: Report
  readonly keys: readonly BlsKey[]
  readonly rosterSize: number
  readonly signature: BlsSignature
}

/** Whether a fixing is attested, and what {@link isCosigned} needs to check it. */
export type CosignedReading =
  | { readonly kind: 'none' }
  /** There is an attestation, and the transaction of that hash does not show its signature. */
  | { readonly kind: 'unseen'; readonly hash: Hash }
  | ({ readonly kind: 'cosigned' } & CosignedBy)

/**
 * What the attestation that stands at `block` is made of, for {@link isCosigned}: the signature as it was brought to the registry, and
 * its signers' keys, from the roster by which the registry verified it. Unseen is the signature if another contract passed it on, or the
 * endpoint does not have its transaction: then nothing is checked. Throws {@link AttestationUnseenError}, {@link RosterUnseenError}, DeadRpcError.
 */
export async function readCosigned(
  chain: Chain,
  registry: Address,
  fixing: AttestedFixing,
  block: BlockHead,
): Promise<CosignedReading> {
  const standing = await standingAt(chain, registry, fixing, block)
  if (standing === undefined) return { kind: 'none' }
  const { hash } = standing
  const signature = await broughtSignature(chain, registry, hash)
  if (signature === undefined) return { kind: 'unseen', hash }
  const { value, observationsRoot, proposer, signers } = standing.attestation
  const epoch = await readEpoch(chain, registry, fixing.maturity)
  const roster = await readRosterKeys(chain, registry, fixing.maturity, block)
  const keys = placesIn(signers).map((place) => {
    const key = roster[place]
    if (key === undefined) throw new RosterUnseenError(fixing.id, place, roster.length)
    return key
  })
  const report = { epoch, fixingId: fixing.id, value, observationsRoot, proposer }
  return { kind: 'cosigned', report, keys, rosterSize: roster.length, signature }
}

/**
 * Whether `signature` is the sum of what all `keys` sign of the report, no two of them the same, and they are more than two thirds of
 * the roster, as the registry asks of an attestation: computed here, nobody is asked. Warning: keys and size of the roster are believed.
 * They must come from a registry whose state you trust (that of a node of your own, or of several endpoints that agree), which has
 * checked that each key's owner has its secret: whoever may name a key without can make one up that stands for the others too. Two
 * places of one key, which the registry lets one owner have, count as none here. Throws BlsPointError for what is no point of
 * BLS12-381's subgroups, RosterSizeError for a roster of no places.
 */
export function isCosigned(domain: SigningDomain, { report, keys, rosterSize, signature }: CosignedBy): boolean {
  // Of an empty roster one signature would be more than two thirds.
  if (rosterSize === 0) throw new RosterSizeError(rosterSize)
  // Hex has two spellings. A key that is there twice would be a signer who counts twice.
  const signers = new Set(keys.map((key) => key.toLowerCase()))
  if (signers.size < keys.length || signers.size < quorumSize(rosterSize) || signers.size > rosterSize) return false
  return isBlsSigned(sumOfKeys(keys), reportDigest(domain, report), 'signature', signature)
}

type LoggedAttestation = { readonly attestation: Attestation; readonly hash: Hash }

async function standingAt(
  chain: Chain,
  registry: Address,
  { id, maturity }: AttestedFixing,
  block: BlockHead,
  firstBlock: FirstBlock = (time, head) => firstBlockAfter(chain, time, head),
): Promise<LoggedAttestation | undefined> {
  const [count, digest] = await explained(chain.rpcUrl, 'attestationOf', () =>
    chain.publicClient.readContract({
      address: registry,
      abi,
      functionName: 'attestationOf',
      args: [id],
      ...blockOf(block),
    }),
  )
  if (count === 0n) return undefined
  const { number: fromBlock } = await firstBlock(maturity, block)
  const logged = await attestationsIn(chain, registry, id, { fromBlock, toBlock: block.number })
  const standing = logged.findLast(({ attestation }) => digestOf(attestation) === digest)
  if (standing === undefined) throw new AttestationUnseenError(id, fromBlock, block.number)
  return standing
}

/** The registry has an attestation, and the endpoint shows no log of it. */
export class AttestationUnseenError extends Error {
  override readonly name = 'Attestation.AttestationUnseenError'
  readonly hint = 'Ask an endpoint that has the logs of these blocks.'
  constructor(id: Hex, fromBlock: bigint, toBlock: bigint) {
    super(`Expected the log of the attestation of fixing ${id} in blocks ${fromBlock} to ${toBlock}, got none.`)
  }
}

/** The registry has an attestation, and the endpoint does not show the roster of all who signed it. */
export class RosterUnseenError extends Error {
  override readonly name = 'Attestation.RosterUnseenError'
  readonly hint = 'Ask an endpoint that has the state of this block.'
  constructor(id: Hex, place: number, places: number) {
    super(`Expected place ${place} of the roster that attested fixing ${id}, got a roster of ${places} places.`)
  }
}

async function attestationsIn(
  chain: Chain,
  registry: Address,
  id: Hex,
  range: BlockRange,
): Promise<LoggedAttestation[]> {
  const logs = await logsOf(chain, registry, range, id)
  return parseEventLogs({ abi, logs, eventName: 'Attested' }).map(({ args, transactionHash: hash }) => {
    const { value, observationsRoot, proposer, signers } = args
    return { attestation: { value, observationsRoot, proposer, signers, count: placesIn(signers).length }, hash }
  })
}

/** The signature that a transaction brought to the registry; undefined if it is another contract's, brought none, or is not known. */
async function broughtSignature(chain: Chain, registry: Address, hash: Hash): Promise<BlsSignature | undefined> {
  const brought = await explained(chain.rpcUrl, 'eth_getTransactionByHash', () =>
    orUndefined(chain.publicClient.getTransaction({ hash })),
  )
  if (brought === undefined || brought.to === null || !isAddressEqual(brought.to, registry)) return undefined
  return signatureIn(brought.input)
}

function signatureIn(input: Hex): BlsSignature | undefined {
  try {
    const { functionName, args } = decodeFunctionData({ abi, data: input })
    return functionName === 'attest' || functionName === 'proposeAttested' ? signatureOf(args[2]) : undefined
  } catch {
    // No call of the registry's.
    return undefined
  }
}

/** As `Attestation.sol` stores it: `bytes19(keccak256(abi.encode(value, signers)))`. */
function digestOf({ value, signers }: Attestation): Hex {
  return slice(keccak256(encodeAbiParameters([{ type: 'uint128' }, { type: 'uint256' }], [value, signers])), 0, 19)
}
