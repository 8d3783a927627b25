import type { Stream } from '@libp2p/interface'
import type { Hex } from 'viem'
import { bytesToHex, hexToBytes } from 'viem/utils'
import { z } from 'zod'
import { isAllOf, type SampleLeaf } from '#protocol/samples.ts'
import { answerFrames, type Channel, MAX_FRAME_BYTES, openChannel, type TakeToken } from './channel.ts'

/** The protocol's name. */
export const SAMPLES_PROTOCOL = '/assize/samples/1'

/** The raw samples that an observation was computed from, as its `sourcesRoot` commits to them. */
export type SamplesKey = { readonly fixingId: Hex; readonly sourcesRoot: Hex }

/** What is held of such samples; undefined if nothing is. */
export type SamplesSource = (key: SamplesKey) => Promise<readonly SampleLeaf[] | undefined>

const WORD = 32
const REQUEST_BYTES = 2 * WORD + 4
/** Leaves of one answer at most; fewer where their texts are longer than a frame. */
const PAGE = 100
/** Longest close that is passed on: no number needs more, and texts that are none may be long. */
const MAX_CLOSE = 200
/** Requests one stream may carry: the largest document's leaves, also if their texts are so long that a frame has a tenth of a page. */
const MAX_REQUESTS = 1_000

const LEAVES = z
  .array(
    z.tuple([
      z.string().max(64),
      z
        .string()
        .regex(/^\d{1,20}$/)
        .transform(BigInt),
      z.string().max(MAX_CLOSE),
    ]),
  )
  .max(PAGE)

/** Answers a peer's requests, a page of leaves each, as fast as it has tokens, until it closes the stream. Throws ChannelError, {@link SamplesError}. */
export async function serveSamples(
  stream: Stream,
  source: SamplesSource,
  takeToken: TakeToken,
  signal: AbortSignal,
): Promise<void> {
  const limits = { maxRequests: MAX_REQUESTS, takeToken, signal }
  await answerFrames(
    stream,
    async (channel, frame) => {
      const { key, offset } = decodeRequest(frame)
      const leaves = (await source(key)) ?? []
      const isLong = leaves.some(([, , close]) => close.length > MAX_CLOSE)
      await channel.send(encodePage(isLong ? [] : leaves.slice(offset, offset + PAGE)))
    },
    limits,
  )
}

/**
 * Asks a peer for all leaves, at most `maxLeaves`; undefined if it has none. Throws {@link SamplesError} for leaves that
 * are not those that `sourcesRoot` commits to, ChannelError.
 */
export async function askSamples(
  stream: Stream,
  key: SamplesKey,
  maxLeaves: number,
  signal: AbortSignal,
): Promise<readonly SampleLeaf[] | undefined> {
  const channel = openChannel(stream)
  try {
    const leaves = await askAll(channel, key, maxLeaves, signal)
    await channel.close()
    if (leaves.length === 0) return undefined
    if (!isAllOf(leaves, key.sourcesRoot)) throw new SamplesError('leaves of another root')
    return leaves
  } catch (error) {
    channel.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

async function askAll(
  channel: Channel,
  key: SamplesKey,
  maxLeaves: number,
  signal: AbortSignal,
): Promise<SampleLeaf[]> {
  const leaves: SampleLeaf[] = []
  for (;;) {
    await channel.send(encodeRequest(key, leaves.length))
    const frame = await channel.receive(signal)
    if (frame === undefined) throw new SamplesError('the end of the stream')
    const page = decodePage(frame)
    if (page.length === 0) return leaves
    leaves.push(...page)
    if (leaves.length > maxLeaves) throw new SamplesError(`more than the ${maxLeaves} leaves of the document`)
  }
}

function encodeRequest({ fixingId, sourcesRoot }: SamplesKey, offset: number): Uint8Array {
  const at = Buffer.alloc(4)
  at.writeUInt32BE(offset)
  return Buffer.concat([hexToBytes(fixingId), hexToBytes(sourcesRoot), at])
}

function decodeRequest(frame: Uint8Array): { key: SamplesKey; offset: number } {
  if (frame.length !== REQUEST_BYTES) throw new SamplesError(`a request of ${frame.length} bytes`)
  const key = { fixingId: bytesToHex(frame.subarray(0, WORD)), sourcesRoot: bytesToHex(frame.subarray(WORD, 2 * WORD)) }
  return { key, offset: Buffer.from(frame).readUInt32BE(2 * WORD) }
}

/** As many of the leaves, from the first, as a frame has room for. */
function encodePage(leaves: readonly SampleLeaf[]): Uint8Array {
  const shown: string[] = []
  // Each has a comma or a bracket beside it, and there is a bracket more.
  let room = MAX_FRAME_BYTES - 1
  for (const [sourceId, open, close] of leaves) {
    const leaf = JSON.stringify([sourceId, open.toString(), close])
    room -= Buffer.byteLength(leaf) + 1
    if (room < 0) break
    shown.push(leaf)
  }
  return Buffer.from(`[${shown.join(',')}]`)
}

function decodePage(frame: Uint8Array): SampleLeaf[] {
  try {
    return LEAVES.parse(JSON.parse(Buffer.from(frame).toString('utf8')))
  } catch (cause) {
    throw new SamplesError('a page that is none', { cause })
  }
}

/** A peer does not keep to the protocol, or gives other samples than it was asked for. */
export class SamplesError extends Error {
  override readonly name = 'Sync.SamplesError'
  constructor(got: string, options?: ErrorOptions) {
    super(`Expected the samples of an observation, got ${got}. Ask another peer.`, options)
  }
}
