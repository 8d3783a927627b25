import {
  type Address,
  type Hex,
  type LocalAccount,
  parseSignature,
  recoverTransactionAddress,
  recoverTypedDataAddress,
  type TransactionSerializable,
  type TransactionSerializableEIP1559,
} from 'viem'
import { toAccount } from 'viem/accounts'
import { isHex, numberToHex, parseTransaction, serializeTransaction } from 'viem/utils'
import { z } from 'zod'
import { ballotToSign } from '#protocol/ballot.ts'
import type { BlsSignature } from '#protocol/bls.ts'
import { recoverRequester } from '#protocol/cosigning.ts'
import { recoverObservationSigner } from '#protocol/observation.ts'
import { type Signature, type SigningDomain } from '#protocol/signing.ts'
import { recoverPresent } from '#protocol/presence.ts'
import { CURVE_ORDER } from '#protocol/wire.ts'
import type { Clock } from '../clock.ts'
import { lastSeen } from '../ground/last-seen.ts'
import { ballotData } from './ballot.ts'
import type { Keys } from './keys.ts'
import { type Message, typedDataOf } from './typed-data.ts'

/** What came of asking a signer: its result, its refusal, or nothing usable. */
export type SignerAnswer =
  | { readonly kind: 'result'; readonly result: unknown }
  | { readonly kind: 'refused'; readonly code: number; readonly message: string }
  | { readonly kind: 'silent'; readonly reason: string }

/** Asks the signer by JSON-RPC. Never throws, and ends within a time of its own. */
export type SignerCall = (method: string, params: readonly unknown[]) => Promise<SignerAnswer>

/** What a remote signer takes. */
export type RemoteComponents = {
  /** Whose keys they must be. */
  readonly address: Address
  /** Where it is, for messages; without secrets. */
  readonly url: string
  readonly call: SignerCall
  readonly clock: Pick<Clock, 'monotonicMs' | 'sleep'>
}

/** A signer that did not answer is asked once more at once: its connection may have been an old one. Signing is idempotent. */
const TRIES = 2
/** How long what is known of the signer's health is shown, milliseconds. */
const HEALTH_MS = 5_000
/** How long it is shown while the signer does not answer, milliseconds. */
const OLD_MS = 60_000
/** JSON-RPC's code for a method that is not there. */
const NO_METHOD = -32_601
/** Web3Signer has the second, wallets and anvil the first. */
const TYPED_DATA_METHODS = ['eth_signTypedData_v4', 'eth_signTypedData'] as const

/**
 * Keys that a signer elsewhere keeps: Web3Signer's JSON-RPC (`eth_accounts`, `eth_signTypedData`, `eth_signTransaction`) and,
 * for co-signatures, `assize_signReport`. INVARIANT: a signature is used only if it is by `address` and of what was asked.
 * A co-signature's key is the registry's to know: whoever publishes it checks it. Every method throws
 * {@link SignerSilentError}, {@link SignerRefusedError}, {@link WrongSignatureError}.
 */
