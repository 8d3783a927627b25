import process from 'node:process'
import type { Hex } from 'viem'
import { hexToBytes } from 'viem/utils'
import { blsKey, blsSign, compressSignature } from '#protocol/bls.ts'
import { encodeObservation, observationDigest } from '#protocol/observation.ts'
import { judgeObservation } from '../../../node/gossip/validate.ts'
import { findBlsCheck, portableBlsCheck } from '../../../node/ground/verify/bls-check.ts'
import { findRecovery, portableRecovery, type Recovery } from '../../../node/ground/verify/recovery.ts'
import { contextOf, DOMAIN, observationOf, reportedBy, reporterKey } from '../../node/reporters.ts'
import type { Say } from './bench.ts'
import type { Figure, Result } from './figures.ts'

/** Partial signatures that a node verifies together. */
const BATCH = 16
const ASKED_NATIVE = 12_000

export type VerifyOptions = {
  readonly reporters: number
  /** How often each is verified, natively; in JavaScript a tenth of it. */
  readonly repeats: number
}

/**
 * Observations a second from bytes to verdict, by the node's own validator: decoding, digest, signer, reporter. Of one
 * thread, by its processor time, so that other programs do not disturb. The raw limit is finding the key alone.
 */
export async function verify({ reporters, repeats }: VerifyOptions, say: Say): Promise<Result> {
  const observations = await Promise.all(Array.from({ length: reporters }, (_, i) => reportedBy(i)))
  const messages = observations.map(({ bytes }) => bytes)
  const indexOf = new Map(observations.map((_, i) => [reporterKey(i).address.toLowerCase(), i]))
  const perSecond = (recovery: Recovery, times: number): number => {
    const context = contextOf({ reporters: () => indexOf, recoverKey: recovery.recoverKey })
    return rate(messages, times, (bytes) => {
      const { result } = judgeObservation('peer', bytes, context)
      if (result !== 'accept') throw new Error(`Expected every observation to be accepted, got ${result}.`)
    })
  }
  const raw = (recovery: Recovery, times: number): number => {
    const work = observations.map(({ signed, bytes }) => ({
      digest: hexToBytes(observationDigest(DOMAIN, signed)),
      compact: bytes.subarray(130, 194),
      parity: signed.signature.v === 27 ? (0 as const) : (1 as const),
    }))
    return rate(work, times, ({ digest, compact, parity }) => recovery.recoverKey(digest, compact, parity))
  }
  const figureOf = (recovery: Recovery, times: number): Figure => ({
    what: `${recovery.name} (${recovery.name === 'native' ? 'libsecp256k1' : '@noble/curves'})`,
    value: perSecond(recovery, times),
    unit: '/s',
    raw: { what: 'the key alone', value: raw(recovery, times) },
  })
  const native = findRecovery()
  const portable = figureOf(portableRecovery('asked for'), Math.max(1, Math.round(repeats / 10)))
  say(`verification: ${portable.what} ${portable.value.toFixed(0)}/s`)
  const found = native.name === 'native' ? figureOf(native, repeats) : undefined
  say(
    `verification: ${found === undefined ? `no native code: ${native.reason}` : `native ${found.value.toFixed(0)}/s`}`,
  )
  const encoding = rate(observations, repeats, ({ signed }) => encodeObservation({ ...observationOf(), ...signed }))
  return {
    bench: 'verification, one thread',
    figures: [
      ...(found === undefined ? [] : [{ ...found, goal: { atLeast: ASKED_NATIVE } }]),
      portable,
      { what: 'encoding an observation', value: encoding, unit: '/s' },
      ...partialFigures(Math.max(1, Math.round(repeats / 100))),
    ],
  }
}

/** Partial signatures of one report a second, read and verified in batches as a node does; raw: one after another. */
function partialFigures(times: number): readonly Figure[] {
  const message: Hex = `0x${'77'.repeat(32)}`
  const partials = Array.from({ length: BATCH }, (_, i) => {
    const secret = new Uint8Array(32).fill(i + 3)
    return { key: blsKey(secret), bytes: compressSignature(blsSign(secret, message, 'signature')) }
  })
  const native = findBlsCheck()
  const checks = [...(native.name === 'native' ? [native] : []), portableBlsCheck('asked for')]
  return checks.map((check) => {
    const inBatches = (size: number): number => {
      const batches = Array.from({ length: BATCH / size }, (_, i) => partials.slice(i * size, (i + 1) * size))
      const perBatch = rate(batches, times, (batch) => {
        const read = batch.map(({ key, bytes }) => ({ key, signature: check.expand(bytes) }))
        if (!check.areSigned(read, message, 'signature')) throw new Error('Expected good signatures, got bad ones.')
      })
      return perBatch * size
    }
    const code = check.name === 'native' ? 'blst' : '@noble/curves'
    return {
      what: `co-signatures in batches of ${BATCH}, ${check.name} (${code})`,
      value: inBatches(BATCH),
      unit: '/s',
      raw: { what: 'one by one', value: inBatches(1) },
    }
  })
}

/** How many of `items` a second of processor time does, after one round that does not count. */
function rate<T>(items: readonly T[], times: number, run: (item: T) => unknown): number {
  for (const item of items) run(item)
  const start = process.cpuUsage()
  for (let i = 0; i < times; i += 1) for (const item of items) run(item)
  const { user, system } = process.cpuUsage(start)
  return (items.length * times * 1e6) / (user + system)
}
