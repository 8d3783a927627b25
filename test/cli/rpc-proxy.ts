import { createServer } from 'node:http'
import type { AddressInfo } from 'node:net'
import { TIMEOUT_MS } from '#client/chain.ts'

/** An endpoint that passes everything on to another, except what a test does in between. */
export type RpcProxy = { readonly url: string; close(): Promise<void> }

/** Called before a request is passed on; a returned text is the error that answers instead. Whoever asked may be `gone` before. */
export type Between = (
  method: string,
  params: readonly unknown[],
  gone: Promise<unknown>,
) => Promise<string | undefined> | string | undefined

/** Another text in its place. */
export type Rewrite = (text: string) => string

/** Starts a proxy before `target` on 127.0.0.1; `rewrite` changes what `target` answers, `ask` what it is asked. */
export async function startProxy(
  target: string,
  between: Between,
  rewrite: Rewrite = (text) => text,
  ask: Rewrite = (body) => body,
): Promise<RpcProxy> {
  const server = createServer((request, response) => {
    const chunks: Buffer[] = []
    const gone = new Promise((resolve) => response.once('close', resolve))
    request.on('data', (chunk: Buffer) => chunks.push(chunk))
    request.on('end', () => {
      response.setHeader('content-type', 'application/json')
      const body = ask(Buffer.concat(chunks).toString())
      void answer(target, body, (method, params) => between(method, params, gone)).then((text) =>
        response.end(rewrite(text)),
      )
    })
  })
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve))
  const hurry = bePatient()
  const { port } = server.address() as AddressInfo // it listens on TCP
  return {
    url: `http://127.0.0.1:${port}`,
    close: () =>
      new Promise((resolve) => {
        hurry()
        server.closeAllConnections()
        server.close(() => resolve())
      }),
  }
}

/** How many proxies there are. */
let proxies = 0
const startTimer = globalThis.setTimeout

/**
 * Has nobody in this program give up on a request for its time: what a test does in between takes as long as it does. Returns what ends
 * this, once for each that began it.
 */
function bePatient(): () => void {
  proxies += 1
  globalThis.setTimeout = new Proxy(startTimer, {
    apply: (start, self, given: unknown[]) =>
      Reflect.apply(start, self, given[1] === TIMEOUT_MS ? [() => undefined] : (given as Parameters<typeof start>)), // as it was called
  })
  let isOver = false
  return () => {
    if (isOver) return
    isOver = true
    proxies -= 1
    if (proxies === 0) globalThis.setTimeout = startTimer
  }
}

async function answer(
  target: string,
  body: string,
  between: (method: string, params: readonly unknown[]) => ReturnType<Between>,
): Promise<string> {
  const { id, method, params = [] } = JSON.parse(body) as { id: number; method: string; params?: unknown[] }
  const refusal = await between(method, params)
  if (refusal !== undefined) {
    return JSON.stringify({ jsonrpc: '2.0', id, error: { code: -32_601, message: refusal } })
  }
  const passed = await fetch(target, { method: 'POST', body, headers: { 'content-type': 'application/json' } })
  return passed.text()
}
