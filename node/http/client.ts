import type { z } from 'zod'

const LOOPBACK = '127.0.0.1'
/** How long a node may take for what it has, milliseconds. */
const TIMEOUT_MS = 10_000
/** The same for what it asks its peers for; fetch itself ends after 300 seconds. */
export const PEERS_TIMEOUT_MS = 280_000

/** What a running node answers on its local interface, parsed, within `timeoutMs`. Throws {@link NodeSilentError}. */
export async function askNode<S extends z.ZodType>(
  port: number,
  path: string,
  schema: S,
  timeoutMs = TIMEOUT_MS,
): Promise<z.output<S>> {
  const url = `http://${LOOPBACK}:${port}${path}`
  try {
    const response = await fetch(url, { signal: AbortSignal.timeout(timeoutMs) })
    return schema.parse(await response.json())
  } catch (cause) {
    throw new NodeSilentError(url, { cause })
  }
}

/** Nothing that a node would say came from its port. */
export class NodeSilentError extends Error {
  override readonly name = 'Http.NodeSilentError'
  readonly hint = 'Check http_port of its configuration, or stop the node to read its store.'
  constructor(url: string, options: ErrorOptions) {
    super(`Expected the node at ${url} to answer, got nothing usable.`, options)
  }
}