export function remoteKeys({ address, url, call, clock }: RemoteComponents): Keys {
  let wrong: string | undefined
  const ask = async (method: string, params: readonly unknown[]): Promise<unknown> => {
    let answer = await call(method, params)
    for (let i = 1; i < TRIES && answer.kind === 'silent'; i += 1) answer = await call(method, params)
    if (answer.kind === 'result') return answer.result
    if (answer.kind === 'silent') throw new SignerSilentError(url, answer.reason)
    throw new SignerRefusedError(url, method, answer)
  }
  const verified = async <T>(what: string, read: () => Promise<T | undefined>): Promise<T> => {
    const value = await read().catch(() => undefined)
    wrong = value === undefined ? what : undefined
    if (value === undefined) throw new WrongSignatureError(url, address, what)
    return value
  }
  // As a string: Web3Signer takes no object, and who takes objects takes their JSON.
  const askForTyped = (typed: object): Promise<unknown> =>
    byAny((method) => ask(method, [address, JSON.stringify(typed)]))
  const signTyped = async (
    domain: SigningDomain,
    message: Message,
    recover: (signature: Signature) => Address,
  ): Promise<Signature> => {
    const result = await askForTyped(typedDataOf(domain, message))
    return verified(`a signature of the ${message.primaryType}`, async () => {
      const signature = signatureIn(result)
      const isLow = 2n * BigInt(signature.s) < CURVE_ORDER
      return isLow && recover(signature) === address ? signature : undefined
    })
  }
  const health = async (): Promise<string | undefined> => {
    const known = await call('eth_accounts', [])
    if (known.kind === 'silent') return `The signer at ${url} does not answer (${known.reason}): start it.`
    if (known.kind === 'refused') return `The signer at ${url} refuses (${known.message}): check signer.token_file.`
    if (!holds(known.result, address)) return `The signer at ${url} has no key of ${address}: check signer.address.`
    return wrong === undefined ? undefined : `The signer at ${url} gave something else than ${wrong}.`
  }
  return {
    address,
    account: accountOf(address, async (transaction) => {
      const result = await ask('eth_signTransaction', [requestOf(address, transaction)])
      return verified('the transaction that was asked for, signed', () => signedOf(result, address, transaction))
    }),
    signObservation: (domain, message) =>
      signTyped(domain, { primaryType: 'Observation', message }, (signature) =>
        recoverObservationSigner(domain, { ...message, signature }),
      ),
    signRequest: (domain, message) =>
      signTyped(domain, { primaryType: 'ReportRequest', message }, (signature) =>
        recoverRequester(domain, { ...message, signature }),
      ),
    signPresence: (domain, message) =>
      signTyped(domain, { primaryType: 'Presence', message }, (signature) =>
        recoverPresent(domain, { ...message, signature }),
      ),
    async signReport(domain, message, attempt): Promise<BlsSignature> {
      const typed = typedDataOf(domain, { primaryType: 'Report', message })
      const result = await ask('assize_signReport', [address, typed, attempt])
      return verified('a signature of the Report', async () => (isHex(result) ? result : undefined))
    },
    async signBallot(domain, ballot) {
      const result = await askForTyped(ballotData(domain, ballot))
      return verified('a signature of the Ballot', async () => {
        const signature = z.custom<Hex>((value) => isHex(value)).parse(result)
        const signer = await recoverTypedDataAddress({ ...ballotToSign(domain, ballot), signature })
        return signer === address && 2n * BigInt(signatureIn(signature).s) < CURVE_ORDER ? signature : undefined
      })
    },
    problem: lastSeen(clock, health, {
      freshMs: HEALTH_MS,
      overdue: (last) =>
        last === undefined || last.ageMs > OLD_MS ? `The signer at ${url} does not answer: start it.` : last.found,
    }),
  }
}

/** What the first method gives that the signer does not refuse: what it says of one that it lacks differs. */
async function byAny(ask: (method: string) => Promise<unknown>): Promise<unknown> {
  const refusals: SignerRefusedError[] = []
  for (const method of TYPED_DATA_METHODS) {
    try {
      return await ask(method)
    } catch (error) {
      if (!(error instanceof SignerRefusedError)) throw error
      refusals.push(error)
    }
  }
  throw refusalOf(refusals)
}

/** All of them in one, with the code of the last, but for methods that are not there while another is. */
function refusalOf(refusals: readonly SignerRefusedError[]): unknown {
  const known = refusals.filter(({ code }) => code !== NO_METHOD)
  const all = known.length === 0 ? refusals : known
  return all.reduce(
    (before, { url, method, code, got }) =>
      new SignerRefusedError(url, `${before.method} or ${method}`, {
        code,
        message: got === before.got ? got : `${before.got}; ${got}`,
      }),
  )
}

function holds(accounts: unknown, address: Address): boolean {
  const known = z.array(z.string()).safeParse(accounts).data ?? []
  return known.some((one) => one.toLowerCase() === address.toLowerCase())
}

/** 65 bytes: r ‖ s ‖ v, v as 27 and 28 or as 0 and 1. */
function signatureIn(result: unknown): Signature {
  const { r, s, yParity } = parseSignature(z.custom<Hex>((value) => isHex(value)).parse(result))
  return { r, s, v: yParity === 0 ? 27 : 28 }
}

