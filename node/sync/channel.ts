import type { Stream } from '@libp2p/interface'
import type { Clock } from '../clock.ts'

/** Longest frame, its length prefix not counted: 64 pairs of observations and a header. */
export const MAX_FRAME_BYTES = 32_768
/** How long the other side may take for one frame. */
export const FRAME_TIMEOUT_MS = 5_000

const PREFIX_BYTES = 4

/** Frames over a stream: each a big-endian 32-bit length, then that many bytes. */
export interface Channel {
  /**
   * Resolves when another may follow: at most one frame is buffered for a peer that does not read. Throws {@link ChannelError}
   * if it does not read on within {@link FRAME_TIMEOUT_MS}.
   */
  send(frame: Uint8Array): Promise<void>
  /**
   * The next frame; undefined when the other side is done. Throws {@link ChannelError} for a frame that is too long,
   * torn or does not come within {@link FRAME_TIMEOUT_MS}.
   */
  receive(signal: AbortSignal): Promise<Uint8Array | undefined>
  /** Says that nothing more will be sent. Throws what libp2p throws if the peer does not read the rest in that time. */
  close(): Promise<void>
  /** Whether nothing more can be sent: it failed, or is closed. Not yet when the other side has only said all that it will. */
  isOver(): boolean
  /** Gives up at once. */
  abort(error: Error): void
}

/** Takes over `stream`. At most two frames are buffered; a peer that sends more unasked is cut off. */
export function openChannel(stream: Stream, timeoutMs: number = FRAME_TIMEOUT_MS): Channel {
  let buffer = new Uint8Array()
  let isEnded = false
  let isClosed = false
  let failure: Error | undefined
  let wake = idle
  const fail = (error: Error): void => {
    failure ??= error
    stream.abort(error)
    wake()
  }
  stream.addEventListener('message', ({ data }) => {
    buffer = Buffer.concat([buffer, data.subarray()])
    if (buffer.length > 2 * (MAX_FRAME_BYTES + PREFIX_BYTES)) fail(new ChannelError('overflow'))
    wake()
  })
  stream.addEventListener('remoteCloseWrite', () => {
    isEnded = true
    wake()
  })
  stream.addEventListener('close', ({ error }) => {
    isEnded = true
    isClosed = true
    if (error !== undefined && error !== null) failure ??= error
    wake()
  })
  const take = (): Uint8Array | undefined => {
    if (buffer.length < PREFIX_BYTES) return undefined
    const length = new DataView(buffer.buffer, buffer.byteOffset).getUint32(0)
    if (length > MAX_FRAME_BYTES) throw new ChannelError('too-long')
    if (buffer.length < PREFIX_BYTES + length) return undefined
    const frame = buffer.slice(PREFIX_BYTES, PREFIX_BYTES + length)
    buffer = buffer.slice(PREFIX_BYTES + length)
    return frame
  }
  return {
    async send(frame) {
      if (failure !== undefined) throw failure
      const bytes = new Uint8Array(PREFIX_BYTES + frame.length)
      new DataView(bytes.buffer).setUint32(0, frame.length)
      bytes.set(frame, PREFIX_BYTES)
      if (stream.send(bytes)) return
      try {
        await stream.onDrain({ signal: AbortSignal.timeout(timeoutMs) })
      } catch {
        throw failure ?? new ChannelError('unread')
      }
    },
    async receive(signal) {
      const deadline = AbortSignal.any([signal, AbortSignal.timeout(timeoutMs)])
      for (;;) {
        const frame = take()
        if (frame !== undefined) return frame
        if (failure !== undefined) throw failure
        if (isEnded && buffer.length > 0) throw new ChannelError('torn')
        if (isEnded) return undefined
        signal.throwIfAborted()
        if (deadline.aborted) throw new ChannelError('timeout')
        await new Promise<void>((resolve) => {
          wake = resolve
          deadline.addEventListener('abort', () => resolve(), { once: true })
        })
      }
    },
    close: () => stream.close({ signal: AbortSignal.timeout(timeoutMs) }),
    isOver: () => isClosed || failure !== undefined,
    abort: (error) => fail(error),
  }
}

/**
 * Answers the other side's frames with `answer`, one after another, until it closes the stream, `maxRequests` were
 * answered or `takeToken` refuses: a peer over its quota is simply not answered further; it may come back. Throws what
 * `answer` throws, {@link ChannelError}.
 */
export async function answerFrames(
  stream: Stream,
  answer: (channel: Channel, frame: Uint8Array) => void | Promise<void>,
  { maxRequests, takeToken, signal, timeoutMs }: AnswerLimits,
): Promise<void> {
  const channel = openChannel(stream, timeoutMs)
  try {
    for (let requests = 0; requests < maxRequests; requests += 1) {
      const frame = await channel.receive(signal)
      if (frame === undefined || !(await takeToken(() => channel.isOver()))) break
      await answer(channel, frame)
    }
    await channel.close()
  } catch (error) {
    channel.abort(error instanceof Error ? error : new Error(String(error)))
    throw error
  }
}

/** How long a peer that has no token left is let wait before another look, milliseconds. */
export const PACE_MS = 100

/** Takes a token once there is one, and none if the stream is over before. Throws an AbortError when `signal` aborts. */
export function patiently(takeToken: () => boolean, clock: Pick<Clock, 'sleep'>, signal: AbortSignal): TakeToken {
  return async (isOver) => {
    while (!isOver()) {
      if (takeToken()) return true
      await clock.sleep(PACE_MS, signal)
    }
    return false
  }
}

/** May let the peer wait, who is patient for {@link FRAME_TIMEOUT_MS}, until its stream is over. */
export type TakeToken = (isOver: () => boolean) => boolean | Promise<boolean>

/** How much one stream is answered. */
export type AnswerLimits = {
  readonly maxRequests: number
  readonly takeToken: TakeToken
  readonly signal: AbortSignal
  /** Instead of {@link FRAME_TIMEOUT_MS}. */
  readonly timeoutMs?: number
}

const idle = (): void => undefined

/** The other side does not keep to the framing. */
export class ChannelError extends Error {
  override readonly name = 'Sync.ChannelError'
  readonly code: 'too-long' | 'overflow' | 'torn' | 'timeout' | 'unread'
  constructor(code: ChannelError['code']) {
    super(
      `Expected frames of at most ${MAX_FRAME_BYTES} bytes in ${FRAME_TIMEOUT_MS} ms, got one: ${code}. Ask another peer.`,
    )
    this.code = code
  }
}
