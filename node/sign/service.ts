import { type Hex, serializeSignature, type TransactionSerializableEIP1559 } from 'viem'
import { isAddress, isHex } from 'viem/utils'
import { z } from 'zod'
import { faultText, schemaFault } from '#protocol/schema-fault.ts'
import { REQUEST_ATTEMPTS } from '#protocol/cosigning.ts'
import type { Signature } from '#protocol/signing.ts'
import type { Log } from '../log.ts'
import type { Signer } from '../sign.ts'
import type { FeeBudget } from './fee-rules.ts'
import { ballotToSign } from '#protocol/ballot.ts'
import { readBallot } from './ballot.ts'
import type { Keys } from './keys.ts'
import { type Deployment, refusalOf } from './transaction-rules.ts'
import { ForeignTypedDataError, type Message, readTypedData } from './typed-data.ts'

/** One method of the signer's JSON-RPC. Throws {@link RefusalError}. */
export type SigningService = (method: string, params: unknown) => Promise<unknown>

/** What a service signs with, and for what. */
export type ServiceComponents = {
  readonly keys: Pick<Keys, 'account'>
  /** With the guard that remembers. */
  readonly signer: Signer
  readonly deployment: Deployment
  readonly fees: FeeBudget
  readonly log: Log
}

const INVALID = -32_602
const NO_METHOD = -32_601
const REFUSED = -32_000

const hexNumber = z
  .custom<Hex>((value) => isHex(value) && value.length > 2 && value.length <= 66, 'a number in hex')
  .transform(BigInt)
const account = z.custom<`0x${string}`>(
  (value) => typeof value === 'string' && isAddress(value, { strict: false }),
  'an address',
)
const TRANSACTION = z.object({
  from: account,
  to: account,
  data: z.custom<Hex>((value) => isHex(value), 'hex'),
  chainId: hexNumber,
  nonce: hexNumber,
  value: hexNumber,
  gas: hexNumber,
  maxFeePerGas: hexNumber,
  maxPriorityFeePerGas: hexNumber,
})
const TYPED = z.tuple([account, z.unknown()])
const COSIGNED = z.tuple([
  account,
  z.unknown(),
  z
    .int()
    .min(0)
    .max(REQUEST_ATTEMPTS - 1),
])

/**
 * What a signer answers: `eth_accounts`, `eth_signTypedData` (also `…_v4`) of observations, presences, requests for co-signatures and
 * ballots of its juries,
 * `eth_signTransaction` of what a node of `deployment` sends, `assize_signReport` for BLS. INVARIANT: for one fixing one
 * observation is signed, whoever asks: the guard of `signer` stands before every signature.
 */
export function createSigningService({ keys, signer, deployment, fees, log }: ServiceComponents): SigningService {
  const { address } = signer
  const own = (asked: string): void => {
    if (asked.toLowerCase() !== address.toLowerCase()) refuse(INVALID, `Expected ${address}, got ${asked}.`)
  }
  const signTyped = async (params: unknown): Promise<Hex> => {
    const [asked, data] = parsed(TYPED, params)
    own(asked)
    const vote = readBallot(deployment, data)
    if (vote !== undefined) {
      const { domain, ballot } = vote
      const signature = await keys.account.signTypedData(ballotToSign(domain, ballot))
      log.info({ primaryType: 'Ballot', fixingId: ballot.fixingId }, 'signed')
      return signature
    }
    const read = readTypedData(deployment, data)
    if (read.primaryType === 'Report') return refuse(REFUSED, 'Expected assize_signReport for a report, got this.')
    const { signature } = await signed(signer, read)
    log.info({ primaryType: read.primaryType }, 'signed')
    return bytesOf(signature)
  }
  const methods: Readonly<Record<string, (params: unknown) => Promise<unknown>>> = {
    eth_accounts: async () => [address],
    eth_signTypedData: signTyped,
    eth_signTypedData_v4: signTyped,
    async assize_signReport(params) {
      const [asked, data, attempt] = parsed(COSIGNED, params)
      own(asked)
      const read = readTypedData(deployment, data)
      if (read.primaryType !== 'Report') return refuse(INVALID, `Expected a Report, got ${read.primaryType}.`)
      const signature = await signer.cosign(read.message, attempt)
      log.info({ primaryType: 'Report', fixingId: read.message.fixingId }, 'signed')
      return signature
    },
    async eth_signTransaction(params) {
      const [{ from, ...asked }] = parsed(z.tuple([TRANSACTION]), params)
      own(from)
      const transaction = {
        ...asked,
        type: 'eip1559',
        chainId: Number(asked.chainId),
        nonce: Number(asked.nonce),
      } as const
      const refusal = refusalOf(deployment, address, transaction)
      if (refusal !== undefined) return refuse(REFUSED, refusal)
      const taken = fees.take(transaction)
      if (taken.kind === 'refused') return refuse(REFUSED, taken.reason)
      try {
        const raw = await keys.account.signTransaction(transaction satisfies TransactionSerializableEIP1559)
        log.info({ to: transaction.to, nonce: transaction.nonce }, 'signed')
        return raw
      } catch (error) {
        // What nobody can send costs nothing.
        taken.giveBack()
        throw error
      }
    },
  }
  return async (method, params) => {
    const run = Object.hasOwn(methods, method) ? methods[method] : undefined
    if (run === undefined)
      return refuse(NO_METHOD, `Expected one of ${Object.keys(methods).join(', ')}, got ${method}.`)
    try {
      return await run(params)
    } catch (error) {
      const refusal = refusalFrom(error)
      log.warn({ method, code: refusal.code }, refusal.message)
      throw refusal
    }
  }
}

function signed(signer: Signer, read: Exclude<Message, { readonly primaryType: 'Report' }>) {
  if (read.primaryType === 'Observation') return signer.sign(read.message)
  return read.primaryType === 'Presence' ? signer.present(read.message) : signer.request(read.message)
}

function parsed<S extends z.ZodType>(schema: S, params: unknown): z.output<S> {
  const result = schema.safeParse(params)
  if (result.success) return result.data
  return refuse(INVALID, `Expected valid params, got ${faultText(schemaFault(result.error, params))}.`)
}

function bytesOf({ r, s, v }: Signature): Hex {
  return serializeSignature({ r, s, v: BigInt(v) })
}

/** What a caller is told; a failure of the disk is one too, since nothing is signed then. */
function refusalFrom(error: unknown): RefusalError {
  if (error instanceof RefusalError) return error
  if (error instanceof ForeignTypedDataError) return new RefusalError(INVALID, error.message)
  return new RefusalError(REFUSED, error instanceof Error ? error.message : String(error))
}

function refuse(code: number, message: string): never {
  throw new RefusalError(code, message)
}

/** What is asked is not signed. */
export class RefusalError extends Error {
  override readonly name = 'Sign.RefusalError'
  /** JSON-RPC's. */
  readonly code: number
  constructor(code: number, message: string) {
    super(message)
    this.code = code
  }
}