type Sign = (transaction: TransactionSerializableEIP1559) => Promise<Hex>

function accountOf(address: Address, sign: Sign): LocalAccount {
  const nothingElse = async (): Promise<Hex> => {
    throw new UnusualTransactionError('a transaction, an observation or a report', 'something else')
  }
  return toAccount({
    address,
    signTransaction: async (transaction) => sign(plain(transaction)),
    signMessage: nothingElse,
    signTypedData: nothingElse,
  })
}

/** What is signed of it: viem adds `from` and its own names. */
function plain(transaction: TransactionSerializable): TransactionSerializableEIP1559 {
  const { chainId, nonce, to, data, value, gas, maxFeePerGas, maxPriorityFeePerGas } = transaction
  if (chainId === undefined || maxFeePerGas === undefined || maxPriorityFeePerGas === undefined) {
    throw new UnusualTransactionError('a transaction with EIP-1559 fees and a chain', 'another')
  }
  const fees = { gas: gas ?? 0n, maxFeePerGas, maxPriorityFeePerGas }
  const content = { to: to ?? null, data: data ?? '0x', value: value ?? 0n }
  return { type: 'eip1559', chainId, nonce: nonce ?? 0, ...content, ...fees }
}

function requestOf(from: Address, transaction: TransactionSerializableEIP1559): object {
  const { chainId, nonce, to, data, value, gas, maxFeePerGas, maxPriorityFeePerGas } = transaction
  const numbers = { chainId, nonce, value, gas, maxFeePerGas, maxPriorityFeePerGas }
  const hex = Object.entries(numbers).map(([name, number]) => [name, numberToHex(number ?? 0)])
  return { from, to, data, ...Object.fromEntries(hex) }
}

/** The raw transaction, if it is the one that was asked for; geth's and clef's answer has it as `raw`. */
async function signedOf(
  result: unknown,
  address: Address,
  wanted: TransactionSerializableEIP1559,
): Promise<Hex | undefined> {
  const RAW = z.custom<`0x02${string}`>((value) => isHex(value) && value.startsWith('0x02'))
  const raw = z.union([RAW, z.object({ raw: RAW }).transform((one) => one.raw)]).parse(result)
  const { r: _r, s: _s, v: _v, yParity: _parity, ...content } = parseTransaction(raw)
  if (serializeTransaction(content) !== serializeTransaction(wanted)) return undefined
  const signer = await recoverTransactionAddress({ serializedTransaction: raw })
  return signer === address ? raw : undefined
}

/** The signer gives no answer, or none that can be read. Nothing was signed as far as is known; asking again is harmless. */
export class SignerSilentError extends Error {
  override readonly name = 'Sign.SignerSilentError'
  readonly url: string
  constructor(url: string, got: string) {
    super(`Expected the signer at ${url} to answer, got ${got}. Start it, or check signer.url.`)
    this.url = url
  }
}

/** The signer will not sign this. */
export class SignerRefusedError extends Error {
  override readonly name = 'Sign.SignerRefusedError'
  readonly url: string
  readonly method: string
  /** JSON-RPC's. */
  readonly code: number
  /** The signer's own words. */
  readonly got: string
  constructor(url: string, method: string, { code, message }: { readonly code: number; readonly message: string }) {
    super(`Expected the signer at ${url} to sign by ${method}, got its refusal ${code}: ${message}`)
    this.url = url
    this.method = method
    this.code = code
    this.got = message
  }
}

/** What the signer returned is not what was asked for, or not by the right key. It was not used. */
export class WrongSignatureError extends Error {
  override readonly name = 'Sign.WrongSignatureError'
  constructor(url: string, address: Address, want: string) {
    super(`Expected ${want} by ${address} from the signer at ${url}, got something else. Check signer.address and it.`)
  }
}

/** Only what a node sends is signed elsewhere. */
export class UnusualTransactionError extends Error {
  override readonly name = 'Sign.UnusualTransactionError'
  constructor(want: string, got: string) {
    super(`Expected ${want} to sign, got ${got}. Use a keystore for it.`)
  }
}
