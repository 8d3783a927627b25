import { type Address, encodeAbiParameters, type Hex, keccak256, parseEventLogs, slice } from 'viem'
import { reporterRegistryAbi as abi } from '#protocol/abi/reporter-registry.ts'
import { placesIn } from '#protocol/cosigning.ts'
import { firstBlockAfter } from './block-at.ts'
import type { BlockHead, Chain } from './chain.ts'
import { explained } from './errors.ts'
import { type BlockRange, logsOf } from './fixing-log.ts'
import { blockOf } from './one-block.ts'

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
  return (await attestationsIn(chain, registry, id, range)).at(-1)
}

/**
 * The attestation of the fixing of that id and maturity that stands at `block`, undefined for none: held against what the registry stores
 * of value and signers, so that an endpoint cannot make these up; root and proposer are as it says. The log is looked for from the first
 * block after the maturity on, which `firstBlock` finds, before which nothing can be attested. Throws {@link AttestationUnseenError}, DeadRpcError.
 */
export async function readStandingAttestation(
  chain: Chain,
  registry: Address,
  { id, maturity }: { readonly id: Hex; readonly maturity: bigint },
  block: BlockHead,
  firstBlock = (time: bigint, head: BlockHead): Promise<BlockHead> => firstBlockAfter(chain, time, head),
): Promise<Attestation | undefined> {
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
  const standing = logged.findLast((one) => digestOf(one) === digest)
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

async function attestationsIn(chain: Chain, registry: Address, id: Hex, range: BlockRange): Promise<Attestation[]> {
  const logs = await logsOf(chain, registry, range, id)
  return parseEventLogs({ abi, logs, eventName: 'Attested' }).map(({ args }) => {
    const { value, observationsRoot, proposer, signers } = args
    return { value, observationsRoot, proposer, signers, count: placesIn(signers).length }
  })
}

/** As `Attestation.sol` stores it: `bytes19(keccak256(abi.encode(value, signers)))`. */
function digestOf({ value, signers }: Attestation): Hex {
  return slice(keccak256(encodeAbiParameters([{ type: 'uint128' }, { type: 'uint256' }], [value, signers])), 0, 19)
}
