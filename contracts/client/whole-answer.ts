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
    for (let size = 0; size <= MAX_ANSWER_BYTES;) {
      const { done, value } = await reader.read()
      if (done) break
      parts.push(value)
      size += value.length
    }
    await reader.cancel()
    return new Response(new Blob(parts), response)
  }
}
