/** The largest answer that is taken of an endpoint, bytes: of a denser log less is asked for then. */
export const MAX_ANSWER_BYTES = 10 * 1024 * 1024

/**
 * As `ask`, which is `fetch`, but an answer is there once all of it is, or more than {@link MAX_ANSWER_BYTES}: viem's limit of how long a
 * request may take ends with the headers, and it would wait for ever for the rest of what has begun. Throws as `ask`, also while the body is read.
 */
export function answeringWhole(ask: typeof fetch): typeof fetch {
  return async (input, init) => {
    const response = await ask(input, init)
    if (response.body === null) return response
    const reader = response.body.getReader()
    const parts: Uint8Array<ArrayBuffer>[] = []
    let size = 0
    while (size <= MAX_ANSWER_BYTES) {
      const { done, value } = await reader.read()
      if (done) break
      parts.push(value)
      size += value.length
    }
    await reader.cancel()
    return new Response(joined(parts, size), response)
  }
}

/** The parts in one piece. Not a Blob: the runtime does not count its memory, and so collects too late what was answered. */
function joined(parts: readonly Uint8Array[], size: number): Uint8Array<ArrayBuffer> {
  const whole = new Uint8Array(size)
  let end = 0
  for (const part of parts) {
    whole.set(part, end)
    end += part.length
  }
  return whole
}
