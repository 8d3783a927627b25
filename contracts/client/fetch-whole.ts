/** The largest answer that is taken of an endpoint, bytes: of a denser log less is asked for then. */
export const MAX_ANSWER_BYTES = 10 * 1024 * 1024

/**
 * As `fetch`, but an answer is there once all of it is, or more than {@link MAX_ANSWER_BYTES}: viem's limits of how long a request may take
 * end with the headers, and it would wait for ever for the rest of what has begun. Throws as `fetch`, also while the body is read.
 */
export async function fetchWhole(input: string | URL | Request, init?: RequestInit): Promise<Response> {
  const response = await fetch(input, init)
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
